"""The target is sure only where a column is called so; all else is a guess that is told."""

import polars as pl
import pytest

from pipeline.vocabulary import TargetBy
from table.columns.target_guess import guess_notices, guess_target
from table.edges.label_first import has_label_first
from tests.unit.prepare.pipeline_run import Prepared, prepare

NUMBERS = ["0.3", "-1.25", "4.5", "2.75", "0.1"]


def guessed(columns: list[str], rows: pl.DataFrame) -> tuple[str, TargetBy]:
    """Guess the target of a file without a header."""
    return guess_target(columns, label_first=has_label_first(rows))


@pytest.mark.parametrize(
    ("header", "target", "by"),
    [
        ("a,Target,b", "Target", "name"),
        ("LABEL,a,b", "LABEL", "name"),
        ("a,y,b", "y", "name"),
        ("a,b,Y", "Y", "name"),
        ("class,a,b", "class", "name"),
        ("a,b,Outcome", "Outcome", "name"),
        # A y beside an x may be a place, unless it stands where targets stand.
        ("a,x,y,z", "z", "last"),
        ("x,z,y", "y", "name"),
        ("x,y", "y", "name"),
        # A passenger's class, a visit's outcome.
        ("survived,class,fare", "fare", "last"),
        ("id,outcome,days", "days", "last"),
        ("a,label,target", "target", "names"),
        ("label,a,class", "label", "names"),
        ("a,y,Y", "y", "names"),
        ("a,targets,price", "price", "last"),
    ],
)
def test_target_without_a_setting_is_sure_only_by_its_name(
    header: str, target: str, by: str
) -> None:
    assert guess_target(header.split(",")) == (target, by)


@pytest.mark.parametrize(
    ("first", "by"),
    [
        (["0", "1", "1", "0", "1"], "first"),
        (["1.0", "0.0", "1.0", "1.0", "0.0"], "first"),
        (["-1", "1", "1", "-1", "1"], "first"),
        (["2", "0", "1", "0", "1"], "first"),
        (["1", "2", "3", "2", "1"], "first"),
        (["true", "False", "true", "true", "false"], "first"),
        # Sorted by label, the beginning of a file may hold one alone.
        (["0"] * 5, "first"),
        (["2", "3", "2", "3", "2"], "last"),
        (["0", "2", "2", "0", "2"], "last"),
        (["0.5", "1", "0", "1", "0"], "last"),
        (["-0.5", "0.5", "-0.5", "0.5", "0.5"], "last"),
        (["a", "b", "a", "b", "a"], "last"),
        (["true", "2", "true", "2", "true"], "last"),
        (["", "", "", "", ""], "last"),
    ],
)
def test_file_without_a_header_has_its_label_first_if_only_that_looks_like_one(
    first: list[str], by: str
) -> None:
    rows = pl.DataFrame([pl.Series("c0", first), pl.Series("c1", NUMBERS)])
    assert guessed(["column_1", "column_2"], rows)[1] == by


def test_whole_numbers_up_to_twenty_are_labels_and_more_are_amounts() -> None:
    for classes, by in ((20, "first"), (21, "last")):
        first = [f"{n % classes}" for n in range(200)]
        rows = pl.DataFrame([pl.Series("c0", first), pl.Series("c1", NUMBERS * 40)])
        assert guessed(["column_1", "column_2"], rows)[1] == by


@pytest.mark.parametrize(
    ("others", "by"),
    [
        ([NUMBERS, ["1", "0", "1", "0", "0"]], "last"),
        ([["1", "0", "1", "0", "0"], NUMBERS], "first"),
        ([["red", "blue", "red", "red", "blue"], NUMBERS], "last"),
        ([NUMBERS, ["", "1.5", "NA", "2.5", " 7.25"]], "first"),
    ],
)
def test_other_columns_must_be_numbers_and_the_last_no_label(
    others: list[list[str]], by: str
) -> None:
    columns = [["0", "1", "1", "0", "1"], *others]
    rows = pl.DataFrame([pl.Series(f"c{n}", column) for n, column in enumerate(columns)])
    assert guessed(["column_1", "column_2", "column_3"], rows)[1] == by


def test_one_text_among_twenty_numbers_does_not_hide_a_label_that_stands_first() -> None:
    for strays, by in ((1, "first"), (2, "last")):
        other = ["n.v.t."] * strays + NUMBERS * 4
        rows = pl.DataFrame([pl.Series("c0", ["0", "1"] * 10), pl.Series("c1", other[:20])])
        assert guessed(["column_1", "column_2"], rows)[1] == by


def test_file_of_one_column_or_no_row_has_no_label_first() -> None:
    rows = pl.DataFrame([pl.Series("c0", ["0", "1"]), pl.Series("c1", ["0.5", "2.5"])])
    assert guessed(["column_1"], rows.select("c0")) == (
        "column_1",
        "last",
    )
    assert guessed(["column_1", "column_2"], rows.head(0)) == (
        "column_2",
        "last",
    )


@pytest.mark.parametrize(
    ("by", "header", "said"),
    [
        ("names", True, "'label', 'y' could each be the target by name"),
        ("first", False, "first column holds labels, as in SageMaker's own CSV"),
        ("last", True, "No column is called target, label or y, so the target was guessed to be"),
        ("last", False, "(SageMaker's own CSV has it first, as 'label')"),
    ],
)
def test_guess_is_told_with_the_column_and_the_remedy(by: str, header: bool, said: str) -> None:
    (told,) = guess_notices(["label", "a", "y"], header, "a", by)  # type: ignore[arg-type]
    assert told["code"] == "target_guessed"
    assert said in told["message"]
    assert 'set "target" in pipeline.json, or run with --target COLUMN.' in told["message"]
    assert ("'a'" in told["message"]) == (by != "names")
    assert len(told["message"]) <= 300


def test_target_that_is_sure_is_not_told() -> None:
    assert guess_notices(["a", "y"], True, "y", "name") == []
    assert guess_notices(["a", "y"], True, "a", "settings") == []


def of(header: str, first: str = "{n}", settings: dict[str, str] | None = None) -> Prepared:
    line = f"{first},{{v:.2f}},{{w:.2f}}"
    rows = [line.format(n=n % 2, v=n * 7 % 31 / 4, w=n % 13 / 8 + 0.1) for n in range(200)]
    return prepare("\n".join([*([header] if header else []), *rows]).encode(), settings)


@pytest.mark.parametrize(
    ("header", "settings", "target", "by"),
    [
        ("sold,b,c", None, "c", "last"),
        ("sold,b,c", {"target": "sold"}, "sold", "settings"),
        ("label,b,c", None, "label", "name"),
        ("", None, "column_1", "first"),
        ("", {"target": "column_1"}, "column_1", "settings"),
    ],
)
def test_run_says_in_its_files_how_the_target_was_found(
    header: str, settings: dict[str, str] | None, target: str, by: str
) -> None:
    run = of(header, settings=settings)
    plan = run.json("plan.json")
    assert (plan["target"], plan["target_by"]) == (target, by)
    assert run.json("profile.json")["target_by"] == by


def test_label_that_stands_first_is_seen_in_a_file_longer_than_the_sample() -> None:
    rows = b"".join(b"%d,%d.25,0.%05d\r" % (n % 2, n % 1000, n % 99_991) for n in range(80_000))
    assert len(rows) > 1 << 20
    run = prepare(rows)
    assert (run.plan["dataset"], run.json("plan.json")["target_by"]) == ("set", "first")
    assert run.fit["task"] == "binary"


def test_first_lines_with_a_wrong_number_of_fields_do_not_hide_the_label() -> None:
    run = prepare(b"1,0.5\n" + b"".join(b"%d,%d.25,0.%d\n" % (n % 2, n, n) for n in range(99)))
    assert run.json("plan.json")["target_by"] == "first"
