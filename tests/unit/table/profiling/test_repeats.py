"""Counts of repeated rows are exact for few, estimated for many, and merge to the same."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from table.limits import SKETCH_SIZE
from table.profiling.repeats import (
    complete,
    copies,
    merge_repeats,
    repeats_of,
    rows_by_hash,
    single_share,
)
from table.values.hashing import mix


def digests(numbers: list[int]) -> pl.Series:
    return mix(pl.Series(numbers, dtype=pl.UInt64))


@given(st.lists(st.integers(0, 900), max_size=3000), st.integers(0, 3000))
@settings(max_examples=40)
def test_repeats_of_two_parts_merge_to_those_of_the_whole(numbers: list[int], cut: int) -> None:
    parts = merge_repeats(repeats_of(digests(numbers[:cut])), repeats_of(digests(numbers[cut:])))
    assert parts == repeats_of(digests(numbers))


def test_repeats_of_few_contents_are_all_there() -> None:
    found = repeats_of(digests([1, 2, 2, 3, 3, 3]))
    assert complete(found)
    assert rows_by_hash(found) == dict(zip(digests([1, 2, 3]), [1, 2, 3], strict=True))
    assert copies(found, 6) == 3
    assert single_share(found) == 1 / 3


def test_repeats_of_many_contents_are_a_sample_that_has_all_copies() -> None:
    found = repeats_of(digests(list(range(5000)) * 4))
    assert not complete(found)
    assert found["counts"] == [4] * SKETCH_SIZE
    assert copies(found, 20_000) == 15_000


def test_repeats_of_no_rows_are_none() -> None:
    nothing = repeats_of(digests([]))
    assert (nothing["hashes"], copies(nothing, 0), single_share(nothing)) == ([], 0, 0)
    assert merge_repeats(nothing, repeats_of(digests([7]))) == repeats_of(digests([7]))
