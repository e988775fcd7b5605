"""Columns are passed over at once only if no closer look would find anything in them."""

import random

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prepare.checks.leakage.counted import (
    counts_of,
    filled_of,
    largest_area,
    most_gained,
    naive_errors,
)
from prepare.checks.leakage.findings import findings_of
from prepare.checks.leakage.likely import likely_of_classes, smooth
from prepare.checks.leakage.rows import HELD, Rows
from prepare.checks.leakage.strength import area, gain

ROWS = 2_000


def rows_with(columns: dict[str, pl.Series], classes: int, task: str = "multiclass") -> Rows:
    draw = np.random.default_rng(3)
    labels = draw.integers(0, classes, ROWS) if classes else draw.normal(size=ROWS)
    held = pl.Series(draw.random(ROWS) < 0.5)
    return Rows(columns, pl.Series(labels.astype(float)), held, task)  # type: ignore[arg-type]


def columns_of_few_values() -> dict[str, pl.Series]:
    draw = np.random.default_rng(4)
    flags = {f"flag {n}": pl.Series(draw.random(ROWS) < n / 20).cast(pl.Float64) for n in range(20)}
    texts = {f"text {n}": pl.Series(draw.choice(["a", "b", "c"], ROWS)) for n in range(3)}
    gaps = {
        f"gaps {n}": pl.Series(np.where(draw.random(ROWS) < 0.3, np.nan, draw.poisson(0.5, ROWS)))
        for n in range(3)
    }
    return {**flags, **texts, **{name: x.fill_nan(None) for name, x in gaps.items()}}


@pytest.mark.parametrize("classes", [2, 5, 100])
def test_flags_that_say_nothing_of_classes_are_passed_over_at_once(classes: int) -> None:
    assert likely_of_classes(rows_with(columns_of_few_values(), classes)) == []


def test_flags_that_say_nothing_of_a_number_are_passed_over_at_once() -> None:
    rows = rows_with(columns_of_few_values(), 0, "regression")
    assert smooth(rows) == []
    steps = (rows.labels.rank() / 501).floor()
    finer = (rows.labels.rank() / 11).floor()
    assert smooth(Rows({"x": steps, "z": finer}, rows.labels, rows.held, rows.task)) == ["z"]


def test_flags_that_tell_are_found_among_those_that_do_not() -> None:
    rows = rows_with(columns_of_few_values(), 3)
    of_one = (rows.labels == 1) & (pl.int_range(ROWS, eager=True) % 3 > 0)
    amount = pl.select(pl.when(of_one).then(pl.int_range(ROWS) % 7 + 1.0).otherwise(0.0))
    telling = {
        "copy": rows.labels.cast(pl.String),
        "reason": pl.Series([f"r{n % 3}" if of else None for n, of in enumerate(of_one)]),
        "amount": amount.to_series(),
    }
    found = findings_of(Rows({**rows.columns, **telling}, rows.labels, rows.held, rows.task))
    assert [(f.columns, f.how, f.of_class, f.sure) for f in found] == [
        (["copy"], "errors", 0, True),
        (["reason"], "filled", 1, True),
        (["amount"], "filled", 1, True),
    ]


def test_rare_class_that_a_flag_tells_by_its_curve_alone_is_found() -> None:
    n = 10_000
    positive = pl.Series([at % 200 == 0 for at in range(n)])
    # One slip in 500 rows of the others avoids few of the errors.
    flag = positive | pl.Series([at % 500 == 3 for at in range(n)])
    held = pl.Series([at // 200 % 2 == 0 for at in range(n)])
    columns = {"flag": flag.cast(pl.Float64)}
    (found,) = findings_of(Rows(columns, positive.cast(pl.Float64), held, "binary"))
    assert found.how == "curve"


CELLS = st.lists(
    st.tuples(
        st.sampled_from([None, 0.0, 0.0, 1.0, 2.0]),
        st.sampled_from([0.0, 0.0, 1.0]),
        st.booleans(),
    ),
    min_size=1,
    max_size=8,
)


@given(CELLS, st.integers(0, 10_000), st.booleans())
@settings(max_examples=150)
def test_no_column_tells_more_than_is_reckoned_at_the_most(
    cells: list[tuple[float | None, float, bool]], seed: int, texts: bool
) -> None:
    chance = random.Random(seed)
    many = [cell for cell in cells for _ in range(chance.randrange(1, 40))]
    frame = pl.DataFrame(
        many, schema={"x": pl.Float64, "y": pl.Float64, HELD: pl.Boolean}, orient="row"
    )
    if texts:
        frame = frame.with_columns(pl.col("x").cast(pl.String))
    counts = counts_of(frame["x"], frame.drop("x"))
    (most,) = most_gained(counts, naive_errors(frame.drop("x")))["share"]
    assert most >= gain(frame) - 1e-9
    (largest,) = largest_area(counts, 1.0)["share"]
    assert largest >= area(frame) - 1e-9


@pytest.mark.parametrize(
    ("usual", "classes", "share"),
    # Of a flag, no value stands for nothing; nor does a number that few rows have.
    [(0.0, {1}, 0.5), (0.0, {1, 2}, None), (None, {1}, 0.5), (None, {1, 2}, None)],
)
def test_column_that_is_filled_for_one_class_alone_names_it(
    usual: float | None, classes: set[int], share: float | None
) -> None:
    rows = [
        (float(n % 5 + 1) if n % 3 in classes and n // 6 % 2 else usual, n % 3, n // 3 % 2 == 0)
        for n in range(600)
    ]
    frame = pl.DataFrame(rows, schema=["x", "y", HELD], orient="row")
    found = filled_of(counts_of(frame["x"], frame.drop("x")))
    assert found.rows() == ([("x", 1, share)] if share else [])
    flag = frame.with_columns(pl.when(pl.col("x") != 0).then(1.0).otherwise(0.0).alias("x"))
    assert filled_of(counts_of(flag["x"], frame.drop("x"))).is_empty()


def test_number_that_says_nothing_is_the_commonest_of_the_other_half() -> None:
    frame = pl.DataFrame(
        {
            # Each half has a number of its own where nothing is.
            "x": [1.0 + n % 5 if n % 3 == 0 else 9.0 * (n % 2) for n in range(900)],
            "y": [float(n % 3 == 0) for n in range(900)],
            HELD: [n % 2 == 0 for n in range(900)],
        }
    )
    assert filled_of(counts_of(frame["x"], frame.drop("x"))).is_empty()
    alike = frame.with_columns(pl.col("x").replace(9.0, 0.0))
    assert filled_of(counts_of(alike["x"], alike.drop("x"))).rows() == [("x", 1.0, 1.0)]


def test_column_that_is_filled_in_one_half_alone_is_none() -> None:
    frame = pl.DataFrame(
        {
            "x": [1.0 if n % 6 == 0 else None for n in range(900)],
            "y": [float(n % 3 == 0) for n in range(900)],
            HELD: [n % 2 == 0 for n in range(900)],
        }
    )
    assert filled_of(counts_of(frame["x"], frame.drop("x"))).is_empty()


def test_flag_with_gaps_is_no_amount() -> None:
    frame = pl.DataFrame(
        {
            "x": [None if n % 5 == 0 else float(n % 3 == 0) for n in range(900)],
            "y": [float(n % 3 == 0) for n in range(900)],
            HELD: [n % 2 == 0 for n in range(900)],
        }
    )
    assert filled_of(counts_of(frame["x"], frame.drop("x"))).is_empty()
