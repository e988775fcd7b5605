"""A line of totals in the target is told, and asked about, wherever it stands."""

import random

import pytest

from pipeline.vocabulary import ASKING
from tests.unit.prepare.pipeline_run import Prepared, prepare


def amounts(count: int = 60, low: float = 0.5) -> list[float]:
    draw = random.Random(4)
    return [round(draw.uniform(low, 90), 2) for _ in range(count)]


def of(values: list[float], **settings: str) -> Prepared:
    lines = ["n,m,amount", *(f"{n % 7},{n % 5},{value}" for n, value in enumerate(values))]
    return prepare("\n".join(lines).encode(), {"target": "amount", **settings})


def told(run: Prepared) -> list[str]:
    return [w["message"] for w in run.warnings if w["code"] == "target_total"]


@pytest.mark.parametrize("place", [0, 30, 60])
def test_value_that_is_the_sum_of_the_others_is_told(place: int) -> None:
    values = amounts()
    values.insert(place, round(sum(values), 2))
    (message,) = told(of(values))
    assert f"The largest value of the target 'amount', {max(values):,.0f}" in message
    assert message.endswith("Take it out of the file and drop that.")
    assert "target_total" in ASKING


def test_grand_total_above_subtotals_is_told() -> None:
    values = amounts()
    parts = [round(sum(values[:20]), 2), round(sum(values[20:]), 2)]
    assert told(of([*values, *parts, round(sum(parts), 2)]))


def test_total_rounded_to_the_unit_and_a_few_negative_values_are_no_hindrance() -> None:
    values = [*amounts(), -3.5, -1.25]
    assert told(of([*values, round(sum(values))]))


@pytest.mark.parametrize(
    "values",
    [
        amounts(),
        [*amounts(), 2 * sum(amounts())],
        [*amounts(), 1.01 * sum(amounts())],
        [*amounts(), sum(amounts()) / 3],
        # Twenty values may add up to the largest by chance, and values that cancel to anything.
        [*amounts(20), sum(amounts(20))],
        [*[0.0] * 40, *amounts(20), sum(amounts(20))],
        [*amounts(40), *[-90.0] * 10, sum(amounts(40)) - 900],
    ],
)
def test_largest_value_that_is_no_sum_is_not_told(values: list[float]) -> None:
    assert told(of([round(value, 2) for value in values])) == []


def test_twenty_one_values_and_their_sum_are_told() -> None:
    values = amounts(21)
    assert told(of([*[0.0] * 40, *values, round(sum(values), 2)]))


def test_sum_among_classes_is_not_told() -> None:
    values = [*[1.0] * 30, 30.0]
    assert told(of(values, task="multiclass")) == []


@pytest.mark.parametrize("name", ["Subtotal", "sub-total", "Grand Total", "North Total"])
def test_lines_of_totals_between_the_rows_wait_for_a_person(name: str) -> None:
    rows = [f"s{n % 7},{n % 31},{n * 13 % 70}.5" for n in range(200)]
    lines = ["store,units,y", *rows[:90], f"{name},400,900.5", *rows[90:], f"{name},500,999.5"]
    lines += rows[:5]
    run = prepare("\n".join(lines).encode(), {"target": "y"})
    (said,) = [w["message"] for w in run.warnings if w["code"] == "subtotals"]
    assert f"'store': '{name}' (2 rows) name lines of totals" in said
    assert "subtotals" in ASKING
    settings = {"target": "y", "drop_columns": ["store"]}
    assert "subtotals" not in prepare("\n".join(lines).encode(), settings).codes


@pytest.mark.parametrize("name", ["Total", "Totally", "s3 totaled"])
def test_name_that_is_no_line_of_totals_is_none(name: str) -> None:
    rows = [f"{name if n % 9 == 4 else 's1'},{n % 31},{n * 13 % 70}.5" for n in range(200)]
    run = prepare("\n".join(["store,units,y", *rows]).encode(), {"target": "y"})
    assert "subtotals" not in run.codes
