"""Numbers as people read them, and the scales of the plots."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluate.report.charts.axes import Axis, compact, round_values
from evaluate.report.charts.curves import learning
from evaluate.report.charts.errors import confusion
from evaluate.report.charts.standing import standings
from evaluate.wording import (
    duration,
    estimated,
    mean,
    moment,
    plain,
    short,
    signed,
    size,
    told_apart,
)
from pipeline.wording import figure


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.76174, "0.7617"),
        (0.5, "0.5000"),
        (76250.6, "76,251"),
        (1.2346e-7, "1.235e-7"),
        (-0.25, "\u22120.2500"),
        (0, "0"),
        (None, "\u2013"),
        (float("nan"), "\u2013"),
        (0.99999, "1.0000"),
        (3e12, "3.000e12"),
    ],
)
def test_figure(value: float | None, text: str) -> None:
    assert figure(value) == text


@pytest.mark.parametrize(
    ("value", "beside", "text"),
    [
        (0.01414, 0.7617, "+0.0141"),
        (-0.2, 0.7617, "\u22120.2000"),
        (0.000012, 0.7617, "+1.2e-5"),
        (-1373.4, 74942.0, "\u22121,373"),
        (0.0, 0.7617, "0"),
        (-408960.9, None, "\u2212408,961"),
    ],
)
def test_a_difference_is_as_exact_as_the_value_beside_it(
    value: float, beside: float | None, text: str
) -> None:
    assert signed(value, beside) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1976.0, "1976"),
        (4.9, "4.9"),
        (-0.38, "\u22120.38"),
        (0.110077, "0.1101"),
        (0.00012345, "0.00012345"),
        (float("inf"), "\u2013"),
    ],
)
def test_values_of_the_data_look_as_in_the_file(value: float, text: str) -> None:
    assert plain(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (164_214.3, "164,214"),
        (1_976.31, "1976.3"),
        (36.611, "36.611"),
        (4.9, "4.9"),
        (-52_000.0, "\u221252,000"),
    ],
)
def test_a_mean_keeps_its_whole_digits(value: float, text: str) -> None:
    assert mean(value) == text


@pytest.mark.parametrize(
    ("count", "most", "text"),
    [(1_988, 2_000, "2,000"), (1_988, 1_995, "1,995"), (48_713, 10**6, "49,000")],
)
def test_an_estimate_is_round_and_never_above_the_rows(count: int, most: int, text: str) -> None:
    assert estimated(count, most) == f"\u2248 {text}"


def test_names_that_begin_alike_are_cut_where_they_still_differ() -> None:
    alike = [f"Regional distribution centre {name}" for name in ("North", "South")]
    assert told_apart(alike, 13) == ["Regi\u2026re North", "Regi\u2026re South"]
    assert told_apart(["a" * 20, "b" * 20, "c"], 13) == [
        "a" * 12 + "\u2026",
        "b" * 12 + "\u2026",
        "c",
    ]


def test_confusion_of_many_classes_counts_what_it_does_not_show() -> None:
    svg = confusion([[12, 0], [3, 5]], ["a", "b"], [100, 10], 95)
    assert "a predicted as a: 12, 12.0 %" in svg
    assert "b predicted as b: 5, 50.0 %" in svg
    assert "17 of 115 rows, 14.8 %, lie on the diagonal; 95 lie outside" in svg


@pytest.mark.parametrize("rounds", [1, 2, 3, 8])
def test_ticks_of_rounds_are_whole(rounds: int) -> None:
    losses = [1 / (i + 1) for i in range(rounds)]
    svg = learning(
        {"metric": "rmse", "rounds": list(range(rounds)), "train": losses, "validation": losses}
    )
    ticks = re.findall(r'text-anchor="middle">([^<]+)</text>', svg)
    assert len(ticks) >= 3
    assert all(tick.isdigit() for tick in ticks if tick not in ("boosting round", "rmse"))


def test_other_units() -> None:
    assert (duration(1.04), duration(74), duration(7260)) == ("1.0 s", "1 min 14 s", "2 h 1 min")
    assert (size(800), size(18_734_112)) == ("800 B", "17.9 MiB")
    assert moment("2026-11-22T11:15:00+01:00") == "22 Nov 2026, 10:15 UTC"
    assert short("x" * 70) == "x" * 59 + "…"


@given(st.floats(-1e12, 1e12), st.floats(1e-6, 1e12), st.integers(2, 8))
def test_ticks_lie_within_the_axis_and_are_few(low: float, span: float, wanted: int) -> None:
    ticks = round_values(low, low + span, wanted)
    assert len(ticks) <= 21
    slack = (span + abs(low)) * 1e-6
    assert all(low - slack <= tick <= low + span + slack for tick in ticks)


@pytest.mark.parametrize(
    ("value", "span", "text"),
    [
        (200_000, 1e6, "0.2M"),
        (0, 1e6, "0"),
        (20, 60, "20"),
        (0.85, 0.2, "0.85"),
        (-5e4, 3e5, "\u221250k"),
    ],
)
def test_ticks_are_short(value: float, span: float, text: str) -> None:
    assert compact(value, span) == text


def test_an_axis_without_a_span_is_drawn_in_its_middle() -> None:
    axis = Axis(3, 3, "x")
    assert (axis.at(3), axis.ticks()) == (0.5, [3])


@pytest.mark.parametrize(("baseline", "arrows"), [(0.5, 0), (-90.0, 1), (90.0, 1)])
def test_a_distant_baseline_is_an_arrow_at_the_edge(baseline: float, arrows: int) -> None:
    interval = {"low": 0.7, "high": 0.8}
    drawn = standings(
        {
            "metric": {"label": "R²", "goal": "max", "value": 0.75, "interval": interval},
            "comparison": {"compared": False},
            "baseline": {"value": baseline},
        }
    )
    assert drawn.count('class="arrow"') == arrows
    assert figure(baseline) in drawn
