"""What is told of a model: sizes, directions, and effects by values as the file has them."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from predict import summary
from predict.summary import Explained, parsed

NAN = float("nan")
FEATURES: list[dict[str, Any]] = [
    {"name": "age", "column": "age", "encoding": "numeric", "style": "number"},
    {"name": "plan=gold", "column": "plan", "encoding": "one_hot", "category": "gold"},
    {"name": "plan=free", "column": "plan", "encoding": "one_hot", "category": "free"},
    {"name": "since.month", "column": "since", "encoding": "date", "style": "d", "part": "month"},
    {"name": "since.days", "column": "since", "encoding": "date", "style": "d", "part": "days"},
    {"name": "paid", "column": "paid", "encoding": "boolean", "true": ["yes"], "false": ["no"]},
    {"name": "text.0", "column": "text", "encoding": "hash", "slot": 0},
]
COLUMNS = ["age", "plan", "since", "paid", "text"]


def explained(
    values: Any, matrix: Any, task: str = "regression", classes: list[str] | None = None
) -> Any:
    values = np.asarray(values, dtype=float)
    values = values if values.ndim == 3 else values[:, :, None]
    encoder: Any = {"target": {"task": task, "classes": classes}, "features": FEATURES}
    base = np.full((len(values), values.shape[2]), 0.25)
    return Explained(encoder, COLUMNS, base, values, np.asarray(matrix, float)).summary()


def rows(count: int, **columns: Any) -> Any:
    """Return features; by default a column has nothing."""
    matrix = np.full((count, len(FEATURES)), NAN)
    for name, values in columns.items():
        matrix[:, next(i for i, f in enumerate(FEATURES) if f["name"] == name)] = values
    return matrix


def only(column: str, values: Any) -> Any:
    table = np.zeros((len(values), len(COLUMNS)))
    table[:, COLUMNS.index(column)] = values
    return table


def test_sizes_are_mean_absolute_contributions_largest_first() -> None:
    values = np.array([[1.0, -3, 0, 0, 0], [-2.0, 5, 0, 0, 0.5]])
    found = explained(values, rows(2, age=[1, 2]))
    assert [(c["column"], c["size"]) for c in found["columns"]] == [
        ("plan", 4.0),
        ("age", 1.5),
        ("text", 0.25),
    ]
    assert (found["used"], found["rows"], found["base"], found["of"]) == (3, 2, 0.25, None)


@pytest.mark.parametrize(
    ("contributions", "direction"),
    [
        ([1, 2, 3, 4, 9], "up"),
        ([4, 3, 2, -1, -9], "down"),
        ([4, -3, 9, -3, 4], "mixed"),
        ([1, 1, 1, 1, 1], None),
    ],
)
def test_direction_is_that_of_contributions_with_the_value(
    contributions: list[float], direction: str | None
) -> None:
    found = explained(only("age", contributions), rows(5, age=[1, 2, 30, 400, 5000]))
    assert found["columns"][0]["direction"] == direction


def test_one_contribution_far_from_the_others_does_not_turn_the_direction() -> None:
    found = explained(only("age", [1000, *range(1, 12)]), rows(12, age=range(12)))
    assert found["columns"][0]["direction"] == "up"


def test_rows_without_a_value_say_nothing_of_the_direction() -> None:
    contributions, ages = [1, 2, 3, 99, 98, 97], [1, 2, 3, NAN, NAN, NAN]
    found = explained(only("age", contributions), rows(6, age=ages))
    assert found["columns"][0]["direction"] == "up"
    assert found["columns"][0]["points"] == [
        [0.0, 1.0], [0.5, 2.0], [1.0, 3.0], [None, 99.0], [None, 98.0], [None, 97.0],
    ]  # fmt: skip


def test_equal_values_have_the_mean_of_their_ranks() -> None:
    found = explained(only("age", [1, 2, 3, 4, 5]), rows(5, age=[1, 7, 7, 7, 9]))
    assert [point[0] for point in found["columns"][0]["points"]] == [0, 0.5, 0.5, 0.5, 1]


def test_categories_have_no_order_and_an_effect_by_name() -> None:
    matrix = rows(5, **{"plan=gold": [1, 0, 0, 1, 1], "plan=free": [0, 1, 0, 0, 0]})
    found = explained(only("plan", [1, -4, 8, 2, 3]), matrix)
    assert found["columns"][0]["direction"] is None
    assert {point[0] for point in found["columns"][0]["points"]} == {None}
    [effect] = found["effects"]
    assert (effect["column"], effect["kind"], effect["left"]) == ("plan", "category", 0)
    assert effect["bins"] == [
        {"low": "gold", "high": "gold", "rows": 3, "mean": 2.0},
        {"low": "free", "high": "free", "rows": 1, "mean": -4.0},
        {"low": None, "high": None, "rows": 1, "mean": 8.0},
    ]


def test_rarer_categories_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(summary, "_CATEGORIES", 1)
    matrix = rows(5, **{"plan=gold": [1, 0, 0, 1, 1], "plan=free": [0, 1, 0, 0, 0]})
    [effect] = explained(only("plan", [1, -4, 8, 2, 3]), matrix)["effects"]
    assert [each["low"] for each in effect["bins"]] == ["gold"]
    assert effect["left"] == 2


def test_few_numbers_have_a_bin_each_and_missing_ones_their_own() -> None:
    ages = [30, 20, 20, NAN, 30, 40]
    [effect] = explained(only("age", [3, 1, 2, 50, 5, 7]), rows(6, age=ages))["effects"]
    assert effect["bins"] == [
        {"low": 20.0, "high": 20.0, "rows": 2, "mean": 1.5},
        {"low": 30.0, "high": 30.0, "rows": 2, "mean": 4.0},
        {"low": 40.0, "high": 40.0, "rows": 1, "mean": 7.0},
        {"low": None, "high": None, "rows": 1, "mean": 50.0},
    ]


def test_many_numbers_are_binned_by_equally_many_rows() -> None:
    ages = np.random.default_rng(0).lognormal(3, 2, 1000)
    [effect] = explained(only("age", ages), rows(1000, age=ages))["effects"]
    assert len(effect["bins"]) == 8
    assert all(abs(each["rows"] - 125) <= 1 for each in effect["bins"])
    assert sum(each["rows"] for each in effect["bins"]) == 1000
    assert effect["bins"][0]["low"] == ages.min()
    assert effect["bins"][-1]["high"] == ages.max()
    ends = [(each["low"], each["high"]) for each in effect["bins"]]
    assert all(high < low for (_, high), (low, _) in pairwise(ends))
    for each in effect["bins"]:
        within = ages[(ages >= each["low"]) & (ages <= each["high"])]
        assert each["mean"] == pytest.approx(within.mean(), rel=1e-3)


def test_dates_and_truths_are_told_as_the_file_has_them() -> None:
    matrix = rows(4, **{"since.days": [0, 365, 365, NAN], "since.month": [1, 1, 1, NAN]})
    matrix[:, 5] = [1, 0, 0, NAN]
    found = explained(only("since", [1, 2, 3, 4]) + only("paid", [9, -9, -9, 9]), matrix)
    paid, since = found["effects"]
    assert (paid["kind"], since["kind"]) == ("boolean", "date")
    assert [each["low"] for each in paid["bins"]] == ["no", "yes", None]
    assert [each["low"] for each in since["bins"]] == ["1970-01-01", "1971-01-01", None]
    assert found["columns"][0]["direction"] == "up"


def test_texts_have_points_and_no_effect() -> None:
    found = explained(only("text", [1, 2]), rows(2))
    assert found["effects"] == []
    assert found["columns"][0]["points"] == [[None, 1.0], [None, 2.0]]


def test_of_two_classes_the_second_is_explained() -> None:
    found = explained(only("age", [1, 2]), rows(2, age=[1, 2]), "binary", ["no", "yes"])
    assert found["of"] == "yes"
    assert found["effects"][0]["of"] == "yes"


def test_of_several_classes_sizes_are_means_and_effects_of_the_class_moved_most() -> None:
    values = np.zeros((2, len(COLUMNS), 3))
    values[0, 0], values[1, 0] = (0.3, -0.6, 0.3), (-0.2, 0.5, -0.3)
    found = explained(values, rows(2, age=[1, 2]), "multiclass", ["a", "b", "c"])
    column, effect = found["columns"][0], found["effects"][0]
    assert column["size"] == pytest.approx((0.3 + 0.6 + 0.3 + 0.2 + 0.5 + 0.3) / 6)
    assert column["direction"] is None
    # Of the first row's predicted class a, and the second's b.
    assert column["points"] == [[0.0, 0.3], [1.0, 0.5]]
    assert effect["of"] == "b"
    assert [each["mean"] for each in effect["bins"]] == [-0.6, 0.5]
    assert (found["of"], found["base"]) == (None, None)


def test_of_many_rows_and_columns_a_part_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(summary, "SWARMS", 1)
    monkeypatch.setattr(summary, "MOST_COLUMNS", 2)
    monkeypatch.setattr(summary, "EFFECTS", 1)
    ages = np.arange(1000.0)
    values = only("age", 3 * ages) + only("plan", 2 * ages) + only("since", ages)
    found = explained(values, rows(1000, age=ages))
    assert [column["column"] for column in found["columns"]] == ["age", "plan"]
    assert [len(column["points"]) for column in found["columns"]] == [300, 0]
    assert found["columns"][0]["points"][-1] == [1.0, 2997.0]
    assert [effect["column"] for effect in found["effects"]] == ["age"]
    assert found["used"] == 3


def test_long_categories_are_cut() -> None:
    long = {**FEATURES[1], "category": "x" * 1000}
    encoder: Any = {
        "target": {"task": "regression"}, "features": [FEATURES[0], long, *FEATURES[2:]],
    }  # fmt: skip
    values = only("plan", [1, 2])[:, :, None]
    matrix = rows(2, **{"plan=gold": [1, 1], "plan=free": [0, 0]})
    found = Explained(encoder, COLUMNS, np.zeros((2, 1)), values, matrix).summary()
    assert found["effects"][0]["bins"][0]["low"] == "x" * 79 + "…"


def test_lines_are_read_as_the_container_reads_them() -> None:
    assert np.array_equal(
        parsed([b"1,,0.1\n", b"nan,2e3,-4\r", b",,", b" 5,inf,"], 3),
        [[1, NAN, 0.1], [NAN, 2000, -4], [NAN, NAN, NAN], [5, np.inf, NAN]],
        equal_nan=True,
    )


NUMBERS = st.floats(allow_nan=False, allow_infinity=False).map(repr) | st.integers().map(str)
ODD = st.sampled_from(["", "1e400", "+1", "-.5", "5.", "007", "1" * 400, "9" * 5000])


@given(st.lists(st.lists(NUMBERS | ODD, min_size=3, max_size=3), min_size=1))
@example([["", "", ""], ["1", "", "2"]])
@example([["1", "2", "3"], ["1" * 400, "", ""]])
def test_numbers_are_the_doubles_that_each_is_alone(table: list[list[str]]) -> None:
    found = parsed([",".join(row).encode() for row in table], 3)
    alone = [[float(cell or "nan") for cell in row] for row in table]
    assert np.array_equal(found, alone, equal_nan=True)


def test_plain_numbers_are_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(np, "array", lambda cells, kind: np.asarray(cells, kind))
    found = parsed([b"1,-2.5,", b",,", b",,3e-5"], 3)
    assert np.array_equal(found, [[1, -2.5, NAN], [NAN] * 3, [NAN, NAN, 3e-5]], equal_nan=True)


@pytest.mark.parametrize(
    "line", [b"1,2", b"1,2,3,4", b"1,x,3", b"\xff,2,3", b"1, ,3", b"1,\t,3", b"1,-,3"]
)
def test_line_that_is_none_is_refused(line: bytes) -> None:
    with pytest.raises(ValueError, match=r"in line 2|could not convert|decode"):
        parsed([b"1,2,3", line], 3)
