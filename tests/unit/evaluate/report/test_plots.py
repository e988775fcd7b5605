"""What is written in and about the plots."""

import re
from collections.abc import Callable

import numpy as np
import pytest

from evaluate.report.charts.curves import precision_recall
from tests.unit.evaluate.made_run import MadeRun
from tests.unit.evaluate.report.pages import page_of

Runs = Callable[[str], MadeRun]
TASKS = ("regression", "binary", "multiclass")


@pytest.mark.parametrize("share", [0.01, 0.1, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("skill", [0.0, 0.05, 0.6])
def test_the_name_of_the_line_of_chance_is_not_behind_the_curve(share: float, skill: float) -> None:
    x = np.linspace(0, 1, 101)
    y = share + (1 - share) * skill * (1 - x) + 0.02 * share * np.sin(40 * x) * (x < 0.4)
    svg = precision_recall(np.column_stack([x, y]).tolist(), share, 0.5)
    note = re.search(r'class="note" x="([\d.]+)" y="([\d.]+)"[^>]*>chance', svg)
    curve = re.search(r'class="curve model" d="M([^"]+)"', svg)
    assert note is not None
    assert curve is not None
    left, middle = float(note[1]), float(note[2]) - 4
    points = [tuple(map(float, p.split())) for p in curve[1].split("L")]
    beside = [py for px, py in points if left <= px <= left + 40]
    assert min(abs(py - middle) for py in beside) > 6
    assert 12 <= middle <= 258


@pytest.mark.parametrize("share", [0.01, 0.03, 0.06, 0.1])
@pytest.mark.parametrize("skill", [0.0, 0.3, 0.8])
def test_the_line_of_chance_is_not_named_over_the_average_precision(
    share: float, skill: float
) -> None:
    x = np.linspace(0, 1, 101)
    y = share + (1 - share) * skill * (1 - x) ** 2
    svg = precision_recall(np.column_stack([x, y]).tolist(), share, 0.73)
    label = r'x="([\d.]+)" y="([\d.]+)" text-anchor="(\w+)">'
    note = re.search(rf'class="note" {label}chance', svg)
    callout = re.search(rf'class="callout model" {label}Average', svg)
    assert note is not None
    assert callout is not None
    left = float(callout[1]) - (170 if callout[3] == "end" else 0)
    beside = left - 40 < float(note[1]) < left + 170
    assert not beside or abs(float(note[2]) - float(callout[2])) >= 10


@pytest.mark.parametrize("task", TASKS)
def test_every_plot_has_a_text_alternative(run_of: Runs, task: str) -> None:
    page = page_of(run_of(task))
    plots = re.findall(r"<svg .*?</svg>", page, re.DOTALL)
    assert len(plots) >= 4
    for plot in plots:
        names = re.search(r'role="img" aria-labelledby="(\S+) (\S+)"', plot)
        assert names is not None
        assert re.search(rf'<title id="{names[1]}">[^<]+</title>', plot)
        assert re.search(rf'<desc id="{names[2]}">[^<]+</desc>', plot)
    identities = re.findall(r' id="([^"]+)"', page)
    assert len(identities) == len(set(identities))
