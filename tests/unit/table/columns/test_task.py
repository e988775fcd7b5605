"""Codes are classes, and a dataset's task goes on from drop to drop."""

from typing import Any

import pytest

from tests.unit.prepare.pipeline_run import Prepared, compare_again, prepare


def table(values: list[str], name: str = "y") -> bytes:
    lines = [f"x,z,{name}", *(f"{n % 7},{n % 11},{value}" for n, value in enumerate(values))]
    return "\n".join(lines).encode()


def of(values: list[str], settings: dict[str, Any] | None = None, **kwargs: Any) -> Prepared:
    return prepare(table(values), settings or {}, **kwargs)


def second(
    first: list[str],
    then: list[str],
    settings: dict[str, Any] | None = None,
    before: dict[str, Any] | None = None,
) -> Prepared:
    run = of(first, before, run="set-1")
    champion = {"found": True, "encoder_key": f"{run.plan['prefix']}/encoder.json"}
    return of(then, settings, champion=champion, s3=run.s3, run="set-2")


COUNTS = ["0"] * 60 + ["1"] * 40 + ["2"] * 20 + ["3"] * 9
ANOTHER = [*COUNTS[:-9], *["3"] * 7, "5", "5"]


@pytest.mark.parametrize(
    ("codes", "task"),
    [
        (["007", "042", "113", "250"], "multiclass"),
        (["01", "02", "10", "25"], "multiclass"),
        (["01", "101", "2201"], "multiclass"),
        (["00", "01", "10"], "multiclass"),
        (["007", "042"], "binary"),
    ],
)
def test_codes_with_leading_zeros_are_classes_by_their_text(codes: list[str], task: str) -> None:
    run = of(codes * 30)
    target = run.json("encoder.json")["target"]
    assert (target["task"], target["classes"]) == (task, codes)
    assert ("numbers_as_classes" in run.codes) == (task == "multiclass")
    assert rows_of(run) == 30 * len(codes)


def rows_of(run: Prepared) -> int:
    return sum(len(run.table(channel)) for channel in ("train", "validation", "test"))


def test_words_among_codes_are_classes() -> None:
    run = of(["007", "042", "113"] * 40 + ["V45"] * 4)
    assert run.json("encoder.json")["target"]["classes"] == ["007", "042", "113", "V45"]
    assert "target_unread" not in run.codes
    run = of(["007", "042", "113"] * 40 + ["other"] * 4)
    assert run.json("encoder.json")["target"]["classes"] == ["007", "042", "113", "other"]


def test_words_among_many_codes_are_classes_behind_them() -> None:
    codes = [f"{n:03d}" for n in range(1, 61)]
    run = of(codes * 12 + ["V45"] * 20)
    assert run.json("encoder.json")["target"]["classes"] == [*codes, "V45"]
    assert {"target_unread", "no_target"}.isdisjoint(run.codes)


@pytest.mark.parametrize(
    "values",
    [["0.5", "0.7", "1.5"], ["0", "10", "250"], ["-01", "07", "13"], ["7", "07", "13"]],
)
def test_other_numbers_are_no_codes(values: list[str]) -> None:
    assert of(values * 30).fit["task"] in ("regression", "binary")


def test_many_codes_of_few_rows_are_amounts_with_a_warning() -> None:
    run = of([f"{n:04d}" for n in range(200)] * 2)
    assert run.fit["task"] == "regression"
    (message,) = [w["message"] for w in run.warnings if w["code"] == "codes_as_numbers"]
    assert "'y'" in message
    assert '"multiclass"' in message
    assert of(["0001", "0009", "0030"] * 9, {"task": "regression"}).codes.isdisjoint(
        {"codes_as_numbers", "numbers_as_classes"}
    )


def test_setting_regression_makes_numbers_of_codes() -> None:
    run = of(["007", "042", "113"] * 30, {"task": "regression"})
    assert run.table("truth")["label"].isin([7, 42, 113]).all()


def test_counts_with_another_maximum_take_the_champions_task() -> None:
    assert of(COUNTS).fit["task"] == "multiclass"
    assert of(ANOTHER).fit["task"] == "regression"
    run = second(COUNTS, ANOTHER)
    assert run.fit["task"] == "multiclass"
    (message,) = [w["message"] for w in run.warnings if w["code"] == "task_of_champion"]
    assert "task multiclass" in message
    assert "would be regression" in message
    back = second(ANOTHER, COUNTS)
    assert back.fit["task"] == "regression"
    assert "numbers_as_classes" not in back.codes
    assert back.fit["champion"]["usable"]


def test_setting_of_a_person_goes_before_the_champions_task() -> None:
    assert second(COUNTS, ANOTHER, {"task": "regression"}).fit["task"] == "regression"
    assert second(ANOTHER, COUNTS, {"task": "multiclass"}).fit["task"] == "multiclass"
    binary = ["0", "1"] * 60
    assert second(ANOTHER, binary, {"positive_label": 1}).fit["task"] == "binary"


@pytest.mark.parametrize(
    ("first", "then", "task"),
    [
        # A small drop with two counts only.
        (COUNTS, ["0", "1"] * 60, "multiclass"),
        (ANOTHER, ["0", "1"] * 60, "regression"),
        (COUNTS, COUNTS, "multiclass"),
        (ANOTHER, ANOTHER, "regression"),
        # What leaves nothing open is decided by the file.
        (COUNTS, [str(n) for n in range(21)] * 12, "regression"),
        (COUNTS, ["0.5", "1.5", "2"] * 40, "regression"),
        (ANOTHER, ["a", "b", "c"] * 40, "multiclass"),
        (["a", "b", "c"] * 40, ANOTHER, "regression"),
        (["0", "1"] * 60, COUNTS, "multiclass"),
    ],
)
def test_champions_task_decides_only_where_the_file_leaves_it_open(
    first: list[str], then: list[str], task: str
) -> None:
    run = second(first, then)
    assert run.fit["task"] == task
    assert ("task_of_champion" in run.codes) == (of(then).fit["task"] != task)


def test_champion_of_another_target_decides_nothing() -> None:
    run = prepare(table(COUNTS, "w"), {}, run="set-1")
    champion = {"found": True, "encoder_key": f"{run.plan['prefix']}/encoder.json"}
    assert of(ANOTHER, champion=champion, s3=run.s3, run="set-2").fit["task"] == "regression"
    run = prepare(table(["Stayed", "Left"] * 60, "w"), {}, run="set-3", s3=run.s3)
    champion["encoder_key"] = f"{run.plan['prefix']}/encoder.json"
    named = of(["STAYED", "Left"] * 60, champion=champion, s3=run.s3, run="set-4")
    assert "STAYED" in named.json("encoder.json")["target"]["classes"]


def test_damaged_or_lost_champion_decides_nothing_and_stops_nothing() -> None:
    run = of(COUNTS, run="set-1")
    key = f"{run.plan['prefix']}/encoder.json"
    run.s3.objects[key] = b"{"
    champion = {"found": True, "encoder_key": key}
    assert of(ANOTHER, champion=champion, s3=run.s3, run="set-2").fit["task"] == "regression"
    champion = {"found": True, "encoder_key": "runs/none/encoder.json"}
    assert of(ANOTHER, champion=champion, s3=run.s3, run="set-3").fit["task"] == "regression"


def test_another_comparison_keeps_the_task_that_the_run_was_trained_for() -> None:
    regression = of(ANOTHER, run="set-1")
    run = of(COUNTS, s3=regression.s3, run="set-2")
    champion = {"found": True, "encoder_key": f"{regression.plan['prefix']}/encoder.json"}
    assert compare_again(run, champion).fit["task"] == "multiclass"


def test_classes_keep_the_champions_names_and_its_rare_label() -> None:
    first = ["Stayed"] * 60 + ["Left"] * 50 + ["None"] * 50
    then = ["STAYED"] * 60 + ["left."] * 80 + ["None"] * 4
    run = second(first, then)
    assert run.json("encoder.json")["target"]["classes"] == ["Left", "None", "Stayed"]
    assert run.fit["champion"]["usable"]
    apart = second(first, then, {"distinct_labels": True})
    assert apart.json("encoder.json")["target"]["classes"] == ["None", "STAYED", "left."]
