"""One column says how the numbers of another are to be read."""

import polars as pl
import pytest

from table.columns.kind import column_of
from table.columns.locale import has_decimal_comma
from table.profiling.column import profile_column
from tests.unit.prepare.pipeline_run import prepare

GROUPS = [f"{n}.{n:03d}" for n in range(101, 300)]
DECIMAL_COMMAS = [f"{n},5" for n in range(199)]
DECIMAL_POINTS = [f"{n}.25" for n in range(199)]
EITHER = [f"{n},{n:03d}" for n in range(101, 300)]


def style(texts: list[str], beside: list[str], delimiter: str) -> str:
    columns = [profile_column(pl.Series(column)) for column in (texts, beside)]
    decimal_comma = has_decimal_comma(columns, delimiter)
    return column_of("x", columns[0], len(texts), decimal_comma).style


@pytest.mark.parametrize(
    ("texts", "beside", "delimiter", "wanted"),
    [
        (GROUPS, DECIMAL_COMMAS, ";", "comma"),
        (GROUPS, DECIMAL_COMMAS, "\t", "comma"),
        (GROUPS, DECIMAL_POINTS, ";", "plain"),
        (GROUPS, DECIMAL_POINTS, ",", "plain"),
        (GROUPS, GROUPS, ",", "plain"),
        # A point that cannot part thousands keeps its own column plain.
        ([*GROUPS, "1.25"], DECIMAL_COMMAS, ";", "plain"),
        (EITHER, DECIMAL_POINTS, ";", "grouped"),
        (EITHER, DECIMAL_COMMAS, "\t", "comma"),
        (EITHER, EITHER, ",", "grouped"),
        (EITHER, EITHER, ";", "comma"),
    ],
)
def test_sign_that_could_be_either_is_what_it_is_elsewhere_in_the_file(
    texts: list[str], beside: list[str], delimiter: str, wanted: str
) -> None:
    assert style(texts, beside, delimiter) == wanted


def test_number_that_begins_with_zero_is_no_group_of_thousands() -> None:
    assert style([f"0.{n}" for n in range(100, 300)], DECIMAL_COMMAS, ";") == "plain"


def test_mark_among_codes_makes_no_numbers_of_them() -> None:
    texts = ["1", "2", "3", "K"] * 100 + ["*"]
    assert column_of("x", profile_column(pl.Series(texts)), 401).kind == "category"


@pytest.mark.parametrize("mark", ["n.v.t.", "PrivacySuppressed", "*", ":", "..", "unknown", "(D)"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.9])
def test_text_that_recurs_among_numbers_counts_as_missing(mark: str, share: float) -> None:
    rows = 1000
    texts = [mark if n < share * rows else f"{n}.25" for n in range(rows)]
    column = column_of("x", profile_column(pl.Series(texts)), rows)
    assert (column.kind, column.unread) == ("float", int(share * rows))
    assert column.examples == [mark]


def test_stray_text_among_few_different_numbers_counts_as_missing() -> None:
    texts = [str(n % 30) for n in range(500)] + ["n.v.t."]
    assert column_of("x", profile_column(pl.Series(texts)), 501).kind == "integer"
    assert column_of("x", profile_column(pl.Series([*texts, "ground"])), 502).kind == "integer"


@pytest.mark.parametrize("rare", [["ground"], ["ground", "roof"]])
def test_rare_class_among_few_numbers_of_a_target_stays_a_class(rare: list[str]) -> None:
    texts = [str(n % 5) for n in range(500)] + rare
    profile = profile_column(pl.Series(texts))
    assert column_of("x", profile, len(texts), target=True).kind == "category"


def test_classes_among_many_numbers_of_a_target_are_not_missing() -> None:
    texts = [str(n) if n % 3 else "deceased" for n in range(600)]
    assert column_of("x", profile_column(pl.Series(texts)), 600, target=True).numbers is None


def test_codes_with_letters_among_few_numbers_stay_codes() -> None:
    texts = ["1", "2", "3", "K"] * 100
    assert column_of("x", profile_column(pl.Series(texts)), 400).kind == "category"


def test_many_different_texts_among_numbers_make_no_numbers() -> None:
    texts = [str(n) for n in range(500)] + [f"t{n % 30}" for n in range(500)]
    assert column_of("x", profile_column(pl.Series(texts)), 1000).numbers is None


@pytest.mark.parametrize("chunk_bytes", [300, 1 << 26])
def test_target_with_a_unit_divides_its_rows_however_the_file_is_cut(chunk_bytes: int) -> None:
    rows = "".join(f"{n % 7},{n % 5},{2 * n + 1}.5 days\n" for n in range(300))
    run = prepare(f"a,b,wait\n{rows}".encode(), {"target": "wait"}, chunk_bytes=chunk_bytes)
    assert run.fit["task"] == "regression"
    assert [len(run.table(split)) for split in ("train", "validation", "test")] == [210, 45, 45]
