"""A column's numbers are read by its style as a whole, and the profile says what is encoded."""

import polars as pl
import pytest

from table.columns.kind import column_of
from table.profiling.column import profile_column
from table.values.numbers import numbers
from tests.unit.prepare.pipeline_run import Prepared, prepare


def column(prepared: Prepared, name: str) -> dict[str, object]:
    (found,) = [c for c in prepared.json("profile.json")["columns"] if c["name"] == name]
    return found  # type: ignore[no-any-return]


@pytest.mark.parametrize("chunk_bytes", [1 << 26, 300])
def test_groups_with_points_are_thousands_in_each_chunk_of_decimal_commas(chunk_bytes: int) -> None:
    # The first half alone, a chunk of its own, looks like plain numbers.
    texts = [f"{n % 9 + 1}.{n * 37 % 900 + 100}" if n < 30 else f"{n % 9},5" for n in range(60)]
    lines = ["amount;x;label", *(f"{text};{n % 7};{n % 2}" for n, text in enumerate(texts))]
    prepared = prepare("\n".join(lines).encode(), chunk_bytes=chunk_bytes)
    amounts = [float(text.replace(".", "").replace(",", ".")) for text in texts]
    encoded = [*prepared.table("train")[1], *prepared.table("validation")[1]]
    assert {float(value) for value in encoded} <= set(amounts)
    assert max(encoded) > 1000
    found = column(prepared, "amount")
    assert (found["min"], found["max"]) == (min(amounts), max(amounts))
    assert found["mean"] == pytest.approx(sum(amounts) / len(amounts))


@pytest.mark.parametrize("chunk_bytes", [1 << 26, 100])
def test_regression_target_of_decimal_commas_does_not_depend_on_chunks(chunk_bytes: int) -> None:
    texts = [f"{n % 9 + 1}.{n * 37 % 900 + 100}" if n < 30 else f"{n},5" for n in range(60)]
    lines = ["x;label", *(f"{n % 7};{text}" for n, text in enumerate(texts))]
    prepared = prepare("\n".join(lines).encode(), chunk_bytes=chunk_bytes)
    amounts = {float(text.replace(".", "").replace(",", ".")) for text in texts}
    assert set(prepared.table("train")[0]) <= amounts


@pytest.mark.parametrize(
    ("texts", "delimiter", "style"),
    [
        (["1.234", "0,250", "12,500", "1.234,500"], ";", "comma"),
        (["3,5", "3,5", "1.5"], ",", "comma"),
        (["1,234", "1,250", "1.5"], ";", "grouped"),
        (["1,234", "0,250", "1.500"], ";", "comma"),
        (["1,234", "1,250", "1.500"], ",", "grouped"),
        # No thousands begin with a zero.
        (["1,234", "0,250"], ",", "comma"),
    ],
)
def test_commas_are_decimal_if_that_reads_more_or_in_doubt_with_semicolons(
    texts: list[str], delimiter: str, style: str
) -> None:
    found = column_of("a", profile_column(pl.Series(texts * 20)), 20 * len(texts), delimiter == ";")
    assert (found.style, found.unread) == (style, 0)
    assert found.numbers is not None


@pytest.mark.parametrize("blank", ["\u00a0", "\u202f", " "])
def test_groups_apart_by_blanks_that_break_no_line_are_thousands(blank: str) -> None:
    texts = pl.Series([f"1{blank}234,5", f"-12{blank}345{blank}678 €"])
    assert numbers(texts, "comma").to_list() == [1234.5, -12345678.0]


def test_numbers_beyond_32_bits_count_as_infinite() -> None:
    texts = ["3.4e38", "-3.4e38", "3.5e38", "-1e39", "inf", "nan"]
    assert numbers(pl.Series(texts), "plain").to_list() == [3.4e38, -3.4e38, *[None] * 4]
    lines = ["a,x,label", *(f"{texts[n % 5]},{n % 7},{n % 2}" for n in range(100))]
    prepared = prepare("\n".join(lines).encode())
    assert "infinite_values" in prepared.codes
    assert prepared.table("train")[1].abs().max() <= 3.4e38


def test_column_of_infinite_numbers_alone_is_empty() -> None:
    lines = ["a,x,label", *(f"{n}e300,{n % 7},{n % 2}" for n in range(1, 100))]
    assert column(prepare("\n".join(lines).encode()), "a")["type"] == "empty"


def test_examples_are_different_where_long_texts_begin_alike() -> None:
    texts = pl.Series([*("x" * 40 + str(n) for n in range(9)), "y", "z"])
    assert profile_column(texts)["other"] == ["x" * 40, "y", "z"]


def test_mean_of_values_that_cancel_does_not_depend_on_chunks() -> None:
    lines = ["x,y"]
    lines += [f"{(n * 7919 % 1000 + 0.1) * (-1) ** (n // 1000)},{n % 2}" for n in range(2000)]
    data = "\n".join(lines).encode()
    means = [
        prepare(data, chunk_bytes=size).json("profile.json")["columns"][0]["mean"]
        for size in (1 << 26, 997, 301)
    ]
    assert means == [0.0] * 3
