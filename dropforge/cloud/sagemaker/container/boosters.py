"""Train the models of a job, mostly a single one (algorithm_mode/train.py, callback.py)."""

import logging
import os
import signal
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import xgboost

from dropforge.cloud.sagemaker.container.cross_validation import LeftOut, folds, summary
from dropforge.cloud.sagemaker.container.metrics import train_loss
from dropforge.cloud.sagemaker.container.rounds import (
    KeepIntermediate,
    Progress,
    checkpoint_of,
    keep_checkpoints,
    stop_early,
)

logger = logging.getLogger(__name__)

MODEL_NAME = "xgboost-model"


@dataclass(frozen=True)
class Models:
    """What all models of a job have in common."""

    rounds: int
    patience: int | None
    keep: bool
    values: dict[str, Any]
    own_metrics: Any
    last_metric: str | None
    watched: list[tuple["xgboost.DMatrix", str]]
    root: Path
    checkpoints: Path | None
    master: bool

    def model(self, fold: int | None = None) -> Path:
        """Return the place of a model, which bears the number of its fold."""
        return self.root / "model" / (MODEL_NAME if fold is None else f"{MODEL_NAME}-{fold}")

    def train(
        self, table: "xgboost.DMatrix", fold: int | None = None, log: Any = None
    ) -> "xgboost.Booster":
        """Train one model; the log is filled with its metrics."""
        directory = self.checkpoints
        if directory and fold is not None:
            directory = directory / f"model-{fold}"
        checkpoint, done = checkpoint_of(directory)
        watched = self.watched
        callbacks: list[Any] = [Progress()]
        # The rows of folds are some of the watched ones.
        own = table is watched[0][0]
        if own and train_loss.measures(self.values, self.own_metrics, table):
            watched = watched[1:]
            callbacks.insert(0, train_loss.TrainLoss(table))
        if directory and self.master:
            callbacks.append(keep_checkpoints(directory, done))
        if self.keep and self.master:
            callbacks.append(KeepIntermediate(self.model(fold)))
            signal.signal(signal.SIGTERM, _end_with_model)
        if self.patience and self.last_metric and len(self.watched) > 1:
            callbacks.append(stop_early(self.patience, self.last_metric, keep_best=self.master))
        return xgboost.train(
            self.values,
            table,
            num_boost_round=self.rounds - done,
            evals=watched,
            evals_result=log,
            custom_metric=self.own_metrics,
            callbacks=callbacks,
            xgb_model=checkpoint,
            verbose_eval=False,
        )


def cross_validated(
    job: Models, together: "xgboost.DMatrix", parts: int, repeats: int
) -> dict[int | None, "xgboost.Booster"]:
    """Train a model a fold; see cross_validation.py."""
    rows, labels = together.num_row(), together.get_label()
    logger.info("Run %d-round of %d-fold cross validation with %d rows", repeats, parts, rows)
    objective = job.values["objective"]
    classes = bool(job.values.get("num_class")) or objective.startswith("binary:")
    drawn = folds(rows, labels if classes else None, parts, repeats, np.random.RandomState())
    left_out = LeftOut(labels, repeats, classes=classes)
    boosters: dict[int | None, xgboost.Booster] = {}
    logs: list[Any] = []
    for fold, (kept, held) in enumerate(drawn):
        logger.info("Train cross validation fold %d", fold % parts + 1)
        log: dict[str, Any] = {}
        boosters[fold] = job.train(together.slice(kept), fold, log)
        logs.append(log)
        left_out.record(held, boosters[fold].predict(together.slice(held)))
        if len(logs) % parts == 0:
            logger.info("The metrics of round %d cross validation", len(logs) // parts)
            print(summary(job.rounds, logs[-parts:]), flush=True)  # noqa: T201 - it is the log
    left_out.save(job.root / "output" / "data")
    if repeats > 1:
        logger.info("The overall metrics of %d-round cross validation", repeats)
        print(summary(job.rounds, logs), flush=True)  # noqa: T201 - it is the log
    return boosters


def _end_with_model(_signum: int, _frame: FrameType | None) -> None:
    os._exit(0)
