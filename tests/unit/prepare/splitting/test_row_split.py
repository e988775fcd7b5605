"""Rows are divided exactly, by position, time or group, the same whatever the order of work."""

from collections import Counter

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import SettingsError
from prepare.splitting.row_split import Fractions, assign_groups, sizes, split_by_position
from table.limits import EXACT_SPLIT_ROWS
from table.values.hashing import mix
from tests.unit.prepare.pipeline_run import prepare

USUAL = Fractions(0.7, 0.15, 0.15, 0)


@given(st.integers(3, 500), st.floats(0.05, 0.9), st.floats(0.05, 0.9))
def test_sizes_from_three_rows_on_leave_no_split_empty(rows: int, test: float, stop: float) -> None:
    total = test + stop + 0.1
    fractions = Fractions(0.1 / total, stop / total, test / total, 0)
    found = sizes(rows, fractions)
    assert sum(found) == rows
    assert min(found) >= 1


def test_hash_is_pinned() -> None:
    # Splits of stored runs must stay reproducible.
    words = mix(pl.Series([0, 1, 2**64 - 1], dtype=pl.UInt64)).to_list()
    assert words == [0, 0x5692161D100B05E5, 0xB4D055FCF2CBBD7B]


def test_large_classes_are_split_by_threshold_near_the_fractions() -> None:
    rows = EXACT_SPLIT_ROWS + 50_000
    ordinals = pl.int_range(rows, dtype=pl.UInt64, eager=True)
    counts = Counter(split_by_position(ordinals, rows, USUAL).to_list())
    assert abs(counts[0] / rows - 0.7) < 0.01
    assert abs(counts[2] / rows - 0.15) < 0.01


def test_rows_of_a_large_class_stay_where_they_are_when_it_grows() -> None:
    ordinals = pl.int_range(1000, dtype=pl.UInt64, eager=True)
    some, more = (
        split_by_position(ordinals, EXACT_SPLIT_ROWS + rows, USUAL).to_list() for rows in (1, 9_000)
    )
    assert some == more


def test_rare_classes_are_in_every_split() -> None:
    labels = ["a"] * 500 + ["b"] * 200 + ["c"] * 3 + ["d"] * 4
    lines = ["x,label", *(f"{n % 37},{label}" for n, label in enumerate(labels))]
    prepared = prepare("\n".join(lines).encode(), chunk_bytes=500)
    for channel in ("train", "validation"):
        assert set(prepared.table(channel)[0]) == {0, 1, 2, 3}
    assert set(prepared.table("truth")["label"]) == {0, 1, 2, 3}


def _tested(label: dict[str, str]) -> set[int]:
    """Return the rows that test, with other names for the classes a, b and c."""
    lines = ["x,label", *(f"{n % 37},{label['aaabbc'[n * 5 % 6]]}" for n in range(300))]
    return set(prepare("\n".join(lines).encode(), {"target": "label"}).table("truth")["row"])


def test_names_of_classes_do_not_decide_which_rows_test() -> None:
    usual = _tested({"a": "a", "b": "b", "c": "c"})
    assert _tested({"a": "z", "b": "m", "c": "c"}) == usual
    assert _tested({"a": "0", "b": "2", "c": "1"}) == usual


def test_new_class_leaves_the_rows_of_others_where_they_were() -> None:
    rows = [f"{n % 37},{'bc'[n % 2]}" for n in range(300)]
    more = [*rows, *(f"{n},a" for n in range(40))]
    before, after = (
        set(prepare("\n".join(["x,label", *lines]).encode()).table("truth")["row"])
        for lines in (rows, more)
    )
    assert {row for row in after if row <= len(rows)} == before


def test_another_seed_gives_another_split() -> None:
    data = "\n".join(["x,label", *(f"{n % 37},{n % 2}" for n in range(200))]).encode()
    rows = [set(prepare(data, {"split": {"seed": s}}).table("truth")["row"]) for s in (0, 1, 0)]
    assert rows[0] == rows[2] != rows[1]


def test_time_split_tests_on_the_newest_rows() -> None:
    lines = ["day,x,label"]
    lines += [f"2024-{n * 7 % 12 + 1:02d}-{n % 28 + 1:02d},{n},{n % 5 / 2}" for n in range(400)]
    prepared = prepare(
        "\n".join(lines).encode(),
        {"split": {"time_column": "day"}, "id_columns": ["day"]},
        chunk_bytes=700,
    )
    days = [line.split(",")[0] for line in lines[1:]]
    tested = set(prepared.table("truth")["row"])
    newest_left = max(day for n, day in enumerate(days, 1) if n not in tested)
    assert newest_left < min(days[n - 1] for n in tested)
    assert abs(len(tested) - 60) <= 10
    assert "day" in prepared.table("truth").columns


def test_groups_stay_together() -> None:
    lines = ["who,x,label", *(f"p{n % 23},{n},{n % 5 / 2}" for n in range(400))]
    prepared = prepare(
        "\n".join(lines).encode(),
        {"split": {"group_column": "who"}, "id_columns": ["who"]},
        chunk_bytes=700,
    )
    truth = prepared.table("truth")
    tested = set(truth["who"])
    assert len(truth) == sum(line.split(",")[0] in tested for line in lines[1:])
    assert 20 < len(truth) < 120


@given(st.lists(st.integers(1, 50), min_size=3, max_size=40))
def test_each_split_has_a_group(counts: list[int]) -> None:
    assigned = assign_groups({f"g{n}": count for n, count in enumerate(counts)}, USUAL)
    assert set(assigned.values()) == {0, 1, 2}


def test_many_groups_are_split_by_hash() -> None:
    lines = ["who,x,label", *(f"p{n % 1600},{n},{n % 5 / 2}" for n in range(4800))]
    prepared = prepare(
        "\n".join(lines).encode(), {"split": {"group_column": "who"}, "id_columns": ["who"]}
    )
    assert set(prepared.table("truth").groupby("who").size()) == {3}


@pytest.mark.parametrize(("instances", "chunk_bytes"), [(5, 1 << 26), (7, 900), (100, 400)])
def test_train_parts_are_at_least_the_instances(instances: int, chunk_bytes: int) -> None:
    lines = ["x,label", *(f"{n % 37},{n % 2}" for n in range(600))]
    prepared = prepare(
        "\n".join(lines).encode(), {"instance_count": instances}, chunk_bytes=chunk_bytes
    )
    parts = prepared.files("train")
    assert len(parts) >= instances
    assert all(parts.values())
    assert len(prepared.table("train")) == 420
    assert list(prepared.files("test")) == list(prepared.files("truth"))


def test_too_many_instances_are_refused() -> None:
    lines = ["x,label", *(f"{n % 37},{n % 2}" for n in range(60))]
    with pytest.raises(SettingsError, match="instance_count 90"):
        prepare("\n".join(lines).encode(), {"instance_count": 90})
