"""The metric of each boosting round, from the training job's log.

SageMaker XGBoost prints ``[12]#011train-rmse:0.1#011validation-rmse:0.2``; #011
is how the log driver writes a tab.
"""

import re
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from pipeline.documents.model_part import Curve

LOG_GROUP = "/aws/sagemaker/TrainingJobs"
_MAX_PAGES = 50
_MAX_POINTS = 200
_ROUND = re.compile(r"\[(\d+)\](?=(?:#011|\s)+(?:train|validation)-)")
_VALUE = re.compile(r"(train|validation)-([^:\s#]+):(nan|-?inf|[-+.\deE]+)")
_NAME = re.compile(r"[^\s,\[\]'\"]+")


class NoLearningCurveError(Exception):
    """The log is not there, cannot be read, or holds no round; the message says which."""


def read_learning_curve(logs: Any, job: str, metric: str | None = None) -> Curve:
    """Read the learning curve of a training job from CloudWatch Logs.

    Parameters
    ----------
    metric : which of several metrics to show.

    Raises
    ------
    NoLearningCurveError
        There is none to show.
    """
    own = f"{job}/"
    request: dict[str, Any] = {"logGroupName": LOG_GROUP, "logStreamNamePrefix": own}
    streams: dict[str, list[str]] = {}
    try:
        for _ in range(_MAX_PAGES):
            page = logs.filter_log_events(**request)
            # The group holds every job's streams; a curve of another job would go unnoticed.
            for event in page.get("events", []):
                if (stream := event.get("logStreamName", "")).startswith(own):
                    streams.setdefault(stream, []).append(event["message"])
            if not page.get("nextToken"):
                break
            request["nextToken"] = page["nextToken"]
    except ClientError as error:
        code = error.response["Error"]["Code"]
        raise NoLearningCurveError(f"the log {LOG_GROUP} was not read ({code})") from error
    except BotoCoreError as error:
        raise NoLearningCurveError(f"the log {LOG_GROUP} was not read ({error})") from error
    if not streams:
        raise NoLearningCurveError(f"the log {LOG_GROUP} has no stream of the job {job}")
    # Of several instances one prints, or all print the same.
    told = (lines for _, lines in sorted(streams.items()) if any(map(_ROUND.search, lines)))
    return parse_learning_curve(next(told, []), metric)


def watched_metric(hyperparameters: Mapping[str, str]) -> str | None:
    """Return the metric that stops the training early, None if the job names none.

    Source: github.com/aws/sagemaker-xgboost-container, algorithm_mode/train.py: the last that
    eval_metric names, wherever the log has it.
    """
    names = _NAME.findall(hyperparameters.get("eval_metric", ""))
    return names[-1] if names else None


def parse_learning_curve(lines: list[str], metric: str | None = None) -> Curve:
    """Read the learning curve from log lines, thinned to a number that a plot can show.

    A job with folds trains a model after the other, whose rounds begin anew, and prints means of
    all at the end; the first model's rounds are the curve.

    Parameters
    ----------
    metric : which of several metrics to show. The container's own follow XGBoost's in a line,
        whatever the order of eval_metric. Without it, or if no line has it, the last is shown.
    """
    found: dict[int, dict[str, dict[str, float]]] = {}
    for line in lines:
        if match := _ROUND.search(line):
            if int(match[1]) == 0 and max(found, default=0) > 0:
                break
            values: dict[str, dict[str, float]] = {}
            for side, name, text in _VALUE.findall(line):
                # Of two of one name the container's own is the last, which stops the training.
                values.setdefault(side, {})[name] = float(text)
            found.setdefault(int(match[1]), values)
    rounds = sorted(number for number, values in found.items() if "train" in values)
    if not rounds:
        raise NoLearningCurveError("the training job's log holds no boosting round")
    logged = list(found[rounds[0]]["train"])
    shown = metric if metric in logged else logged[-1]
    rounds = [number for number in rounds if shown in found[number]["train"]]
    step = -(-len(rounds) // _MAX_POINTS)
    kept = sorted({*rounds[::step], rounds[-1]})
    both = all(shown in found[number].get("validation", {}) for number in kept)
    return {
        "metric": shown,
        "rounds": kept,
        "train": [found[number]["train"][shown] for number in kept],
        "validation": [found[number]["validation"][shown] for number in kept] if both else [],
    }
