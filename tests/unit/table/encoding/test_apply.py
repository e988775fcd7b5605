"""encoder.json alone encodes a new file; columns that do not fit are named."""

import csv
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xgboost as xgb

from dropforge.cloud.sagemaker.container.data import matrix_of
from dropforge.cloud.sagemaker.container.inference import ModelServer
from table.encoding.apply import encode_frame
from table.encoding.text import to_csv
from tests.unit.prepare.pipeline_run import Prepared, prepare

COLUMNS = ["age", "plan", "city", "active", "since", "zip", "amount"]


def table(rows: int = 400) -> bytes:
    lines = [",".join([*COLUMNS, "label"])]
    for n in range(rows):
        plan, day = ["basic", "gold", "silver"][n % 3], f"{n % 12 + 1:02d}-{n % 28 + 1:02d}"
        lines.append(
            f"{n % 70},{plan},city {n % 20},{'yes' if n % 4 else 'no'},"
            f'2024-{day},{n % 300},"{n % 9 + 1},{n % 900 + 100}",{n % 2}'
        )
    return "\n".join(lines).encode()


@pytest.fixture(scope="module")
def prepared() -> Prepared:
    return prepare(table())


def encoded(prepared: Prepared, columns: list[str], *rows: list[str]) -> list[dict[str, str]]:
    # Through text, as a stored encoder is read.
    encoder = json.loads(json.dumps(prepared.json("encoder.json")))
    frame = pl.DataFrame(list(rows), schema=[f"c{n}" for n in range(len(columns))], orient="row")
    lines = to_csv(encode_frame(frame, columns, encoder).features).decode().splitlines()
    names = [feature["name"] for feature in encoder["features"]]
    return [dict(zip(names, line.split(","), strict=True)) for line in lines]


def test_new_row_is_encoded_as_the_encoder_says(prepared: Prepared) -> None:
    row = ["33", "gold", "city 3", "no", "2025-02-03", "77", "1,234"]
    (found,) = encoded(prepared, COLUMNS, row)
    assert found["age"] == "33"
    assert (found["plan=gold"], found["plan=basic"], found["plan=silver"]) == ("1", "0", "0")
    # All 20 cities are as frequent as each other, so they rank by name.
    assert found["city"] == str(sorted(f"city {n}" for n in range(20)).index("city 3"))
    assert found["active"] == "0"
    assert (found["since.days"], found["since.year"]) == ("20122", "2025")
    assert (found["since.month"], found["since.day"], found["since.weekday"]) == ("2", "3", "1")
    assert found["amount"] == "1234.0"


def test_columns_in_another_order_encode_the_same(prepared: Prepared) -> None:
    row = ["33", "gold", "city 3", "no", "2025-02-03", "77", "1,234"]
    assert encoded(prepared, COLUMNS[::-1], row[::-1]) == encoded(prepared, COLUMNS, row)


def test_missing_and_unseen_values_are_defined(prepared: Prepared) -> None:
    missing = ["NA", "?", "", "null", "-", "None", "n/a"]
    unseen = ["about 7", "platinum", "Atlantis", "maybe", "someday", "x", "y"]
    empty, strange = encoded(prepared, COLUMNS, missing, unseen)
    for name in ("age", "active", "since.days", "zip", "amount"):
        assert empty[name] == strange[name] == ""
    for name in ("plan=gold", "plan=basic", "plan=silver"):
        assert empty[name] == strange[name] == "0"
    assert (empty["city"], strange["city"]) == ("", "20")


def test_unreadable_values_are_counted_by_column(prepared: Prepared) -> None:
    unseen = ["about 7", "platinum", "Atlantis", "maybe", "someday", "x", "y"]
    frame = pl.DataFrame([unseen], schema=[f"c{n}" for n in range(7)], orient="row")
    found = encode_frame(frame, COLUMNS, prepared.json("encoder.json"))
    assert found.unknown == dict.fromkeys(COLUMNS, 1)


def test_hashes_of_an_encoder_of_version_1_are_the_same_everywhere() -> None:
    features = [
        {"name": f"code#hash{slot}", "column": "code", "encoding": "hash", "slot": slot}
        for slot in range(4)
    ]
    encoder: Any = {"version": 1, "columns": ["code"], "id_columns": [], "features": features}
    made = encode_frame(pl.DataFrame({"c0": ["k1", None]}), ["code"], encoder)
    # From hashlib's blake2b, so these never change; a change would break stored models.
    assert made.features.rows() == [(153, 223, 164, 183), (None, None, None, None)]


LONE = {
    "numbers": [f"{n / 8}" for n in range(90)],
    "counts": [f"{n}" for n in range(90)],
    "booleans": ["yes", "no", "no"] * 30,
    "days": ["2024-05-01"] * 90,
}


# XGBoost says that it will no longer read text files itself; SageMaker's container lets it.
@pytest.mark.filterwarnings("ignore:.*Text file input has been deprecated")
@pytest.mark.parametrize("kind", LONE)
def test_lone_feature_with_gaps_gets_a_prediction_a_row(tmp_path: Path, kind: str) -> None:
    lines = ["a,label", *(f"{v if n % 4 else ''},{n % 2}" for n, v in enumerate(LONE[kind]))]
    first = prepare("\n".join(lines).encode(), run="set-1")
    champion = {"found": True, "encoder_key": f"{first.plan['prefix']}/encoder.json"}
    prepared = prepare(
        "\n".join(lines).encode(), champion=champion, s3=first.s3, run="set-2", chunk_bytes=120
    )
    folder = tmp_path / "train"
    folder.mkdir()
    for name, body in prepared.files("train").items():
        (folder / name).write_bytes(body)
    matrix = matrix_of(folder, "csv", 0)
    assert matrix is not None
    booster = xgb.train({"objective": "binary:logistic", "nthread": 1}, matrix, num_boost_round=2)
    (tmp_path / "model").mkdir()
    booster.save_model(tmp_path / "model" / "xgboost-model.json")
    server = ModelServer(tmp_path / "model")
    for channel in ("test", "champion"):
        for name, body in prepared.files(channel).items():
            answer = server.invoke(body, "text/csv", "text/csv")
            truth = prepared.files("truth")[name].splitlines()[1:]
            assert (answer.status, len(answer.body.splitlines())) == (200, len(truth))


@pytest.mark.parametrize("split", [{"time_column": "since"}, {"group_column": "plan"}])
def test_chunks_without_test_rows_or_targets_are_encoded(split: dict[str, str]) -> None:
    lines = table().decode().split("\n")
    lines[1:1] = [line.rpartition(",")[0] + "," for line in lines[1:30]]
    data = "\n".join(lines).encode()
    first = prepare(data, {"split": split}, run="set-1")
    champion = {"found": True, "encoder_key": f"{first.plan['prefix']}/encoder.json"}
    second = prepare(
        data, {"split": split}, chunk_bytes=700, champion=champion, s3=first.s3, run="set-2"
    )
    for channel in ("train", "test", "champion"):
        joined = b"".join(second.files(channel).values())
        assert joined == b"".join(first.files("test" if channel != "train" else channel).values())


def test_column_that_is_alone_says_nan() -> None:
    lines = to_csv(pl.DataFrame({"a": [None, 1.5, None]}))
    assert lines == b"nan\n1.5\nnan\n"
    assert to_csv(pl.DataFrame({"a": [None, 1.5], "b": [2, None]})) == b",2\n1.5,\n"


def test_test_lines_are_sniffed_as_comma_separated(prepared: Prepared) -> None:
    for body in prepared.files("test").values():
        for line in body.decode().splitlines():
            try:
                delimiter = csv.Sniffer().sniff(line).delimiter
            except csv.Error:
                continue
            # The inference server takes a comma when the guess is a letter or a digit.
            assert delimiter == "," or delimiter.isalnum()
