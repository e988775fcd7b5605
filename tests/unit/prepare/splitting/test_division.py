"""Splits by time and by group count only rows that have a target, and leave no split empty."""

import random
from collections import Counter

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import SettingsError
from prepare.splitting.row_split import Fractions, assign_groups
from table.profiling.timeline import (
    boundary,
    merge_timelines,
    rows_between,
    ticks_of_numbers,
    timeline_of,
)
from tests.unit.prepare.pipeline_run import Prepared, prepare

USUAL = Fractions(0.7, 0.15, 0.15, 0)


def sizes_of(prepared: Prepared) -> list[int]:
    return [
        sum(len(body.splitlines()) for body in prepared.files(channel).values())
        for channel in ("train", "validation", "test")
    ]


def daily(target: list[str]) -> bytes:
    lines = ["day,x,y"]
    for n, y in enumerate(target):
        lines.append(f"2024-{n // 28 % 12 + 1:02d}-{n % 28 + 1:02d},{n * 7 % 31},{y}")
    return "\n".join(lines).encode()


@pytest.mark.parametrize("chunk_bytes", [1 << 26, 900])
def test_time_split_counts_no_rows_whose_outcome_is_not_known_yet(chunk_bytes: int) -> None:
    data = daily([f"{n * 3 % 17 / 2}" if n < 160 else "" for n in range(200)])
    settings = {"target": "y", "split": {"time_column": "day"}}
    prepared = prepare(data, settings, chunk_bytes=chunk_bytes)
    assert sizes_of(prepared) == [112, 24, 24]
    assert set(prepared.table("truth")["row"]) == set(range(137, 161))


def test_time_split_tells_of_no_missing_time_in_a_row_without_a_target() -> None:
    data = daily([f"{n * 3 % 17 / 2}" if n < 160 else "" for n in range(160)])
    data += b"\n,3,\n,4,\n,5,1.5"
    prepared = prepare(data, {"target": "y", "split": {"time_column": "day"}})
    (message,) = [w["message"] for w in prepared.warnings if w["code"] == "time_missing"]
    assert message.endswith(": 1 row.")


def test_time_split_that_unreadable_targets_could_empty_is_by_position() -> None:
    # The newest are no numbers, so that no row would be left to test on.
    data = daily([f"{n * 3 / 2}" if n < 300 else "inf" for n in range(336)])
    split = {"time_column": "day", "train": 0.8, "validation": 0.1, "test": 0.1}
    prepared = prepare(data, {"target": "y", "split": split})
    assert "time_split" in prepared.codes
    assert sizes_of(prepared) == [240, 30, 30]


def test_group_split_counts_no_rows_without_a_target() -> None:
    # All of e's and f's rows lack a target, so that they can be no split's only group.
    lines = ["g,x,y"]
    for n in range(300):
        group = "abcdef"[n % 6]
        lines.append(f"{group},{n * 7 % 31},{'' if group in 'ef' else n * 3 % 17 / 2}")
    for seed in range(6):
        split = {"group_column": "g", "seed": seed}
        prepared = prepare("\n".join(lines).encode(), {"target": "y", "split": split})
        assert sizes_of(prepared) == [100, 50, 50]


def test_group_split_that_unreadable_targets_could_empty_is_refused() -> None:
    lines = ["g,x,y"]
    for n in range(400):
        group = "t" if n < 5 else "v" if n < 10 else "many"
        lines.append(f"{group},{n * 7 % 31},{'inf' if n < 5 else n / 4}")
    with pytest.raises(SettingsError, match=r"could leave no .* rows: 5 rows"):
        prepare("\n".join(lines).encode(), {"target": "y", "split": {"group_column": "g"}})


@pytest.mark.parametrize("seed", range(6))
def test_dominant_group_trains(seed: int) -> None:
    lines = ["g,x,y"]
    for n in range(1000):
        group = "A" if n < 980 else "B" if n < 990 else "C"
        lines.append(f"{group},{n * 7 % 31},{n * 3 % 17 / 2}")
    split = {"group_column": "g", "seed": seed}
    prepared = prepare("\n".join(lines).encode(), {"target": "y", "split": split})
    assert sizes_of(prepared) == [980, 10, 10]


def test_group_nearest_to_the_share_is_taken_if_all_are_too_large() -> None:
    for seed in range(6):
        fractions = Fractions(0.7, 0.15, 0.15, seed)
        assigned = assign_groups({"a": 500, "b": 600, "c": 700}, fractions)
        assert (assigned["a"], assigned["b"], assigned["c"]) == (2, 1, 0)


@pytest.mark.parametrize("order", ["sorted", "shuffled"])
@pytest.mark.parametrize("instances", [2, 5])
@pytest.mark.parametrize("chunk_bytes", [1 << 26, 4000])
@pytest.mark.parametrize(
    "split", [{"group_column": "g"}, {"group_column": "many"}, {"time_column": "t"}]
)
def test_train_parts_are_at_least_the_instances_however_rows_are_divided(
    split: dict[str, str], chunk_bytes: int, instances: int, order: str
) -> None:
    # The 1,200 groups of many are too many to list, so that a hash divides them.
    rows = list(range(1800))
    if order == "shuffled":
        random.Random(0).shuffle(rows)
    lines = ["g,many,t,x,y"]
    for n in rows:
        group = "ABC"[n // 600]
        lines.append(f"{group},k{n % 1200},{n},{n * 7 % 31},{n * 3 % 17 / 2}")
    prepared = prepare(
        "\n".join(lines).encode(),
        {"target": "y", "split": split, "instance_count": instances},
        chunk_bytes=chunk_bytes,
    )
    parts = prepared.files("train")
    assert len(parts) >= instances
    assert all(parts.values())


def test_instances_are_checked_against_the_rows_that_train() -> None:
    lines = ["g,x,y", *(f"{'abc'[n % 3]},{n * 7 % 31},{n * 3 % 17 / 2}" for n in range(270))]
    settings = {"target": "y", "split": {"group_column": "g"}, "instance_count": 91}
    with pytest.raises(SettingsError, match=r"91 in pipeline\.json is more than the 90 rows"):
        prepare("\n".join(lines).encode(), settings)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_ticks_of_numbers_keep_their_order(numbers: list[float]) -> None:
    ticks = ticks_of_numbers(pl.Series(numbers, dtype=pl.Float64)).to_list()
    for one, tick in zip(numbers, ticks, strict=True):
        for other, its in zip(numbers, ticks, strict=True):
            assert (one < other) == (tick < its)


@pytest.mark.parametrize(
    "times",
    [
        [1.7e15 + n * 1e6 for n in range(10_000)],
        [1.7e18 + n * 1e9 for n in range(10_000)],
        [n / 1e7 for n in range(10_000)],
        [float(n - 5000) for n in range(10_000)],
    ],
    ids=["microseconds", "nanoseconds", "small", "around zero"],
)
def test_times_of_any_size_are_divided_near_the_share(times: list[float]) -> None:
    ticks = ticks_of_numbers(pl.Series(times))
    line = merge_timelines(timeline_of(ticks[:3000]), timeline_of(ticks[3000:]))
    assert line == timeline_of(ticks)
    at = boundary(line, 0.7)
    before = int((ticks < at).sum())
    assert abs(before - 7000) <= 100
    assert rows_between(line, [at]) == [before, 10_000 - before]


def test_epochs_in_nanoseconds_split_by_time() -> None:
    times = [1_700_000_000_000_000_000 + n * 60_000_000_000 for n in range(200)]
    lines = ["t,x,y", *(f"{t},{n * 7 % 31},{n * 3 % 17 / 2}" for n, t in enumerate(times))]
    settings = {"target": "y", "split": {"time_column": "t"}}
    prepared = prepare("\n".join(lines).encode(), settings)
    assert "time_split" not in prepared.codes
    assert sizes_of(prepared) == [140, 30, 30]


@given(st.lists(st.integers(1, 1000), min_size=3, max_size=40))
def test_no_group_of_half_the_rows_is_tested_on(counts: list[int]) -> None:
    groups = {f"g{n}": count for n, count in enumerate(counts)}
    assigned = assign_groups(groups, USUAL)
    assert set(Counter(assigned.values())) == {0, 1, 2}
    tested = sum(groups[name] for name in groups if assigned[name] == 2)
    assert tested <= max(sum(counts) / 2, 2 * sorted(counts)[0])
