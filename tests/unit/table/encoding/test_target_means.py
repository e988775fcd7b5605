"""What categories say of the target: sums that merge, means drawn to that of all, and a table."""

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.documents.encoder import ValueTable
from table.encoding.target_means import FOLDS, Means, mean_elsewhere, means_of
from table.encoding.target_sums import Outputs, TargetSums, step_of, sums_of
from table.encoding.value_table import are_new, from_table, numbers_in, places_of, value_keys

REGRESSION = Outputs(None, step_of(0, 100))
ROWS = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, FOLDS - 1), st.floats(-100, 100)),
    min_size=1,
    max_size=60,
)


def sums(rows: list[tuple[int, int, float]], limit: int = 1000) -> TargetSums:
    texts, folds, labels = zip(*rows, strict=True)
    keys = value_keys(pl.Series([f"v{n}" for n in texts]), fold=True)
    return sums_of(
        keys,
        pl.Series(folds, dtype=pl.UInt8),
        REGRESSION.of(pl.Series(labels, dtype=pl.Float64)),
        limit,
    )


def told(found: TargetSums) -> Any:
    return found.bits, found.squares, sorted(found.rows.select(sorted(found.rows.columns)).rows())


def learned(values: list[str], labels: list[float], folds: list[int] | None = None) -> Means:
    numbers = REGRESSION.of(pl.Series(labels, dtype=pl.Float64))
    fold = pl.Series(folds or [n % FOLDS for n in range(len(values))], dtype=pl.UInt8)
    found = means_of(
        sums_of(value_keys(pl.Series(values), fold=True), fold, numbers, 1000),
        REGRESSION,
        fold=True,
    )
    assert found is not None
    return found


def mean_of(table: ValueTable, value: str | None) -> float | None:
    (mean,), _ = from_table(
        pl.Series([value], dtype=pl.String),
        [{"name": "", "column": "", "encoding": "target_mean", "slot": 0}],
        table,
    )
    found: float | None = mean[0]
    return found


@given(ROWS, st.integers(0, 60), st.integers(0, 60), st.sampled_from([2, 7, 1000]))
def test_sums_of_parts_are_those_of_the_whole(
    rows: list[tuple[int, int, float]], one: int, other: int, limit: int
) -> None:
    parts = [part for part in (rows[:one], rows[one:][:other], rows[one:][other:]) if part]
    merged = sums(parts[-1], limit)
    for part in parts[:-1]:
        merged = merged.plus(sums(part, limit), limit)
    assert told(merged) == told(sums(rows, limit))


def test_more_values_than_the_limit_share_sums_and_lose_no_row() -> None:
    found = sums([(n, 0, 1.0) for n in range(5000)], limit=100)
    assert 50 < found.rows["key"].n_unique() <= 100
    assert found.bits < 10
    assert found.rows["rows"].sum() == 5000


def test_sums_of_fewer_bits_and_of_all_bits_merge_either_way() -> None:
    many, few = [(n, 0, 1.0) for n in range(500)], [(7, 1, 2.0)]
    whole = sums(many + few, limit=100)
    assert whole.bits < 48
    assert told(sums(few, 100).plus(sums(many, 100), 100)) == told(whole)
    assert told(sums(many, 100).plus(sums(few, 100), 100)) == told(whole)


def test_values_that_share_places_are_all_known() -> None:
    found = means_of(sums([(n, n % 5, 1.0) for n in range(500)], 100), REGRESSION, fold=True)
    assert found is not None
    assert len(found.table["keys"].split()) <= 100
    assert not are_new(pl.Series([f"v{n}" for n in range(500)]), found.table).any()


@pytest.mark.parametrize("most", [0.0, 5e-324, 1e-300, 1.0, 3.0, 1e300])
def test_step_holds_any_target_in_31_bits(most: float) -> None:
    step = step_of(-most, most)
    assert step > 0
    assert most / step <= 1 << 31
    assert most < 1e-200 or most / step > 1 << 29


def test_squares_of_the_largest_numbers_do_not_overflow() -> None:
    found = sums([(0, 0, 100.0)] * 9 + [(0, 1, -100.0)] * 9)
    assert found.squares == (18 * int(100 / REGRESSION.step) ** 2,)
    assert found.rows["rows"].sum() == 18


def test_mean_is_drawn_to_that_of_all_by_the_variances() -> None:
    # Two values of four rows: within, 2/3 and 2/3; between, from means of 1.5 and 51.5.
    values, labels = ["a"] * 4 + ["b"] * 4, [1, 1, 2, 2, 51, 51, 52, 52]
    within, between = 1 / 3, (8 * 25.0**2 - 1 / 3) / 4
    added = within / between
    table = learned(values, labels).table
    for value, mean in (("a", 1.5), ("b", 51.5)):
        drawn = (4 * mean + added * 26.5) / (4 + added)
        grain = 0.5 * (within / (4 + added)) ** 0.5
        assert mean_of(table, value) == pytest.approx(drawn, abs=grain / 2 + 1e-6)
    assert table["prior"] == [26.5]


def test_value_that_is_new_has_the_mean_of_all_and_a_missing_one_none() -> None:
    table = learned(["a", "a", "a", "b", "b", "b"], [1, 2, 1, 9, 9, 8]).table
    assert mean_of(table, "c") == table["prior"][0] == 5
    assert mean_of(table, "NA") is None
    assert mean_of(table, None) is None


def test_ranks_go_by_frequency_and_a_new_value_comes_last() -> None:
    table = learned(["b", "a", "b", "b", "a", "c"], [1, 2, 1, 9, 9, 8]).table
    places = places_of(pl.Series(["b", "a", "c", "d", None, " B "]), table)
    assert places.to_list() == [0, 1, 2, 3, None, 0]


def test_values_that_differ_in_case_are_one_only_if_folded() -> None:
    upper, lower = value_keys(pl.Series(["Ü", "ü"]), fold=True)
    assert upper == lower
    assert value_keys(pl.Series(["Ü", "ü"]), fold=False).n_unique() == 2


def test_keys_are_the_same_everywhere() -> None:
    # From hashlib's blake2b, so these never change; a change would break stored models.
    assert value_keys(pl.Series(["k1"]), fold=True).to_list() == [0x819DB7A4DF99]


def test_row_gets_the_mean_of_the_folds_that_it_is_not_in() -> None:
    values, folds = ["a"] * 6 + ["b"] * 6, [0, 0, 0, 1, 1, 1] * 2
    labels = [1.0, 2, 3, 11, 12, 13, 61, 62, 63, 81, 82, 83]
    found = learned(values, labels, folds)
    places = places_of(pl.Series(["a", "a", "b", "b", "b", None]), found.table)
    fold = pl.Series([0, 1, 0, 1, 4, 0], dtype=pl.UInt8)
    mean = mean_elsewhere(places, fold, found.table, found.folds, 0).to_list()
    # Drawn to the mean of all, so lower or higher than the other fold's own, but on its side.
    assert mean[0] > mean[1] > 2
    assert mean[2] > mean[3] < 82
    # No row of fold 4 was there to learn from: the mean of all rows of the value.
    assert mean[4] == mean_of(found.table, "b")
    assert mean[5] is None


def test_values_that_differ_by_chance_alone_are_not_sure() -> None:
    draw = np.random.default_rng(1)
    chance = [float(x) for x in draw.normal(50, 10, 3000)]
    names = [f"v{n}" for n in draw.integers(0, 600, 3000)]
    found = learned(names, chance)
    assert (found.sure, found.telling) == ([], [])
    told_apart = learned(
        names, [x + 30 * (hash_of(n) - 0.5) for x, n in zip(chance, names, strict=True)]
    )
    assert (told_apart.sure, told_apart.telling) == ([0], [0])


@pytest.mark.parametrize(("rows", "sure"), [(2_000, []), (30_000, []), (80_000, [0])])
def test_small_differences_are_sure_of_values_with_many_rows_and_never_much(
    rows: int, sure: list[int]
) -> None:
    draw = np.random.default_rng(1)
    at = draw.integers(0, 400, rows)
    # Values are a thirtieth of all variance.
    labels = 50 + draw.normal(0, 10 / 29**0.5, 400)[at] + draw.normal(0, 10, rows)
    found = learned([f"v{n}" for n in at], labels.tolist())
    assert (found.sure, found.telling) == (sure, [])


def hash_of(name: str) -> float:
    return int(name[1:]) * 0.618 % 1


def test_means_that_differ_less_than_their_error_are_one() -> None:
    draw = np.random.default_rng(1)
    names = [f"v{n}" for n in draw.integers(0, 400, 4000)]
    labels = [50 + 4 * hash_of(n) + float(draw.normal(0, 10)) for n in names]
    means = numbers_in(learned(names, labels).table["means"][0])
    assert 1 < means.n_unique() < 15


def test_values_of_one_row_each_tell_nothing() -> None:
    found = learned([f"v{n}" for n in range(50)], [float(n) for n in range(50)])
    assert (found.sure, found.telling) == ([], [])
    assert set(numbers_in(found.table["means"][0])) == {24.5}


def test_numbers_far_from_zero_lose_nothing() -> None:
    labels = [1e9 + n % 2 for n in range(40)]
    numbers = Outputs(None, step_of(0, 1e9 + 1))
    keys = value_keys(pl.Series([f"v{n % 2}" for n in range(40)]), fold=True)
    fold = pl.Series([n % FOLDS for n in range(40)], dtype=pl.UInt8)
    found = means_of(sums_of(keys, fold, numbers.of(pl.Series(labels)), 9), numbers, fold=True)
    assert found is not None
    assert found.telling == [0]


def test_target_counts_as_no_less_and_no_more_than_the_ends_of_all_others() -> None:
    outputs = Outputs(None, step_of(1000, 1100), (1000.0, 1100.0))
    (found,) = outputs.of(pl.Series([-999.0, 1000.0, 1050.0, 1100.0, 1e20]))
    assert (found * outputs.step).to_list() == [1000.0, 1000.0, 1050.0, 1100.0, 1100.0]


def test_value_of_most_rows_does_not_make_the_others_differ_by_chance() -> None:
    # 9,000 rows of "none", and 1,000 of 200 keys that differ a little more than chance.
    draw = np.random.default_rng(7)
    keys = [f"k{n}" for n in range(200)]
    others = [key for key in keys for _ in range(5)]
    effect = dict(zip(keys, draw.normal(0, 5, len(keys)), strict=True))
    labels = [50 + effect[key] + draw.normal(0, 10) for key in others]
    lone = learned(others, labels)
    beside = learned(others + ["none"] * 9000, labels + draw.normal(50, 10, 9000).tolist())
    apart = [len(set(found.table["means"][0].split())) for found in (lone, beside)]
    assert apart[1] < 2 * apart[0] < 60
    assert beside.sure == lone.sure == []
