"""Challenger against champion: better, worse, equal, and on whose data."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from evaluate.verdict.comparison import data_beside, in_class_order
from pipeline.vocabulary import DataAge
from tests.unit.evaluate.made_run import MadeRun, judged

Runs = Callable[[str], MadeRun]
TASKS = ("regression", "binary", "multiclass")


def blurred(run: MadeRun) -> Any:
    """Return clearly worse predictions than the run's model makes."""
    draw = np.random.default_rng(2)
    if run.predicted.ndim == 2:
        mixed = 0.3 * run.predicted + 0.7 * draw.dirichlet(np.ones(7), len(run.predicted))
        return mixed / mixed.sum(axis=1, keepdims=True)
    if run.event["fit"]["task"] == "binary":
        return 0.3 * run.predicted + 0.7 * draw.random(len(run.predicted))
    return run.predicted + draw.normal(0, np.std(run.truth), len(run.truth))


def sharpened(run: MadeRun) -> Any:
    """Return clearly better predictions than the run's model makes."""
    if run.predicted.ndim == 2:
        return 0.5 * run.predicted + 0.5 * np.eye(7)[run.truth.astype(int)]
    return 0.5 * run.predicted + 0.5 * run.truth


@pytest.mark.parametrize("task", TASKS)
def test_a_better_challenger_is_approved(run_of: Runs, task: str) -> None:
    run = run_of(task)
    run.add_champion(blurred(run))
    result, comparison = judged(run)
    assert (result["verdict"], comparison["finding"]) == ("approved", "better")
    assert result["champion"]["value"] == comparison["value"]


@pytest.mark.parametrize("task", TASKS)
def test_a_worse_challenger_is_not_promoted(run_of: Runs, task: str) -> None:
    run = run_of(task)
    run.add_champion(sharpened(run))
    result, comparison = judged(run)
    assert (result["verdict"], comparison["finding"]) == ("kept_champion", "worse")
    assert result["approval_status"] == "Rejected"


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize(
    ("champion_data", "verdict"), [("2026-10-15", "approved"), ("2026-12-24", "kept_champion")]
)
def test_an_equal_challenger_is_approved_for_newer_data_alone(
    run_of: Runs, task: str, champion_data: str, verdict: str
) -> None:
    run = run_of(task)
    run.add_champion(run.predicted)
    run.event["champion"]["data_last_modified"] = f"{champion_data}T09:00:00+00:00"
    result, comparison = judged(run)
    assert (result["verdict"], comparison["finding"]) == (verdict, "equal")
    assert comparison["difference"]["value"] == 0


def test_the_difference_is_paired(run_of: Runs) -> None:
    """Two models that err alike are told apart, though their own intervals overlap."""
    run = run_of("binary")
    run.add_champion(
        np.clip(0.85 * run.predicted + 0.15 * np.random.default_rng(0).random(225), 0, 1)
    )
    _, comparison = judged(run)
    metric = run.json("evaluation.json")["metric"]
    difference = comparison["difference"]["interval"]
    own = metric["interval"]["high"] - metric["interval"]["low"]
    assert difference["high"] - difference["low"] < own / 2
    assert comparison["interval"]["high"] > metric["interval"]["low"]


def test_classes_in_another_order_are_rearranged(run_of: Runs) -> None:
    run = run_of("binary")
    run.add_champion(1 - run.predicted.astype(float), classes=["yes", "no"])
    result, _ = judged(run)
    assert result["champion"]["value"] == pytest.approx(result["metric"]["value"], rel=1e-6)
    three = np.array([[0.1, 0.2, 0.7]])
    assert in_class_order(three, "abc", "cab").tolist() == [[0.7, 0.1, 0.2]]


@pytest.mark.parametrize(
    ("etag", "modified", "champion", "data"),
    [
        ("b", "2026-11-22T10:00:00+02:00", ("a", "2026-11-22T07:59:59+00:00"), "newer"),
        ("b", "2026-11-22T10:00:00+02:00", ("a", "2026-11-22T08:00:00Z"), "not newer"),
        ("a", "2026-11-22T10:00:00+02:00", ("a", "2026-11-22T07:59:59+00:00"), "same"),
        ("a", "2026-11-22T10:00:00+02:00", ("a", None), "same"),
        ("b", "2026-11-22T10:00:00+02:00", (None, "2026-11-22T07:59:59+00:00"), "newer"),
        (None, "2026-11-22T10:00:00+02:00", (None, "2026-11-22T07:59:59+00:00"), "newer"),
        ("b", "2026-11-22T10:00:00+00:00", (None, None), "newer"),
        ("b", None, ("a", "2026-11-22T10:00:00+00:00"), "not newer"),
    ],
)
def test_data_is_the_same_by_etag_and_newer_by_time(
    etag: Any, modified: Any, champion: Any, data: DataAge
) -> None:
    names = ("data_etag", "data_last_modified")
    known = {k: v for k, v in zip(names, champion, strict=True) if v is not None}
    assert data_beside({"etag": etag, "last_modified": modified}, known) == data


@pytest.mark.parametrize(
    ("etag", "run", "data"),
    [
        ("b", "churn-2", "newer"),
        ("b", "churn-0", "not newer"),
        ("b", "churn-1", "not newer"),
        ("a", "churn-2", "same"),
    ],
)
def test_of_files_of_one_second_the_names_of_the_runs_decide(
    etag: str, run: str, data: DataAge
) -> None:
    moment = "2026-11-22T10:00:00+00:00"
    champion = {"data_etag": "a", "data_last_modified": moment, "run": "churn-1"}
    assert data_beside({"etag": etag, "last_modified": moment, "run": run}, champion) == data


@pytest.mark.parametrize("task", TASKS)
def test_the_same_file_again_keeps_the_champion(run_of: Runs, task: str) -> None:
    run = run_of(task)
    run.add_champion(run.predicted)
    run.event["champion"]["data_etag"] = run.json("request.json")["etag"]
    result, comparison = judged(run)
    assert (result["verdict"], comparison["data"]) == ("kept_champion", "same")
    assert result["sentence"].endswith("; it learned from the same data.")
