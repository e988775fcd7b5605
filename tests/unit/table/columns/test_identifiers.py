"""Numbers of more digits than a float holds are identifiers, and stay as they are written."""

import random

import polars as pl
import pytest

from table.columns.kind import column_of
from table.profiling.column import profile_column
from table.profiling.merge import merge_columns
from tests.unit.prepare.pipeline_run import prepare


def stamps(count: int = 60, step: int = 977_000_003) -> list[str]:
    chance, at = random.Random(1), 1577153682694196096
    found = []
    for _ in range(count):
        at += chance.randrange(1, step)
        found.append(str(at))
    return found


def kind(name: str, values: list[str]) -> str:
    return column_of(name, profile_column(pl.Series(values)), len(values)).kind


@pytest.mark.parametrize("name", ["id", "tweet_id", "statusId", "ref", "imei", "x"])
def test_long_numbers_that_all_differ_are_identifiers(name: str) -> None:
    assert kind(name, stamps()) == "identifier"


@pytest.mark.parametrize("name", ["time", "created_at", "ts", "startTime", "epoch"])
def test_nanoseconds_that_are_called_a_time_are_measured(name: str) -> None:
    assert kind(name, stamps()) == "float"


def test_long_number_that_repeats_is_no_identifier_without_a_name() -> None:
    values = stamps()
    assert kind("ref", [*values, values[0]]) == "float"
    assert kind("id", [*values, values[0]]) == "identifier"


def test_short_and_long_numbers_together_need_a_name() -> None:
    values = [*stamps(), "7", "8"]
    assert (kind("ref", values), kind("id", values)) == ("float", "identifier")


def test_long_numbers_that_a_program_took_for_floats_are_identifiers() -> None:
    values = [f"1.{577153682694 + n}e+18" for n in range(60)]
    assert kind("id", values) == "identifier"
    assert kind("id", [f"{value}.0" for value in stamps()]) == "identifier"


def test_large_measurements_are_no_identifiers() -> None:
    assert kind("mass", [f"{n + 0.5}e30" for n in range(60)]) == "float"
    assert kind("id", [f"{n + 0.5}e30" for n in range(60)]) == "float"


def test_long_numbers_are_counted_over_chunks() -> None:
    one, other = (profile_column(pl.Series(part)) for part in (stamps()[:30], stamps()[30:]))
    assert merge_columns(one, other)["long"] == 60
    assert "long" not in profile_column(pl.Series([str(2**53 - 1)]))


@pytest.mark.parametrize("seed", range(12))
def test_many_identifiers_are_known_although_they_are_estimated(seed: int) -> None:
    chance = random.Random(seed)
    values = [str(chance.randrange(10**12)) for _ in range(1500)]
    assert kind("customer_id", values) == "identifier"


def test_long_identifiers_are_in_the_truth_byte_for_byte() -> None:
    values = stamps(200)
    rows = [f"{value},{n * 7 % 31},{n % 17 / 4}" for n, value in enumerate(values)]
    prepared = prepare("\n".join(["id,x,y", *rows, ""]).encode(), {"target": "y"})
    encoder = prepared.json("encoder.json")
    assert {feature["column"] for feature in encoder["features"]} == {"x"}
    lines = b"".join(prepared.files("truth").values()).decode().splitlines()[1:]
    assert [line.split(",")[2] for line in lines] == [
        values[int(line.split(",")[0]) - 1] for line in lines
    ]
