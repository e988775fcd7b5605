"""Numbers mean the same however a program, a country or a person writes them."""

from collections.abc import Callable

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from table.columns.kind import column_of
from table.profiling.column import profile_column
from table.profiling.merge import merge_columns
from table.values.numbers import numbers
from table.values.units import unit_of

Write = Callable[[float], str]
MINUS = "\u2212"


def parted(value: float, group: str, point: str) -> str:
    return f"{value:,.2f}".replace(",", "_").replace(".", point).replace("_", group)


def indian(value: float) -> str:
    whole, _, rest = f"{abs(value):.2f}".partition(".")
    head, tail = whole[:-3], whole[-3:]
    pairs = []
    while head:
        pairs.insert(0, head[-2:])
        head = head[:-2]
    return ("-" if value < 0 else "") + ",".join([*pairs, tail]) + f".{rest}"


def negative(write: Write, before: str, behind: str) -> Write:
    def written(value: float) -> str:
        return f"{before}{write(-value)}{behind}" if value < 0 else write(value)

    return written


NOTATIONS: dict[str, tuple[Write, bool]] = {
    "grouped": (lambda value: parted(value, ",", "."), False),
    "German": (lambda value: parted(value, ".", ","), True),
    "Swiss": (lambda value: parted(value, "'", "."), False),
    "typographic Swiss": (lambda value: parted(value, "\u2019", "."), False),
    "blanks and a point": (lambda value: parted(value, " ", "."), False),
    "no-break blanks and a comma": (lambda value: parted(value, "\u00a0", ","), True),
    "narrow blanks and a comma": (lambda value: parted(value, "\u202f", ","), True),
    "Indian": (indian, False),
    "accounting": (negative(lambda value: parted(value, ",", "."), "(", ")"), False),
    "accounting in dollars": (
        lambda value: negative(lambda one: f"${parted(one, ',', '.')}", "(", ")")(value),
        False,
    ),
    "minus behind": (negative(lambda value: parted(value, ".", ","), "", "-"), True),
    "minus of a typesetter": (negative(lambda value: parted(value, ",", "."), MINUS, ""), False),
    "apostrophe": (negative(lambda value: parted(value, ",", "."), "'-", ""), False),
    "formula": (lambda value: f'="{value:.2f}"', False),
    "US dollars": (negative(lambda value: f"US${parted(value, ',', '.')}", "-", ""), False),
    "ISO 4217": (lambda value: f"EUR {parted(value, '.', ',')}", True),
    "rupees": (lambda value: f"Rs. {indian(value)}", False),
    "rupee sign": (lambda value: f"\u20b9{value:.2f}", False),
    "thousands": (lambda value: f"{value / 1000:.5f}k", False),
    "millions": (lambda value: f"${value / 1e6:.8f}M", False),
    "per cent": (lambda value: f"{value:.2f}%", False),
    "Fortran": (lambda value: f"{value:.6e}".replace("e", "D"), False),
    "unit": (lambda value: f"{value:.2f} km/h", False),
    "unit behind a comma": (lambda value: f"{value:.2f} kg".replace(".", ","), True),
    "unit beside it": (lambda value: f"{value:.2f}kg", False),
}
VALUES = st.lists(
    st.floats(-9_999_999, 9_999_999).map(lambda value: round(value, 2) + 0.0), min_size=60
)


@pytest.mark.parametrize("notation", NOTATIONS)
@settings(max_examples=20)
@given(values=VALUES)
def test_numbers_of_any_notation_are_the_numbers(notation: str, values: list[float]) -> None:
    write, decimal_comma = NOTATIONS[notation]
    values = [*values, 1234.5, -1234.5, 0.25, -7.0, 1_234_567.89]
    texts = pl.Series([write(value) for value in values])
    column = column_of("x", profile_column(texts), len(texts), decimal_comma)
    assert column.numbers is not None
    assert column.numbers["count"] == len(values)
    read = numbers(texts, column.style).to_list()
    assert read == pytest.approx(values, rel=1e-6)


@pytest.mark.parametrize("cut", [1, 7, 30])
@pytest.mark.parametrize("notation", NOTATIONS)
def test_notation_is_found_however_the_rows_are_cut(notation: str, cut: int) -> None:
    write, decimal_comma = NOTATIONS[notation]
    texts = pl.Series([write(1.5 * number - 40) for number in range(80)])
    whole = column_of("x", profile_column(texts), 80, decimal_comma)
    parts = [profile_column(texts.slice(at, cut)) for at in range(0, 80, cut)]
    merged = parts[0]
    for part in parts[1:]:
        merged = merge_columns(merged, part)
    assert column_of("x", merged, 80, decimal_comma).style == whole.style


@pytest.mark.parametrize(
    "texts",
    [
        ["12A", "13B", "14C", "15D", "16E", "17F", "18G"],
        ["10-20", "20-30", "30-40"],
        ["1st", "2nd", "3rd", "4th"],
        ["v1.2", "v1.3"],
        ["(a)", "(b)"],
        ["2024-01-02", "2024-01-03"],
        ["192.168.1.1", "10.0.0.1"],
        ["1-", "a-"],
        ["5 Jan 2024", "6 Jan 2024"],
    ],
)
def test_texts_that_begin_with_digits_stay_texts(texts: list[str]) -> None:
    column = column_of("x", profile_column(pl.Series(texts * 20)), 20 * len(texts))
    assert column.numbers is None


def test_two_units_are_not_one_scale() -> None:
    texts = pl.Series([f"{n} km" if n % 2 else f"{n} m" for n in range(200)])
    assert column_of("x", profile_column(texts), 200).numbers is None


@pytest.mark.parametrize(("unit", "read"), [("km", True), ("pieces", True), ("x", False)])
def test_unit_behind_half_of_the_numbers_was_left_out_of_the_others(unit: str, read: bool) -> None:
    texts = pl.Series([f"{n} {unit}" if n % 2 else f"{n}" for n in range(200)])
    column = column_of("x", profile_column(texts), 200)
    assert (column.numbers is not None) == read
    assert column.with_unit == 100 * read


def test_suffixes_that_multiply_go_together_and_with_plain_numbers() -> None:
    texts = pl.Series([*(f"{n}.5k" for n in range(20)), *(str(n) for n in range(70)), "1.2M", "3B"])
    column = column_of("x", profile_column(texts), len(texts))
    assert column.unread == 0
    read = numbers(pl.Series(["1.5k", "950", "$1.2M", "2 bn", "3 lakh", "4 kg"]), column.style)
    assert read.to_list() == [1500, 950, 1_200_000, 2e9, 300_000, None]


def test_few_letters_behind_digits_are_no_suffixes_that_multiply() -> None:
    houses = pl.Series([str(n) for n in range(300)] + ["12B", "14B"])
    assert column_of("house", profile_column(houses), 302).style == "plain"


def test_unit_of_a_style_is_what_stands_behind_the_numbers() -> None:
    texts = pl.Series([f"{n} kmpl" for n in range(100)] + ["55"])
    column = column_of("x", profile_column(texts), 101)
    assert (unit_of(column.style), column.unread) == ("kmpl", 0)
    assert numbers(pl.Series(["3 kmpl", "4", "5 miles", "x"]), column.style).to_list() == [
        3,
        4,
        None,
        None,
    ]
