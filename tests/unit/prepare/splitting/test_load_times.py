"""A time of loading does not hide that rows are copies; times that say something do."""

import random
from collections.abc import Callable

import pytest

from tests.unit.prepare.pipeline_run import Prepared, prepare
from tests.unit.prepare.splitting.test_copies import CHANNELS, measured, part

ROWS = 300
When = Callable[[int], str]


def made(when: When, rows: list[str], name: str = "ts", chunk_bytes: int = 1 << 26) -> Prepared:
    lines = [f"{when(n)},{row}" for n, row in enumerate(rows)]
    data = "\n".join([f"{name},a,b,won", *lines, ""]).encode()
    return prepare(data, {"target": "won"}, chunk_bytes=chunk_bytes)


def loaded(n: int) -> str:
    """Return a time of its own for each row of a file that is loaded row by row."""
    return f"2024-05-{n // 1440 + 1:02d} {n // 60 % 24:02d}:{n % 60:02d}:{n * 7 % 60:02d}"


def batch(n: int) -> str:
    return f"2024-0{n // ROWS + 1}-03T04:{n // ROWS * 11:02d}:17Z"


@pytest.mark.parametrize(
    ("name", "when"),
    [
        ("ts", loaded),
        ("ts", batch),
        ("_ingested_at", batch),
        ("zeit", lambda n: batch(n * 7 % 900)),
        ("loadDate", lambda n: f"2024-0{n // ROWS + 1}-03"),
        ("etl_ts", lambda n: f"{1_700_000_000 + n // 10 * 61}"),
        ("snapshot_date", lambda n: f"2024030{n % 3 + 1}"),
        ("DWH_INSERT_DT", lambda n: f"{n % 9 + 1:02d}.03.2024 10:15"),
    ],
)
@pytest.mark.parametrize("chunk_bytes", [1 << 26, 4000])
def test_copies_with_load_times_of_their_own_are_copies(
    name: str, when: When, chunk_bytes: int
) -> None:
    run = made(when, measured(ROWS) * 3, name, chunk_bytes)
    assert part(run)["copies"] == 2 * ROWS
    assert part(run)["by"] == "content"
    contents = [{tuple(row[-2:]) for row in run.table(c).itertuples(index=False)} for c in CHANNELS]
    assert not contents[0] & contents[2]


def test_batch_that_is_longer_than_the_look_has_one_load_time() -> None:
    rows = measured(1500) * 2
    run = made(lambda n: f"2024-0{n // 1500 + 1}-03", rows, "stand")
    assert part(run)["copies"] == 1500


def station(n: int) -> str:
    """Return the hour of which thirty stations tell, one after another."""
    return f"2024-05-{n // 720 + 1:02d} {n // 30 % 24:02d}:00:00"


def test_hours_of_measurements_are_no_load_times() -> None:
    chance = random.Random(2)
    rows = [f"{n % 30},{n % 30 * 7},{chance.choice(['yes', 'no'])}" for n in range(900)]
    run = made(station, rows)
    assert not part(run)["copies"]
    assert part(run)["by"] == "position"


def test_days_that_recur_are_no_load_times() -> None:
    rows = [f"{n % 7},{n % 5},{'yes' if n % 3 else 'no'}" for n in range(900)]
    run = made(lambda n: f"2024-03-{n * 7 % 28 + 1:02d}", rows, "day")
    assert part(run)["by"] == "position"
    assert "copies" not in run.codes


def test_seconds_that_a_page_takes_to_load_are_no_load_times() -> None:
    rows = [f"{n % 4},{n % 5},{'yes' if n % 3 else 'no'}" for n in range(900)]
    run = made(lambda n: f"{n * 37 % 911 / 100}", rows, "load_time")
    assert part(run)["by"] == "position"


def test_rows_with_load_times_that_are_no_copies_are_divided_as_before() -> None:
    run = made(loaded, measured(900), "loaded_at")
    assert part(run)["copies"] == 0
    assert part(run)["by"] == "position"
