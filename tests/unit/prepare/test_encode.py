"""encoder.json alone encodes a new file; columns that do not fit are named."""

import csv
import json

import polars as pl
import pytest

from pipeline.errors import ColumnMismatchError
from prepare.encode import check_columns, encode_frame, to_csv
from tests.unit.prepare.pipeline_run import Prepared, prepare

COLUMNS = ["age", "plan", "city", "active", "since", "zip", "amount"]


def table(rows: int = 400) -> bytes:
    lines = [",".join([*COLUMNS, "label"])]
    for n in range(rows):
        plan = ["basic", "gold", "silver"][n % 3]
        lines.append(
            f"{n % 70},{plan},city {n % 20},{'yes' if n % 4 else 'no'},"
            f'2024-{n % 12 + 1:02d}-{n % 28 + 1:02d},{n % 300},"{n % 9},{n % 900 + 100}",{n % 2}'
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


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        (COLUMNS[1:], ["'age'"]),
        (["years", *COLUMNS[1:]], ["'age'", "instead", "'years'"]),
        (COLUMNS[2:], ["columns 'age', 'plan'"]),
    ],
)
def test_missing_or_renamed_columns_are_refused_by_name(
    prepared: Prepared, columns: list[str], says: list[str]
) -> None:
    with pytest.raises(ColumnMismatchError) as caught:
        check_columns(prepared.json("encoder.json"), columns, "new.csv")
    for part in ["new.csv", *says]:
        assert part in str(caught.value)


def test_added_columns_are_named_and_reordered_ones_are_fine(prepared: Prepared) -> None:
    encoder = prepared.json("encoder.json")
    assert check_columns(encoder, COLUMNS[::-1], "new.csv") == []
    (notice,) = check_columns(encoder, [*COLUMNS, "mood"], "new.csv")
    assert "'mood'" in notice["message"]


def test_high_cardinality_is_hashed_the_same_everywhere() -> None:
    lines = ["code,x,label"]
    lines += [f"k{n % 1500},{n},{n % 7 / 2 + n % 3}" for n in range(6000)]
    prepared = prepare("\n".join(lines).encode())
    (first, *_) = encoded(prepared, ["code", "x"], ["k1", "5"])
    hashed = [first[f"code#hash{slot}"] for slot in range(4)]
    # From hashlib's blake2b, so these never change; a change would break stored models.
    assert hashed == ["153", "223", "164", "183"]


def test_lone_feature_with_gaps_never_makes_an_empty_line() -> None:
    lines = ["a,label", *(f"{n if n % 3 else ''},{n % 2}" for n in range(60))]
    prepared = prepare("\n".join(lines).encode())
    for body in prepared.files("test").values():
        assert all(line.strip(",") or "," in line for line in body.decode().splitlines())
        assert b"\n\n" not in body


def test_test_lines_are_sniffed_as_comma_separated(prepared: Prepared) -> None:
    for body in prepared.files("test").values():
        for line in body.decode().splitlines():
            try:
                delimiter = csv.Sniffer().sniff(line).delimiter
            except csv.Error:
                continue
            # The inference server takes a comma when the guess is a letter or a digit.
            assert delimiter == "," or delimiter.isalnum()
