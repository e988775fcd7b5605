"""Classes are the values that their texts mean, and messages name what is wrong with a target."""

from typing import Any

import pytest

from pipeline.errors import TargetUnusableError
from pipeline.vocabulary import ASKING
from tests.unit.prepare.pipeline_run import Prepared, prepare


def of(values: list[str], settings: dict[str, Any] | None = None, by: str = ",") -> Prepared:
    lines = [by.join(["x", "z", "y"])]
    for n in range(240):
        value = values[n % len(values)]
        lines.append(by.join([str(n % 7), str(n % 11), f'"{value}"']))
    return prepare("\n".join(lines).encode(), {"target": "y", **(settings or {})})


def classes(run: Prepared) -> list[str]:
    found: list[str] = run.json("encoder.json")["target"]["classes"]
    return found


@pytest.mark.parametrize(
    ("values", "positive"),
    [
        (["5%", "10%"], "10%"),
        (["$9", "$10"], "$10"),
        (["1,200", "300"], "1,200"),
        (["-1", "-2"], "-1"),
    ],
)
def test_larger_of_two_numbers_is_positive_however_they_are_written(
    values: list[str], positive: str
) -> None:
    assert classes(of(values))[1] == positive
    assert classes(of(values[::-1]))[1] == positive


def test_positive_label_may_be_the_number_that_a_text_means() -> None:
    assert classes(of(["5%", "10%"], {"positive_label": 5})) == ["10%", "5%"]


@pytest.mark.parametrize(
    ("values", "by", "found"),
    [
        (["1,000", "5", "5.0"], ";", ["5", "1,000"]),
        (["1,000", "5", "5,0"], ";", ["1,000", "5"]),
        (["$5", "5", "10"], ",", ["$5", "10"]),
        (["0", "-0", "1"], ",", ["-0", "1"]),
        (["0", "-0.0", "1", "1e0"], ",", ["-0", "1"]),
        (["1", "01", "2"], ",", ["01", "2"]),
    ],
)
def test_texts_of_one_number_are_one_class_in_every_style(
    values: list[str], by: str, found: list[str]
) -> None:
    run = of(values, by=by)
    assert run.fit["task"] == "binary"
    assert classes(run) == found
    assert "no_target" not in run.codes


def test_whole_numbers_that_a_float_cannot_tell_apart_are_two_classes() -> None:
    run = of(["9007199254740993", "9007199254740992"])
    assert classes(run) == ["9007199254740992", "9007199254740993"]
    assert sorted(set(run.table("train")[0])) == [0, 1]


def test_regression_on_a_target_with_a_word_names_the_word() -> None:
    with pytest.raises(TargetUnusableError, match=r"no numbers \('n\.v\.'\), so task regression"):
        of([*("12345" * 2), "n.v.", "$1"], {"task": "regression"})


def test_regression_on_free_text_shows_some_of_it() -> None:
    lines = ["x,z,y", *(f"{n % 7},{n % 11},said {n} words" for n in range(1200))]
    with pytest.raises(TargetUnusableError, match=r"no numbers \('said 0 words', 'said 1 words'"):
        prepare("\n".join(lines).encode(), {"target": "y", "task": "regression"})


def test_infinite_targets_are_warned_of_once() -> None:
    values = [f"{n * 3 / 2}" for n in range(119)]
    (only,) = [w for w in of([*values, "inf"]).warnings if "arget" in w["message"]]
    assert only["code"] == "target_unread"
    both = of([*values[1:], "inf", ""]).warnings
    messages = {w["code"]: w["message"] for w in both}
    assert messages["target_unread"].endswith(": 2 rows.")
    assert messages["no_target"].endswith(": 2 rows.")


@pytest.mark.parametrize("setting", ["id_columns", "drop_columns"])
def test_names_of_columns_are_found_without_the_blanks_at_their_ends(setting: str) -> None:
    run = of(["1", "2"], {setting: [" x "]})
    assert [f["name"] for f in run.json("encoder.json")["features"]][:1] == ["z"]
    assert run.json("encoder.json")["id_columns"] == (["x"] if setting == "id_columns" else [])


def test_name_of_the_group_column_is_found_without_the_blanks_at_its_ends() -> None:
    run = of(["1", "2"], {"split": {"group_column": " x "}})
    assert {d["column"] for d in run.json("encoder.json")["dropped"]} == {"x"}


def test_large_whole_numbers_with_and_without_a_point_are_one_class() -> None:
    run = of(["12345678901234567890", "12345678901234567890.0", "5"])
    assert len(classes(run)) == 2
    assert "no_target" not in run.codes


@pytest.mark.parametrize("stray", ["target", "maybe", "123.4"])
def test_class_of_a_row_or_two_beside_two_others_waits_for_a_person(stray: str) -> None:
    lines = ["x,y", *(f"{n % 17},{'yes' if n * 7 % 5 > 2 else 'no'}" for n in range(200))]
    run = prepare("\n".join([*lines, f"3,{stray}"]).encode(), {"target": "y"})
    (said,) = [w["message"] for w in run.warnings if w["code"] == "stray_class"]
    assert f"'{stray}' (1 row) beside two classes" in said
    assert "stray_class" in ASKING
    asked = prepare(
        "\n".join([*lines, f"3,{stray}"]).encode(), {"target": "y", "task": "multiclass"}
    )
    assert "stray_class" not in asked.codes
    many = prepare("\n".join([*lines, *[f"3,{stray}"] * 3]).encode(), {"target": "y"})
    assert "stray_class" not in many.codes


def test_unit_of_a_regressions_target_is_told() -> None:
    lines = ["x,y", *(f"{n % 17},{n * 7 % 90}.5k" for n in range(200))]
    run = prepare("\n".join(lines).encode(), {"target": "y"})
    assert any("1.2k and 3.4M" in w["message"] for w in run.warnings if w["code"] == "unit")
    assert run.table("truth")["label"].max() > 1000


def test_rare_class_beside_three_or_of_the_approved_model_is_no_slip() -> None:
    three = ["x,y", *(f"{n % 17},{'abc'[n * 7 % 3]}" for n in range(200)), "3,d"]
    assert "stray_class" not in prepare("\n".join(three).encode(), {"target": "y"}).codes
    first = ["x,y", *(f"{n % 17},{'abc'[n * 7 % 3]}" for n in range(200))]
    before = prepare("\n".join(first).encode(), {"target": "y"}, run="set-1")
    champion = {"found": True, "encoder_key": f"{before.plan['prefix']}/encoder.json"}
    then = ["x,y", *(f"{n % 17},{'ab'[n * 7 % 2]}" for n in range(200)), "3,c"]
    run = prepare(
        "\n".join(then).encode(), {"target": "y"}, champion=champion, s3=before.s3, run="set-2"
    )
    assert "stray_class" not in run.codes
