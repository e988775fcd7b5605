"""The file says how it writes its values, the model what they are."""

from typing import Any

import polars as pl
import pytest

from pipeline.errors import ColumnMismatchError
from scoring.as_written import as_written
from table.profiling.column import profile_column


def fitted(
    style: str,
    texts: list[str],
    *others: list[str],
    delimiter: str = ",",
    encoding: str = "numeric",
) -> tuple[str, list[str]]:
    """Return the style in which a column is read, and the codes of what is said."""
    feature: dict[str, Any] = {"name": "a", "column": "a", "encoding": encoding, "style": style}
    if encoding == "date":
        feature["part"] = "days"
    encoder: Any = {
        "version": 1, "columns": ["a"], "target": {"name": "y", "task": "regression"},
        "id_columns": [], "features": [feature],
    }  # fmt: skip
    tables = [texts, *others]
    profiles = [profile_column(pl.Series(values)) for values in tables]
    found = as_written(encoder, "abc"[: len(tables)], profiles, len(texts), delimiter, "new.csv")
    return found.encoder["features"][0]["style"], [said["code"] for said in found.notices]


@pytest.mark.parametrize(
    ("style", "texts", "wanted"),
    [
        ("plain", ["1.5", "2", "7"], "plain"),
        ("plain", ["1,5", "2", "7"], "comma"),
        ("plain", ["1,234.5", "2", "7"], "grouped"),
        ("plain", ["1.234,5", "2", "7"], "comma"),
        ("comma", ["1.5", "2.25", "7"], "plain"),
        ("comma", ["1,5", "2", "7"], "comma"),
        ("grouped", ["15", "2", "7"], "grouped"),
        ("comma", ["15", "2", "7"], "comma"),
        ("grouped", ["1,5", "2,25", "7"], "comma"),
    ],
)
def test_sign_of_the_file_counts(style: str, texts: list[str], wanted: str) -> None:
    assert fitted(style, texts) == (wanted, [])


@pytest.mark.parametrize(
    ("style", "other", "wanted"),
    [("plain", ["2,5", "3,75"], "comma"), ("comma", ["2.5", "3.75"], "plain")],
)
def test_other_columns_tell_what_a_sign_before_three_digits_is(
    style: str, other: list[str], wanted: str
) -> None:
    assert fitted(style, ["1.234", "5.678"], other)[0] == wanted


@pytest.mark.parametrize("style", ["plain", "comma"])
def test_sign_that_nothing_tells_is_read_as_in_training_and_said(style: str) -> None:
    assert fitted(style, ["1.234", "910"], delimiter=";") == (style, ["ambiguous_numbers"])


@pytest.mark.parametrize(
    ("style", "texts", "wanted"),
    [
        ("iso", ["2024-01-31", "2024-02-01"], "iso"),
        ("iso", ["31.01.2024", "01.02.2024"], "dmy_dot"),
        ("mdy_slash", ["31/01/2024", "01/02/2024"], "dmy_slash"),
        ("mdy_slash", ["01/02/2024", "03/04/2024"], "mdy_slash"),
        ("dmy_slash", ["01/02/2024", "03/04/2024"], "dmy_slash"),
    ],
)
def test_order_of_dates_is_that_of_the_file_if_it_tells(
    style: str, texts: list[str], wanted: str
) -> None:
    assert fitted(style, texts, encoding="date") == (wanted, [])


def test_dates_of_another_writing_that_do_not_tell_their_order_are_refused() -> None:
    with pytest.raises(ColumnMismatchError, match="as dates such as 2024-01-31"):
        fitted("iso", ["01/02/2024", "03/04/2024"], encoding="date")


def test_few_cells_that_cannot_be_read_are_told() -> None:
    assert fitted("plain", ["1.5"] * 20 + ["old"]) == ("plain", ["unread_values"])


@pytest.mark.parametrize(
    ("good", "bad", "refused"),
    [(20, 5, False), (20, 6, True), (0, 1, True), (1, 1, False), (100, 24, False), (100, 26, True)],
)
def test_file_is_refused_above_a_share(good: int, bad: int, refused: bool) -> None:
    texts = ["1.5"] * good + ["old"] * bad
    if not refused:
        assert fitted("plain", texts)[1] == ["unread_values"]
        return
    with pytest.raises(ColumnMismatchError, match=rf"{bad} of {good + bad} value"):
        fitted("plain", texts)


def test_times_do_not_become_numbers() -> None:
    with pytest.raises(ColumnMismatchError):
        fitted("plain", ["12:30", "13:45", "23:59"])


def test_sign_of_few_rows_counts_beside_a_stray_cell() -> None:
    assert fitted("plain", ["40,5", "41", "alt"]) == ("comma", ["unread_values"])
    assert fitted("comma", ["40.5", "41", "alt"]) == ("plain", ["unread_values"])
    assert fitted("plain", ["405", "41", "alt"]) == ("plain", ["unread_values"])


def test_date_of_few_rows_counts_beside_a_stray_cell() -> None:
    found = fitted("iso", ["31.01.2024", "01.02.2024", "soon"], encoding="date")
    assert found == ("dmy_dot", ["unread_values"])
    with pytest.raises(ColumnMismatchError):
        fitted("iso", ["03/01/2024", "01/02/2024", "soon"], encoding="date")


@pytest.mark.parametrize(
    ("style", "texts", "wanted"),
    [
        ("unit:kg", ["5.1 kg", "7.25 kg"], "unit:kg"),
        ("unit:kg", ["5,1 kg", "7,25 kg"], "comma unit:kg"),
        ("comma unit:kg", ["5.1 kg", "7.25 kg"], "unit:kg"),
        ("unit:kg", ["5 kg", "7"], "unit:kg"),
    ],
)
def test_unit_is_read_with_the_sign_of_the_file(style: str, texts: list[str], wanted: str) -> None:
    assert fitted(style, texts) == (wanted, [])


def test_another_unit_than_the_models_is_refused() -> None:
    with pytest.raises(ColumnMismatchError, match="2 of 2 values of 'a'"):
        fitted("unit:kg", ["5 g", "7 g"])
    with pytest.raises(ColumnMismatchError, match="2 of 2 values of 'a'"):
        fitted("plain", ["5 g", "7 g"])
