"""What is said of a result that says little."""

import re
from collections.abc import Callable

import numpy as np
import pytest

from evaluate.metrics.baseline import baseline_of
from evaluate.metrics.intervals import intervals_of
from evaluate.metrics.measures import value_of
from evaluate.metrics.scored import METRICS, Scored
from evaluate.verdict.warnings import metric_warnings
from tests.unit.evaluate.container_output import prediction_lines
from tests.unit.evaluate.made_run import MadeRun, evaluated

Runs = Callable[[str], MadeRun]


def cautions(name: str, scored: Scored) -> dict[str, str]:
    metric = METRICS[name]
    measure = metric.measure(scored)
    value = value_of(measure, scored.rows)
    known = float(value) if np.isfinite(value) else None
    (interval,) = intervals_of([measure], scored.rows, metric.bounds)
    _, baseline = baseline_of(scored, metric)
    found = metric_warnings(metric, scored, known, interval, baseline)
    return {item["code"]: item["message"] for item in found}


def ranked(positives: int, rows: int = 200) -> Scored:
    truth = (np.arange(rows) < positives).astype(float)
    noise = np.random.default_rng(2).random(rows)
    return Scored("binary", truth, 0.3 * truth + 0.7 * noise, ["no", "yes"])


@pytest.mark.parametrize(("positives", "said"), [(9, "'yes'"), (191, "'no'"), (10, ""), (190, "")])
def test_few_rows_of_a_class_are_warned_about(positives: int, said: str) -> None:
    text = cautions("auc", ranked(positives)).get("few_rows_of_class", "")
    assert text.startswith(f"Only 9 test rows of the class {said}:" if said else "")
    assert bool(text) == bool(said)


@pytest.mark.parametrize("error", [0.0, 0.5])
def test_a_constant_target_is_not_blamed_on_the_columns(error: float) -> None:
    scored = Scored("regression", np.full(50, 3.0), np.full(50, 3.0 + error))
    found = cautions("rmse", scored)
    assert "the same in all test rows" in found["target_is_constant"]
    assert "no_better_than_baseline" not in found


def test_a_metric_without_interval_is_still_held_beside_its_baseline() -> None:
    truth = np.tile([0.0, 1.0], 25)
    scored = Scored("binary", truth, np.full(50, 0.5), ["no", "yes"])
    assert "no better than a naive" in cautions("auc", scored)["no_better_than_baseline"]


def test_sentences_read_as_sentences() -> None:
    one = cautions("logloss", ranked(1, 1))
    assert one["few_test_rows"].startswith("Only 1 test row: the log loss on new rows")
    assert "AUC on new rows" in cautions("auc", ranked(10, 20))["few_test_rows"]
    assert "not defined on 1 test row like" in cautions("auc", ranked(1, 1))["metric_undefined"]


def test_a_model_that_knows_nothing_is_warned_about(run_of: Runs) -> None:
    run = run_of("binary")
    noise = np.random.default_rng(0).random(len(run.truth))
    for name, rows in (("part-00000", slice(0, 113)), ("part-00001", slice(113, None))):
        run.put(f"predictions/{name}.csv.out", prediction_lines(noise[rows]))
    evaluated(run)
    codes = {item["code"] for item in run.json("evaluation.json")["warnings"]}
    assert codes & {"no_better_than_baseline", "baseline_within_interval"}


def test_a_wide_interval_is_said_with_its_rows(run_of: Runs) -> None:
    run = run_of("binary")
    run.change("request.json", settings={"metric": "logloss"})
    run.keep(68)
    texts = " ".join(evaluated(run)["warnings"])
    assert re.search(
        r"Log loss: 95 % interval 0\.\d\d to 0\.\d\d on 68 test rows; more rows", texts
    )
