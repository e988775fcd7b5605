"""A target of numbers stays one, whatever a few cells say."""

from typing import Any

import pytest

from pipeline.errors import TargetUnusableError
from tests.unit.prepare.pipeline_run import Prepared, prepare

AGES = [str(18 + n) for n in range(40)]


def of(values: list[str], settings: dict[str, Any] | None = None, **kwargs: Any) -> Prepared:
    lines = ["x,z,y", *(f"{n % 7},{n % 11},{value}" for n, value in enumerate(values))]
    return prepare("\n".join(lines).encode(), {"target": "y", **(settings or {})}, **kwargs)


def said(run: Prepared, code: str = "target_unread") -> str:
    (message,) = [w["message"] for w in run.warnings if w["code"] == code]
    return message


@pytest.mark.parametrize(
    "strays", [["unknown"], ["unknown"] * 3 + ["error"], ["n/a?", "error", "tbd"], ["34?"]]
)
def test_few_stray_texts_leave_a_regression_one(strays: list[str]) -> None:
    run = of(AGES * 5 + strays)
    assert run.fit["task"] == "regression"
    assert run.json("profile.json")["dropped_rows"]["no_target"] == len(strays)
    counted = "1 row" if strays.count(strays[0]) == 1 else f"{strays.count(strays[0])} rows"
    assert f"'{strays[0]}' ({counted})" in said(run)
    assert '"task" to "multiclass"' in said(run)
    assert "no_target" not in run.codes
    labels = run.table("truth")["label"]
    assert labels.between(18, 57).all()


def test_words_for_a_missing_amount_may_stand_in_many_rows() -> None:
    run = of(AGES * 5 + ["unknown"] * 50 + ["refused"] * 20)
    assert run.fit["task"] == "regression"
    assert "'unknown' (50 rows), 'refused' (20 rows)" in said(run)
    assert of(AGES * 5 + ["a"] * 20 + ["b"] * 20 + ["c"] * 20 + ["d"] * 20).fit["task"] == (
        "multiclass"
    )
    assert of(AGES * 5 + ["refused"] * 300).fit["task"] == "multiclass"


@pytest.mark.parametrize("mark", ["unknown", ":", "n.v.t.", "(D)"])
def test_text_known_to_say_missing_may_stand_in_most_rows(mark: str) -> None:
    run = of(AGES * 5 + [mark] * 600)
    assert run.fit["task"] == "regression"
    assert f"'{mark}' (600 rows)" in said(run)


def test_one_time_of_day_does_not_make_times_of_amounts() -> None:
    run = of(AGES * 5 + ["12:30"])
    assert run.fit["task"] == "regression"
    assert run.json("encoder.json")["target"]["style"] == "plain"


def test_codes_with_letters_in_many_rows_stay_classes() -> None:
    assert of(AGES * 5 + ["18a"] * 20).fit["task"] == "multiclass"


@pytest.mark.parametrize(
    ("values", "task", "classes"),
    [
        (["0", "1"] * 60 + ["error"] * 3, "binary", ["0", "1"]),
        (["0", "1"] * 60 + ["error", "unknown", "?!"], "binary", ["0", "1"]),
        (["0", "1"] * 60 + ["a", "b", "c", "d"], "multiclass", None),
        # 3a is a class of its own among few numbers.
        (["1", "2", "3"] * 60 + ["3a"] * 5, "multiclass", ["1", "2", "3", "3a"]),
        (["1", "2", "3"] * 60 + ["late"] * 20, "multiclass", ["1", "2", "3", "late"]),
        # One number and a word are two classes.
        (["1"] * 100 + ["no"] * 3, "binary", ["1", "no"]),
    ],
)
def test_stray_texts_among_classes_that_are_numbers(
    values: list[str], task: str, classes: list[str] | None
) -> None:
    run = of(values)
    assert run.fit["task"] == task
    if classes is not None:
        assert run.json("encoder.json")["target"]["classes"] == classes
    assert ("target_unread" in run.codes) == (classes == ["0", "1"])
    assert "no_target" not in run.codes


def test_task_multiclass_keeps_a_stray_text_as_a_class() -> None:
    run = of(["0", "1"] * 60 + ["error"] * 3, {"task": "multiclass"})
    assert run.json("encoder.json")["target"]["classes"] == ["0", "1", "error"]


def test_task_regression_leaves_few_stray_texts_out_and_refuses_many() -> None:
    run = of([*"12345"] * 20 + ["unknown"] * 2, {"task": "regression"})
    assert "'unknown' (2 rows)" in said(run)
    with pytest.raises(TargetUnusableError, match="'unknown'"):
        of([*"12345"] * 20 + ["unknown"] * 20, {"task": "regression"})


def second(first: list[str], then: list[str]) -> Prepared:
    before = of(first, run="set-1")
    champion = {"found": True, "encoder_key": f"{before.plan['prefix']}/encoder.json"}
    return of(then, champion=champion, s3=before.s3, run="set-2")


def test_texts_new_among_a_champions_numbers_are_left_out() -> None:
    run = second(["0", "1"] * 60, ["0", "1"] * 60 + ["unknown"] * 20)
    assert run.fit["task"] == "binary"
    assert run.fit["champion"]["usable"]
    assert "'unknown' (20 rows)" in said(run)
    assert second(AGES * 5, ["20", "31", "44"] * 50 + ["error"] * 9).fit["task"] == "regression"


@pytest.mark.parametrize(
    ("first", "then", "task"),
    [
        # Few cells, whatever they say.
        (["0", "1"], ["0", "1"] * 60 + ["a", "b", "c", "4d"], "binary"),
        # Many cells that say this and that.
        (["0", "1"], ["0", "1"] * 60 + ["a", "b", "c", "d"] * 5, "multiclass"),
        (["a", "b", "c"], ["1", "2", "3"] * 60 + ["late"] * 20, "multiclass"),
    ],
)
def test_champions_numbers_are_numbers_still(first: list[str], then: list[str], task: str) -> None:
    run = second(first * 60, then)
    assert run.fit["task"] == task
    assert ("target_unread" in run.codes) == (task == "binary")


def test_champion_of_another_target_says_nothing_of_texts() -> None:
    before = prepare(b"x,z,w\n" + b"1,2,0\n3,4,1\n" * 60, run="set-1")
    champion = {"found": True, "encoder_key": f"{before.plan['prefix']}/encoder.json"}
    values = ["0", "1"] * 60 + ["unknown"] * 20
    run = of(values, champion=champion, s3=before.s3, run="set-2")
    assert run.fit["task"] == "multiclass"


def test_text_that_is_a_champions_class_is_no_stray_one() -> None:
    first = ["1", "2", "3"] * 40 + ["late"] * 40
    run = second(first, ["1", "2", "3"] * 60 + ["late"] * 3)
    assert run.json("encoder.json")["target"]["classes"] == ["1", "2", "3", "late"]
    assert run.fit["champion"]["usable"]


@pytest.mark.parametrize("chunk_bytes", [200, 1009])
def test_target_with_units_is_split_alike_by_any_chunk_size(chunk_bytes: int) -> None:
    values = [f"{n * 7 % 101}.5 km" for n in range(300)]
    runs = [of(values), of(values, chunk_bytes=chunk_bytes)]
    whole, parts = ({k: r.files(k) for k in ("train", "validation", "test")} for r in runs)
    lines = [{k: b"".join(f.values()) for k, f in found.items()} for found in (whole, parts)]
    assert lines[0] == lines[1]
