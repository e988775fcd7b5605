"""A file in the order of time whose target drifts is not taken for unseen rows in silence."""

import math
import random
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.unit.prepare.pipeline_run import Prepared, prepare

START = datetime(2020, 1, 1)


def walk(count: int, seed: int = 1) -> list[float]:
    chance, at = random.Random(seed), 100.0
    found = []
    for _ in range(count):
        at += chance.gauss(0, 1)
        found.append(at)
    return found


def days(count: int) -> list[str]:
    return [f"{START + timedelta(days=n):%Y-%m-%d}" for n in range(count)]


def made(times: list[Any], target: list[Any], name: str = "date", **settings: Any) -> Prepared:
    chance = random.Random(2)
    rows = [f"{t},{chance.random():.3f},{y}" for t, y in zip(times, target, strict=True)]
    return prepare("\n".join([f"{name},x,y", *rows, ""]).encode(), {"target": "y", **settings})


def question(prepared: Prepared) -> str | None:
    found: str | None = prepared.json("profile.json")["split"]["question"]
    return found


@pytest.mark.parametrize("seed", range(4))
def test_walk_in_the_order_of_time_is_warned_of_and_asked_about(seed: int) -> None:
    prepared = made(days(600), walk(600, seed))
    assert "the order of 'date'" in (question(prepared) or "")
    (message,) = [w["message"] for w in prepared.warnings if w["code"] == "time_order"]
    assert "'date'" in message
    assert '"time_column" of "split"' in message


@pytest.mark.parametrize(
    ("name", "times"),
    [
        ("timestamp", [1577836800 + 3600 * n for n in range(600)]),
        ("t", list(range(600))),
        ("date", [f"{START + timedelta(hours=n):%Y-%m-%d %H:%M}" for n in range(600)]),
        ("date", days(600)[::-1]),
    ],
)
def test_times_may_be_numbers_hours_or_newest_first(name: str, times: list[Any]) -> None:
    assert "time_order" in made(times, walk(600), name).codes


def test_trend_is_warned_of() -> None:
    chance = random.Random(3)
    trend = [n / 40 + chance.gauss(0, 1) for n in range(600)]
    assert "time_order" in made(days(600), trend).codes
    assert "time_order" in made(days(600), [-y for y in trend]).codes


def seasons(count: int) -> list[float]:
    chance = random.Random(4)
    return [3 * math.sin(n / 365 * 2 * math.pi) + chance.gauss(0, 0.5) for n in range(count)]


def noise(count: int) -> list[float]:
    chance = random.Random(5)
    return [chance.gauss(0, 1) for _ in range(count)]


def hours(count: int) -> list[float]:
    chance = random.Random(6)
    return [10 * math.sin(n / 24 * 2 * math.pi) + chance.gauss(0, 0.3) for n in range(count)]


@pytest.mark.parametrize("target", [seasons(1460), noise(600), hours(2000)])
def test_seasons_hours_and_noise_are_no_drift(target: list[float]) -> None:
    prepared = made(days(len(target)), target)
    assert (question(prepared), prepared.codes) == (None, set())


def test_shuffled_rows_are_not_in_the_order_of_time() -> None:
    pairs = list(zip(days(600), walk(600), strict=True))
    random.Random(7).shuffle(pairs)
    assert made([t for t, _ in pairs], [y for _, y in pairs]).codes == set()


def test_series_one_below_the_other_are_not_in_the_order_of_time() -> None:
    assert made(days(300) * 3, walk(900)).codes == set()


def test_few_times_are_no_order() -> None:
    times = [str(1990 + n // 20) for n in range(600)]
    assert made(times, walk(600), "year").codes == set()


def test_one_row_in_another_place_leaves_the_order() -> None:
    times = days(600)
    times[300], times[303] = times[303], times[300]
    assert "time_order" in made(times, walk(600)).codes


@pytest.mark.parametrize("split", [{"time_column": "date"}, {"by": "position"}])
def test_settings_settle_the_order_of_time(split: dict[str, str]) -> None:
    prepared = made(days(600), walk(600), split=split)
    assert (question(prepared), prepared.codes) == (None, set())
