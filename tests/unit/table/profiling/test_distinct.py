"""Whether values repeat is known whatever their number and the cut; how many there are, nearly."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.documents.chunk_profile import Sketch
from table.limits import EXACT_DISTINCT, SKETCH_SIZE
from table.profiling.distinct import merge_sketches, sketch_of, variety


def sketch(numbers: list[int]) -> Sketch:
    return sketch_of(pl.Series([f"v{n}" for n in numbers], dtype=pl.String))


@given(st.lists(st.integers(0, 3000), max_size=4000), st.integers(0, 4000))
@settings(max_examples=40)
def test_sketches_of_two_parts_merge_to_that_of_the_whole(numbers: list[int], cut: int) -> None:
    parts = merge_sketches(sketch(numbers[:cut]), sketch(numbers[cut:]))
    assert parts == sketch(numbers)


def test_rows_of_a_value_in_two_parts_are_added() -> None:
    numbers = [n * n % 1_499 * 3 + n % 3 for n in range(6_000)]
    parts = merge_sketches(sketch(numbers[:2_500]), sketch(numbers[2_500:]))
    assert parts == sketch(numbers)
    assert len(parts["hashes"]) == SKETCH_SIZE < sum(parts["rows"])


def test_sketch_of_few_values_often_repeated_has_the_rows_of_the_smallest_of_all() -> None:
    values = pl.Series([f"v{n % 1100}" for n in range(55_000)] + ["v0"] * 200_000)
    expected = values.unique().hash().sort().head(SKETCH_SIZE).to_list()
    found = sketch_of(values)
    assert found["hashes"] == expected
    first = pl.Series(["v0"]).hash()[0]
    assert found["rows"] == [50 if h != first else 200_050 for h in expected]
    counted = values.value_counts()
    assert sketch_of(counted.to_series(0), counted.to_series(1)) == found
    late = pl.Series(["v0"] * 50_000 + [f"v{n}" for n in range(1100)])
    assert sketch_of(late)["hashes"] == expected


@pytest.mark.parametrize("count", [1, 999, 1001, 20_000, 300_000])
def test_no_two_equal_values_are_known_to_be_so(count: int) -> None:
    found = variety(sketch(list(range(count))), count)
    assert (found.share, found.different) == (1, count)
    assert found.exact == (count <= EXACT_DISTINCT)
    assert found.seen == (count if found.exact else SKETCH_SIZE)


@pytest.mark.parametrize("share", [0.02, 0.05, 0.2, 0.5])
def test_share_of_repeated_values_is_nearly_right(share: float) -> None:
    rows = 20_000
    different = round(rows * (1 - share))
    found = variety(sketch([*range(different), *range(rows - different)]), rows)
    error = (share * (1 - share) / SKETCH_SIZE) ** 0.5
    assert found.share == pytest.approx(1 - share, abs=3 * error)
    assert found.different == pytest.approx(different, rel=0.06)


def test_values_of_very_unlike_counts_are_counted_by_their_hashes() -> None:
    many = [n for n in range(3000) for _ in range(1 + 40_000 // (n + 1))]
    found = variety(sketch(many), len(many))
    assert found.different == pytest.approx(3000, rel=0.15)
    assert found.share == found.different / len(many)


def test_few_values_that_are_too_long_to_keep_are_counted_exactly() -> None:
    values = pl.Series([f"{n}" * 1000 for n in range(100, 200)] * 3)
    found = variety(sketch_of(values), 300)
    assert (found.different, found.share, found.seen, found.exact) == (100, 1 / 3, 300, False)


def test_nothing_has_no_values() -> None:
    assert (variety({"counts": {}}, 0).different, variety({"counts": {}}, 0).share) == (0, 0)


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
@pytest.mark.parametrize("most", ["none", "0", "zz"])
def test_value_of_many_rows_that_is_not_kept_is_missed_in_the_others(
    share: float, most: str
) -> None:
    """Of 100,000 rows one value has a share, and no two of the others are equal."""
    rows = 100_000
    others = [f"c{number}" for number in range(rows - round(share * rows))]
    found = variety(sketch_of(pl.Series([*[most] * round(share * rows), *others])), rows)
    assert found.share < 0.95
    assert found.different == pytest.approx(len(others), rel=0.15)
