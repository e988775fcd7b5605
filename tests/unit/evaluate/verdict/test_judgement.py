"""A model that shows too little, by its rows or beside a naive prediction, is not promoted."""

from collections.abc import Callable

import numpy as np
import pytest

from evaluate.metrics.scored import METRICS, Scored
from evaluate.verdict.judgement import Rivals, judge
from evaluate.verdict.rule import Rule
from scoring.decision import Decision
from tests.unit.evaluate.container_output import prediction_lines
from tests.unit.evaluate.made_run import MadeRun, judged

Runs = Callable[[str], MadeRun]
TASKS = ("regression", "binary", "multiclass")


@pytest.mark.parametrize("task", TASKS)
def test_a_model_no_better_than_a_naive_prediction_waits(run_of: Runs, task: str) -> None:
    run = run_of(task)
    for name in run.files.names("predictions"):
        count = run.text(f"predictions/{name}").count("\n")
        naive = {"regression": -1.0, "binary": 0.5}.get(task, np.full(7, 1 / 7))
        run.put(f"predictions/{name}", prediction_lines(np.array([naive] * count)))
    result, _ = judged(run)
    assert result["verdict"] == "pending"
    assert result["sentence"].startswith("Waiting for approval: ")
    assert result["sentence"].endswith("; it is no better than a naive prediction.")
    assert any("no better than a naive prediction" in text for text in result["warnings"])


@pytest.mark.parametrize(("rows", "finding"), [(9, "undecided"), (10, "better")])
def test_fewer_than_ten_rows_decide_nothing(rows: int, finding: str) -> None:
    truth = np.arange(float(rows))
    challenger = Scored("regression", truth, truth + 0.1 * np.cos(truth))
    champion = Scored("regression", truth, truth + 10 + np.sin(truth))
    rivals = Rivals(champion, challenger)
    judgement = judge(METRICS["rmse"], challenger, rivals, Rule(), "newer")
    assert judgement.finding == finding
    assert judgement.verdict.outcome == ("pending" if finding == "undecided" else "approved")


@pytest.mark.parametrize(("groups", "finding"), [(9, "undecided"), (10, "better")])
def test_fewer_than_ten_groups_decide_nothing(groups: int, finding: str) -> None:
    truth = np.arange(10.0 * groups)
    together = np.repeat(np.arange(groups), 10)
    challenger = Scored("regression", truth, truth + 0.1 * np.cos(truth), groups=together)
    champion = Scored("regression", truth, truth + 10 + np.sin(truth))
    judgement = judge(METRICS["rmse"], challenger, Rivals(champion, challenger), Rule(), "newer")
    assert judgement.finding == finding
    if finding == "undecided":
        assert judgement.verdict.reason.startswith("these test rows are of 9 groups, too few")


def test_rows_that_are_left_keep_their_groups() -> None:
    rows = Scored("regression", np.arange(6.0), np.zeros(6), groups=np.array([0, 0, 1, 1, 2, 2]))
    left = rows.where(np.array([True, True, False, False, True, True]))
    assert left.groups is not None
    assert left.groups.tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize(
    ("name", "finding"), [("accuracy", "undecided"), ("f1", "undecided"), ("logloss", "equal")]
)
def test_the_same_probabilities_are_alike_only_if_decisions_are(name: str, finding: str) -> None:
    """Two thresholds, of which each is right where the other is wrong, on 24 rows."""
    predicted = np.tile([0.1, 0.2, 0.4, 0.45, 0.8, 0.9], 4)
    truth = np.tile([0.0, 0, 1, 0, 1, 1], 4)
    champion, challenger = (
        Scored("binary", truth, predicted, ("no", "yes"), decision=Decision(threshold))
        for threshold in (0.5, 0.3)
    )
    judgement = judge(METRICS[name], challenger, Rivals(champion, challenger), Rule(), "newer")
    assert judgement.finding == finding


def test_the_same_classes_of_other_probabilities_are_not_alike() -> None:
    truth = np.tile([0.0, 1, 0, 1, 1, 0], 4)
    predicted = np.tile([0.1, 0.7, 0.6, 0.8, 0.9, 0.2], 4)
    champion = Scored("binary", truth, predicted, ("no", "yes"))
    challenger = Scored("binary", truth, predicted * 0.9, ("no", "yes"))
    rivals = Rivals(champion, challenger)
    assert judge(METRICS["accuracy"], challenger, rivals, Rule(), "newer").finding == "undecided"
