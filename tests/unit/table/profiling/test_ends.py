"""Codes for missing values are found at a column's ends, however the rows were cut."""

from functools import reduce

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from table.profiling.column import profile_column
from table.profiling.ends import far_days, far_numbers
from table.profiling.merge import merge_columns

SOUND = [str(n % 73 + 18) for n in range(200)]
DAYS = [f"2024-{n % 12 + 1:02d}-{n % 28 + 1:02d}" for n in range(200)]


def codes(texts: list[str]) -> dict[str, int]:
    return far_numbers(profile_column(pl.Series(texts))["numbers"]["plain"])


@pytest.mark.parametrize(
    "code", ["-999", "999", "9999", "-9999", "-99.9", "99999", "888", "-9", "32767", "1e20"]
)
def test_code_far_off_and_repeated_is_found_with_its_count(code: str) -> None:
    texts = [str(n % 2) for n in range(50)] if code in ("-9", "-99.9") else SOUND
    assert list(codes([*texts, *[code] * 3]).values()) == [3]


def test_several_codes_at_both_ends_are_found_each() -> None:
    assert codes([*SOUND, *["-999"] * 4, *["9999"] * 5, *["8888"] * 6]) == {
        "-999": 4,
        "8888": 6,
        "9999": 5,
    }


@pytest.mark.parametrize(
    ("values", "found"),
    [
        (["1", "2", "3", "4", "5"], ["97", "98", "99"]),
        (SOUND, ["-999", "-998", "-997"]),
        (SOUND, ["998", "999", "996"]),
        (SOUND, ["1e+30", "-1e+30", "9.96921e+36"]),
        (["0", "1"], ["9"]),
    ],
)
def test_codes_next_to_each_other_and_fill_values_are_found(
    values: list[str], found: list[str]
) -> None:
    assert codes([*values * 20, *found * 2]) == dict.fromkeys(sorted(found), 2)


@pytest.mark.parametrize(
    "texts",
    [
        # A digit is a code beside 0 and 1 only.
        ["0", "1", "2"] * 20 + ["9"] * 5,
        SOUND,
        # Once may be a slip, and is no code.
        [*SOUND, "-999"],
        # Not far off.
        [*SOUND, "99", "99", "99"],
        [str(n * 37 % 9_000) for n in range(300)] + ["9999"] * 9,
        # Far off, but nothing that people write for missing.
        [*SOUND, *["1234"] * 9],
        [*SOUND, *["1000"] * 9],
        # Nothing to be far off from.
        ["999"] * 50,
        ["5"] * 50 + ["999"] * 50,
    ],
)
def test_what_may_be_a_value_is_no_code(texts: list[str]) -> None:
    assert codes(texts) == {}


@pytest.mark.parametrize(
    "day", ["1900-01-01", "9999-12-31", "0001-01-01", "1970-01-01", "2222-02-22", "1753-01-01"]
)
def test_day_that_stands_for_none_is_found(day: str) -> None:
    found = profile_column(pl.Series([*DAYS, day, day]))
    assert far_days(found["dates"]["iso"]) == {day: 2}


def test_day_that_people_are_born_on_is_none() -> None:
    born = [f"{1905 + n % 100}-05-0{n % 9 + 1}" for n in range(200)] + ["1900-01-01"] * 3
    assert far_days(profile_column(pl.Series(born))["dates"]["iso"]) == {}


VALUES = st.lists(
    st.sampled_from(["-999", "999", "9999", "-9", "7", "12", "30", "44.5", "0", "99"]), min_size=1
)


@settings(max_examples=200)
@given(parts=st.lists(VALUES, min_size=1, max_size=6))
def test_codes_do_not_depend_on_how_the_rows_were_cut(parts: list[list[str]]) -> None:
    whole = profile_column(pl.Series([text for part in parts for text in part]))
    merged = reduce(merge_columns, [profile_column(pl.Series(part)) for part in parts])
    assert far_numbers(merged["numbers"]["plain"]) == far_numbers(whole["numbers"]["plain"])
