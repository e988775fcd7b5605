"""What a training job does after each round: tell, keep, and go on from where it was kept."""

import logging
import re
from pathlib import Path
from typing import Any

import xgboost

from dropforge.cloud.sagemaker.container.known_names import MAXIMIZE

logger = logging.getLogger(__name__)

_CHECKPOINT_NAME = "xgboost-checkpoint"
_CHECKPOINT = re.compile(rf"{_CHECKPOINT_NAME}\.[0-9]+")


class Progress(xgboost.callback.TrainingCallback):
    """Print each round's metrics in the container's form: ``[0]#011train-rmse:0.5``."""

    def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:  # noqa: ARG002
        """Print one line; the tab is #011 as the container's log driver writes it."""
        parts = [
            f"{name}-{metric}:{_last(values):.5f}"
            for name, metrics in evals_log.items()
            for metric, values in metrics.items()
        ]
        if parts and rank() == 0:
            print(f"[{epoch}]#011" + "#011".join(parts), flush=True)  # noqa: T201 - it is the log
        return False


class KeepIntermediate(xgboost.callback.TrainingCallback):
    """Save the model after each round, so that a stopped job leaves one."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path

    def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:  # noqa: ARG002
        """Write beside, then rename, so that the file is whole whenever the job is stopped."""
        draft = self.path.with_suffix(".sagemaker-ignore")
        save(model, draft)
        draft.replace(self.path)
        return False


def keep_checkpoints(directory: Path, done: int) -> Any:
    """Return what writes a checkpoint after some rounds.

    Parameters
    ----------
    done : rounds that an earlier job has done.
    """
    # The interval is the container's (callback.py): the rounds done before, so that a job
    # which starts anew keeps its first round and no other.
    return xgboost.callback.TrainingCheckPoint(str(directory), _CHECKPOINT_NAME, interval=done)


def stop_early(patience: int, metric: str, *, keep_best: bool) -> Any:
    """Return what ends the training once a metric of the validation gets no better.

    Parameters
    ----------
    patience : rounds without a better value.
    keep_best : leave out of the model the rounds after the best.
    """
    return xgboost.callback.EarlyStopping(
        rounds=patience,
        data_name="validation",
        metric_name=metric,
        maximize=metric in MAXIMIZE,
        save_best=keep_best,
    )


def save(booster: Any, path: Path) -> None:
    """Write UBJSON, as XGBoost does by default to a name without a suffix."""
    path.write_bytes(booster.save_raw("ubj"))


def checkpoint_of(directory: Path | None) -> tuple[str | None, int]:
    """Find the checkpoint to go on from (sagemaker_xgboost_container/checkpointing.py).

    The container looks for xgboost-checkpoint.3, while what it trains with writes
    xgboost-checkpoint_3.ubj: it never goes on from a checkpoint of its own, and a
    spot job that is interrupted starts anew.

    Returns
    -------
    The newest file, None if there is none, and how many rounds are done.
    """
    if directory is None:
        return None, 0
    directory.mkdir(parents=True, exist_ok=True)
    found = [
        (int(path.suffix[1:]), path)
        for path in directory.iterdir()
        if _CHECKPOINT.fullmatch(path.name)
    ]
    if not found:
        return None, 0
    last, path = max(found)
    logger.info("Checkpoint loaded from %s", path)
    logger.info("Resuming from iteration %d", last + 1)
    return str(path), last + 1


def rank() -> int:
    """Return the number of this host among all that train together."""
    return int(xgboost.collective.get_rank())


def _last(values: list[Any]) -> float:
    return float(values[-1][0] if isinstance(values[-1], tuple) else values[-1])
