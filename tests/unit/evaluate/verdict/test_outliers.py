"""Rows whose target lies far off all others and that decide a squared metric are named."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from evaluate.metrics.scored import METRICS, Scored
from evaluate.verdict.judgement import judge
from evaluate.verdict.outliers import deciding_rows, outlier_warnings
from evaluate.verdict.rule import Rule
from pipeline.documents.evaluation import WorstRow
from pipeline.wording import MINUS
from tests.unit.evaluate.made_run import MadeRun, evaluated

Runs = Callable[[str], MadeRun]


def scored(*far: float, rows: int = 60, error: float = 1.0) -> Scored:
    """Return targets from 0 to 10 that are missed a little, and some far off, missed by all."""
    near = np.linspace(0, 10, rows - len(far))
    noise = error * np.where(np.arange(len(near)) % 2, 1.0, -1.0)
    truth = np.concatenate([near, far])
    return Scored("regression", truth, np.concatenate([near + noise, np.full(len(far), 5.0)]))


@pytest.mark.parametrize(
    ("far", "found"),
    [
        ((), 0),
        ((1000.0,), 1),
        ((-999.0,), 1),
        ((1000.0, 900.0), 2),
        ((1000.0, -900.0, 800.0), 3),
        ((1000.0, 900.0, 800.0, 700.0), 0),
        # Thrice the range of the others is not far yet.
        ((39.0,), 0),
        ((41.0,), 1),
        ((-29.0,), 0),
        ((-31.0,), 1),
        # One that is far, and one that is not: the range of the others is wider.
        ((89.0, 45.0), 2),
        ((1000.0, 30.0), 1),
    ],
)
def test_one_to_three_far_targets_that_make_up_most_of_the_error_decide(
    far: tuple[float, ...], found: int
) -> None:
    for name in ("rmse", "r2"):
        assert deciding_rows(METRICS[name], scored(*far)) == found


def test_far_target_that_makes_up_less_than_half_of_the_error_decides_nothing() -> None:
    # 59 errors of 5 add up to 1,475; that of the far one is 36 squared, 1,296, or 40, 1,600.
    assert deciding_rows(METRICS["rmse"], scored(41.0, error=5.0)) == 0
    assert deciding_rows(METRICS["rmse"], scored(45.0, error=5.0)) == 1


def test_mean_error_and_few_rows_are_left_alone() -> None:
    assert deciding_rows(METRICS["mae"], scored(1000.0)) == 0
    assert deciding_rows(METRICS["rmse"], scored(1000.0, rows=29)) == 0
    assert deciding_rows(METRICS["rmse"], scored(1000.0, rows=30)) == 1


def test_large_errors_of_ordinary_targets_decide_nothing() -> None:
    truth = np.linspace(0, 10, 60)
    predicted = truth.copy()
    predicted[7] += 1000
    assert deciding_rows(METRICS["rmse"], Scored("regression", truth, predicted)) == 0


def test_heavy_tails_are_no_outliers() -> None:
    for seed in range(50):
        draw = np.random.default_rng(seed)
        truth = draw.lognormal(0, 1, 60)
        flat = Scored("regression", truth, np.full(60, truth.mean()))
        assert deciding_rows(METRICS["rmse"], flat) == 0


def test_model_whose_metric_few_rows_decide_waits_for_a_person() -> None:
    told = judge(METRICS["rmse"], scored(1000.0), None, Rule(minimum=500.0), "newer")
    assert told.deciding == 1
    assert told.verdict.outcome == "pending"
    assert "a few rows with a target far off" in told.verdict.reason
    clean = judge(METRICS["rmse"], scored(), None, Rule(minimum=500.0), "newer")
    assert (clean.deciding, clean.verdict.outcome) == (0, "approved")
    other = judge(METRICS["rmse"], scored(1000.0), None, Rule(minimum=500.0, doubt="so"), "newer")
    assert other.verdict.reason == "so"


def row(number: int, actual: float, ids: dict[str, str], **values: Any) -> WorstRow:
    return {
        "row": number,
        "ids": ids,
        "actual": actual,
        "predicted": 5.0,
        "error": 5.0 - actual,
        "values": values,
    }


def test_warning_names_the_rows_with_what_tells_them_apart() -> None:
    worst = [
        row(1401, 115_085.72, {}, units=10468.0, store="Total", town="Rome"),
        row(7, -999.0, {"key": "K-7"}, store="S1"),
        row(9, 3.5, {}, units=1.0),
    ]
    metric = METRICS["rmse"]
    assert outlier_warnings(metric, scored(), 0, worst, "sales") == []
    (one,) = outlier_warnings(metric, scored(), 1, worst, "sales")
    assert one["code"] == "few_rows_decide"
    assert one["message"].startswith(
        "Row 1,401 (115,086, store 'Total') makes up most of the RMSE of 60 test rows: 'sales' lies"
    )
    assert 'set "metric" to "mae" in pipeline.json.' in one["message"]
    (three,) = outlier_warnings(metric, scored(), 3, worst, "s" * 300)
    assert f"row 7 ({MINUS}999.0, key 'K-7'), row 9 (3.500) make up" in three["message"]
    assert len(three["message"]) <= 300
    assert three["message"].endswith("in pipeline.json.")


def test_run_with_a_line_of_totals_names_it_and_waits(run_of: Runs) -> None:
    run = run_of("regression")
    assert evaluated(run)["verdict"] == "approved"
    name = sorted(run.files.names("data/truth"))[0]
    head, first, *rest = run.text(f"data/truth/{name}").splitlines(keepends=True)
    number, _, *ids = first.rstrip("\n").split(",")
    run.put(f"data/truth/{name}", "".join([head, ",".join([number, "9e8", *ids]) + "\n", *rest]))
    result = evaluated(run)
    assert result["verdict"] == "pending"
    assert result["warnings"][0].startswith(f"Row {int(number):,} (900,000,000")
    assert "few_rows_decide" in {w["code"] for w in run.json("evaluation.json")["warnings"]}
