"""A search as SageMaker tells of it, and as the states before Evaluate leave it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from evaluate.steps.search import choose_trial
from tests.unit.evaluate.container_output import archive, prediction_lines
from tests.unit.evaluate.made_documents import PREFIX, RUN
from tests.unit.evaluate.made_run import MadeRun

JOB = "churn-20261122-1015-1f2e3d4c"
BEGAN = datetime(2026, 11, 22, 10, 20, tzinfo=UTC)
TUNING: dict[str, Any] = {
    "attempts": [JOB],
    "config": {
        "Strategy": "Bayesian",
        "HyperParameterTuningJobObjective": {
            "Type": "Minimize",
            "MetricName": "validation:logloss",
        },
        "ParameterRanges": {
            "IntegerParameterRanges": [{"Name": "max_depth", "MinValue": "2", "MaxValue": "8"}],
            "ContinuousParameterRanges": [{"Name": "eta", "MinValue": "0.02", "MaxValue": "0.2"}],
            "CategoricalParameterRanges": [],
        },
    },
    "static": {},
    "asked": 4,
    "usd_per_hour": 0.36,
    "timeout_seconds": 7200,
    "found": {
        "run": RUN,
        "job": None,
        "strategy": "Bayesian",
        "objective": "binary:logistic",
        "metric": "logloss",
        "task": "binary",
        "rows": 1400,
        "features": 12,
        "names": ["eta", "max_depth"],
        "hyperparameters": {},
    },
}


class FakeSageMaker:
    """What the step asks of a search: its jobs, two a page, and the jobs themselves."""

    def __init__(self, first: float | None, trials: list[dict[str, Any]], **told: Any) -> None:
        self.first, self.trials = first, trials
        self.told = {
            "HyperParameterTuningJobStatus": "Completed",
            "CreationTime": BEGAN,
            "HyperParameterTuningEndTime": BEGAN + timedelta(minutes=9),
        } | told
        self.late: dict[str, Any] = {}
        """What the first training job tells when it is asked again."""
        self.refused: dict[str, Exception] = {}

    def _allow(self, call: str) -> None:
        if call in self.refused:
            raise self.refused[call]

    def describe_hyper_parameter_tuning_job(self, **asked: str) -> dict[str, Any]:
        self._allow("describe_tuning")
        assert asked == {"HyperParameterTuningJobName": JOB}
        return self.told

    def describe_training_job(self, *, TrainingJobName: str) -> dict[str, Any]:  # noqa: N803
        self._allow("describe_training")
        if TrainingJobName == RUN:
            return self.late
        return {
            "TrainingJobName": TrainingJobName,
            "TrainingJobStatus": "Completed",
            "SecondaryStatus": "Completed",
            "CreationTime": BEGAN,
            "ModelArtifacts": {"S3ModelArtifacts": artefact(TrainingJobName)},
            "TrainingTimeInSeconds": 80,
            "BillableTimeInSeconds": 80,
        }

    def get_paginator(self, operation: str) -> "FakeSageMaker":
        assert operation == "list_training_jobs_for_hyper_parameter_tuning_job"
        return self

    def paginate(self, **asked: str) -> Iterator[dict[str, Any]]:
        # The service lists the newest first unless it is asked for another order.
        assert asked["SortOrder"] == "Ascending"
        assert asked["SortBy"] == "CreationTime"
        self._allow("list")
        for start in range(0, len(self.trials), 2):
            if start:
                self._allow("second_page")
            yield {"TrainingJobSummaries": self.trials[start : start + 2]}


def artefact(job: str) -> str:
    return f"s3://drops/{PREFIX}/model/{job}/output/model.tar.gz"


def trial(
    number: int, value: float | None, status: str = "Completed", **more: Any
) -> dict[str, Any]:
    summary = {
        "TrainingJobName": f"{JOB}-{number:03d}-0a1b2c3d",
        "TrainingJobStatus": status,
        "TrainingStartTime": BEGAN,
        "TrainingEndTime": BEGAN + timedelta(seconds=100),
        "TunedHyperParameters": {"eta": f"0.0{number}", "max_depth": str(number)},
        **more,
    }
    if value is not None:
        summary["FinalHyperParameterTuningJobObjectiveMetric"] = {
            "MetricName": "validation:logloss",
            "Value": value,
        }
    return summary


def described(first: float | None) -> dict[str, Any]:
    """Return what DescribeTrainingJob says of the first job."""
    metrics = [{"MetricName": "train:logloss", "Value": 0.1}]
    if first is not None:
        metrics.append({"MetricName": "validation:logloss", "Value": first})
    return {
        "FinalMetricDataList": metrics,
        "TrainingTimeInSeconds": 74,
        "BillableTimeInSeconds": 74,
    }


def event_of(
    run: MadeRun, first: float | None, search: dict[str, Any] | None = None, **tuning: Any
) -> Any:
    return {
        "step": "search",
        "bucket": "drops",
        "prefix": PREFIX,
        "fit": {**run.event["fit"], "tuning": TUNING | tuning},
        "training": run.event["training"] | {"described": described(first)},
        "search": search or {"job": JOB, "status": "Completed"},
    }


def add_search(
    run: MadeRun, sagemaker: FakeSageMaker, first: Any = None, search: Any = None, **tuning: Any
) -> Any:
    """Do the step, and what the state machine makes of its answer.

    Parameters
    ----------
    first : what the first training job's model predicts of the test rows.
    """
    event = event_of(run, sagemaker.first, search, **tuning)
    chosen = choose_trial(run.files, sagemaker, event)
    run.event["fit"] = event["fit"] | {"hyperparameters": chosen["hyperparameters"]}
    run.event["training"] = chosen["training"]
    run.s3.objects[chosen["training"]["model_data"].removeprefix("s3://drops/")] = archive(
        run.booster
    )
    run.event["trials"] = {"predicted": bool(chosen["compare"]), "reason": ""}
    if chosen["compare"] and first is not None:
        put_predictions(run, "trials/first", first)
    return chosen


def put_predictions(run: MadeRun, folder: str, predicted: Any) -> None:
    names = run.files.names("data/truth")
    sizes = [run.text(f"data/truth/{name}").count("\n") - 1 for name in names]
    for name, rows in zip(names, np.split(predicted, np.cumsum(sizes)[:-1]), strict=True):
        run.put(f"{folder}/{name}.out", prediction_lines(rows))
