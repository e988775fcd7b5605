"""Numbers of more digits than a float holds are identifiers, and stay as they are written."""

import random

import polars as pl
import pytest

from bench.keys.__main__ import ALLOWED, is_key
from bench.keys.columns import LARGE, examples
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


def test_keys_are_known_and_measurements_are_none_however_the_file_is_cut() -> None:
    columns = list(examples(LARGE))
    keys = [example for example in columns if example.kind != "measured"]
    measured = [example for example in columns if example.kind == "measured"]
    for chunks in (1, 3):
        assert [(e.what, len(e.values)) for e in keys if not is_key(e, chunks)] == []
        taken = [(e.what, len(e.values)) for e in measured if is_key(e, chunks)]
        assert len(taken) <= ALLOWED * len(measured), taken


def test_numbers_that_count_with_gaps_are_keys_unless_they_are_called_a_quantity() -> None:
    values = [str(3 * n // 2) for n in range(200)]
    assert kind("ref", values) == "identifier"
    for name in ("price", "total_amount", "orderValue", "created", "Mileage", "areas"):
        assert kind(name, values) == "integer", name


def test_numbers_that_repeat_as_chance_makes_them_are_no_keys() -> None:
    chance = random.Random(3)
    drawn = [str(chance.randrange(100_000)) for _ in range(2_000)]
    assert kind("ref", drawn) == "integer"
    assert kind("ref", [str(chance.randrange(9 * 10**15)) for _ in range(50)]) == "integer"
    few = sorted({str(chance.randrange(100_000)) for _ in range(60)})
    assert kind("ref", few) == "integer"


def test_numbers_drawn_evenly_are_hardly_ever_taken_for_keys() -> None:
    chance = random.Random(6)
    drawn = [[str(chance.randrange(1_000)) for _ in range(114)] for _ in range(1_000)]
    assert sum(kind("x", values) == "identifier" for values in drawn) <= 10


def test_numbers_in_even_steps_are_times_or_settings() -> None:
    for step in (2, 10, 60):
        values = [str(7 + step * n) for n in range(3_000)]
        assert kind("x", values) == "integer"
        assert kind("x", [*values[:-1], str(7 + step * 3_000 + 1)]) == "identifier" or step > 2
        one, other = (profile_column(pl.Series(part)) for part in (values[:900], values[900:]))
        numbers = merge_columns(one, other)["numbers"]["plain"]
        assert numbers["step"] == step
    tens, fives = ([str(10 * n + first) for n in range(30)] for first in (0, 5))
    one, other = (profile_column(pl.Series(part)) for part in (tens, fives))
    assert merge_columns(one, other)["numbers"]["plain"]["step"] == 5
    odd = [str(10 * n) for n in range(1_500)] + ["5"]
    assert profile_column(pl.Series(odd))["numbers"]["plain"]["step"] == 5
    assert profile_column(pl.Series(["4"] * 30))["numbers"]["plain"]["step"] == 0


def test_index_of_something_measured_is_no_key() -> None:
    values = [str(30_000 + 37 * n * n % 9_973) for n in range(300)]
    assert kind("price_index", values) == "integer"
    assert kind("row_index", values) == kind("index", values) == kind("orig_index", values)
    assert kind("index", values) == "identifier"


def test_numbers_filled_with_zeros_are_codes_and_amounts_are_not() -> None:
    chance = random.Random(4)
    codes = [f"{chance.randrange(10**7):08d}" for _ in range(300)]
    assert kind("x", codes) == "identifier"
    assert kind("x", [*codes[:-1], "7"]) == "integer"
    assert kind("x", [f"{code[1:]}.0" for code in codes]) != "identifier"
    amounts = [f"{round(chance.lognormvariate(8, 1)):08d}" for _ in range(300)]
    assert kind("x", amounts) == "integer"


def test_number_of_something_is_a_key_only_if_it_does_not_crowd_low() -> None:
    chance = random.Random(5)
    gas = list({round(chance.lognormvariate(5, 1)) for _ in range(40)})
    assert kind("NO", [str(value) for value in gas]) == "integer"
    assert kind("no", [str(1000 + value) for value in gas]) == "identifier"
    assert kind("no", [str(value) for value in chance.sample(range(5_000), 40)]) == "identifier"
