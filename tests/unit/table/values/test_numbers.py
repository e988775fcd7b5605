"""Which texts are numbers, and that those which are none are shown."""

import polars as pl
import pytest

from table.values.numbers import numbers
from tests.unit.prepare.pipeline_run import prepare


def test_decimal_commas_with_an_exponent_are_numbers() -> None:
    read = numbers(pl.Series(["-9,1e-05", "1,5E3", "2,5", "e5"]), "comma")
    assert read.to_list() == [-9.1e-05, 1500.0, 2.5, None]


@pytest.mark.parametrize("number", ["${}", "{}%"])
def test_values_that_are_no_number_are_shown_and_not_those_that_are(number: str) -> None:
    rows = "".join(f"{number.format(n % 60)},{n % 3},{n % 2}\n" for n in range(200))
    prepared = prepare(f"a,b,label\n{rows}bad,1,0\n".encode())
    [text] = [w["message"] for w in prepared.warnings if w["code"] == "unread_values"]
    assert "('bad')" in text
