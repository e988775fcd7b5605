"""What the settings say is missing is so everywhere: features, target, split and comparison."""

from array import array
from typing import Any

import pandas as pd
import pytest

from pipeline.errors import SettingsError
from tests.unit.prepare.pipeline_run import Prepared, prepare

ROWS = 300


def table(code: str, *, target_code: str = "", day: str = "1900-01-01") -> bytes:
    lines = ["age,site,day,y"]
    for n in range(ROWS):
        age = code if n % 10 == 3 else f"{18 + n * 7 % 60}"
        when = day if n % 9 == 4 else f"2024-{n % 12 + 1:02d}-{n % 28 + 1:02d}"
        target = target_code if n % 15 == 2 and target_code else f"{n * 13 % 70 + n % 3 / 4}"
        lines.append(f"{age},s{n % 4},{when},{target}")
    return "\n".join(lines).encode()


def missing(run: Prepared, name: str) -> int:
    columns = run.json("profile.json")["columns"]
    return next(column["missing"] for column in columns if column["name"] == name)


def run(data: bytes, missing_values: Any = (), **settings: Any) -> Prepared:
    said = {"missing_values": missing_values} if missing_values != () else {}
    return prepare(data, {"target": "y", **said, **settings}, chunk_bytes=1_000)


@pytest.mark.parametrize(
    "said",
    [
        ["-999", "1900-01-01"],
        [-999, "1900-01-01"],
        {"*": [-999], "day": ["1900-01-01"]},
        {"age ": ["-999"], "day": [" 1900-01-01"]},
    ],
)
@pytest.mark.parametrize("code", ["-999", "-999.0", " -999.00 "])
def test_value_that_is_said_to_be_missing_trains_as_an_empty_field(said: Any, code: str) -> None:
    empty = run(table("", day=""))
    coded = run(table(code), said)
    assert coded.json("encoder.json")["features"] == empty.json("encoder.json")["features"]
    for split in ("train", "validation", "test", "truth"):
        pd.testing.assert_frame_equal(coded.table(split), empty.table(split))
    assert "missing_code" not in coded.codes


def test_value_is_missing_only_in_the_columns_that_are_named() -> None:
    found = run(table("-999"), {"age": ["1900-01-01"], "day": ["-999", "1900-01-01"]})
    assert missing(found, "age") == 0
    assert missing(found, "day") == ROWS // 9


def test_target_that_is_said_to_be_missing_leaves_its_rows_out() -> None:
    found = run(table("30", target_code="9999"), {"y": [9999]})
    assert found.json("profile.json")["dropped_rows"]["no_target"] == ROWS // 15
    assert found.table("truth")["label"].max() < 100
    assert "target_code" not in found.codes


def test_group_that_is_said_to_be_missing_is_the_group_of_empty_fields() -> None:
    split = {"group_column": "site"}
    body = table("30").replace(b",s3,", b",none known,")
    coded = run(body, {"site": ["none known"]}, split=split)
    empty = run(table("30").replace(b",s3,", b",,"), split=split)
    for name in ("train", "test"):
        pd.testing.assert_frame_equal(coded.table(name), empty.table(name))


@pytest.mark.parametrize("day", ["1900-01-01", "9999-12-31"])
def test_time_that_is_said_to_be_missing_trains(day: str) -> None:
    split = {"time_column": "day"}
    found = run(table("30", day=day), {"day": [day]}, split=split)
    empty = run(table("30", day=""), split=split)
    for name in ("train", "validation", "test"):
        pd.testing.assert_frame_equal(found.table(name), empty.table(name))


def test_empty_list_says_that_a_column_has_no_code() -> None:
    found = run(table("-999"), {"age": [], "day": ["1900-01-01"]})
    assert "missing_code" not in found.codes
    assert missing(found, "age") == 0


def test_what_is_missing_everywhere_is_so_beside_a_list_of_the_column() -> None:
    found = run(table("-999"), {"*": [-999, "1900-01-01"], "age": [18]})
    assert missing(found, "age") > ROWS // 10
    assert "missing_code" not in found.codes


def test_codes_among_classes_are_classes() -> None:
    lines = ["x,y", *(f"{n % 17},{(0, 1, 99)[n * 7 % 3]}" for n in range(ROWS))]
    found = prepare("\n".join(lines).encode(), {"target": "y", "task": "multiclass"})
    assert "target_code" not in found.codes
    amounts = prepare("\n".join(lines).encode(), {"target": "y", "task": "regression"})
    assert "target_code" in amounts.codes


def test_approved_model_reads_new_rows_by_its_own_missing_values() -> None:
    before = prepare(table("-999"), {"target": "y", "missing_values": [-999]}, run="set-1")
    champion = {"found": True, "encoder_key": f"{before.plan['prefix']}/encoder.json"}
    after = prepare(table("-999"), {"target": "y"}, champion=champion, s3=before.s3, run="set-2")
    assert after.fit["champion"]["usable"]
    assert after.table("champion")[0].isna().sum() > 0
    assert after.table("test")[0].min() == -999


def test_rows_are_told_to_be_the_same_whatever_counts_as_missing() -> None:
    """The champion's own encoder reads them; in another seed its rows become test rows."""
    settings: dict[str, Any] = {"target": "y", "missing_values": [-999]}
    before = prepare(table("-999"), settings, run="set-1")
    champion = {"found": True, "encoder_key": f"{before.plan['prefix']}/encoder.json"}
    other: dict[str, Any] = {"target": "y", "split": {"seed": 1}}
    after = prepare(table("-999"), other, champion=champion, s3=before.s3, run="set-2")
    learned = {mark for body in before.files("seen").values() for mark in array("Q", body)}
    tested = [mark for body in after.files("tested").values() for mark in array("Q", body)]
    rows = len(after.table("truth"))
    assert after.table("test")[0].min() == -999
    assert sum(mark in learned for mark in tested[:rows]) > 0.6 * rows


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"aeg": [1]}, "missing_values in pipeline.json names 'aeg', no column of"),
        ("-999", "missing_values must be a list in brackets or an object in braces"),
        ({"age": -999}, "missing_values.age must be a list in brackets"),
        ([True], "missing_values.0 must be a text in quotes or a number"),
    ],
)
def test_setting_that_says_nothing_is_refused(said: Any, message: str) -> None:
    with pytest.raises(SettingsError) as error:
        run(table("1"), said)
    assert message in str(error.value)
