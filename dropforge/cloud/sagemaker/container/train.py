"""Train a model in a job's folders (sagemaker_xgboost_container/algorithm_mode/train.py)."""

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xgboost
from xgboost.tracker import RabitTracker

from dropforge.cloud.sagemaker.container import data
from dropforge.cloud.sagemaker.container.boosters import Models, cross_validated
from dropforge.cloud.sagemaker.container.errors import (
    AlgorithmError,
    ContainerError,
    PlatformError,
    UserError,
)
from dropforge.cloud.sagemaker.container.hyperparameters import validate
from dropforge.cloud.sagemaker.container.metrics import custom_metrics
from dropforge.cloud.sagemaker.container.rounds import rank, save

logger = logging.getLogger(__name__)

# Faults of the data that the container lays at the user's door (constants/xgb_constants.py).
_CUSTOMER_ERRORS = (
    "label must be in [0,1] for logistic regression",
    "label must be in [0, num_class)",
    "Target is multiclass but average='binary'",
    "feature_names mismatch",
    "Check failed: preds.size() == info.labels_.size()",
    "Check failed: !auc_error AUC: the dataset only contains pos or neg samples",
    "Check failed: base_score > 0.0f && base_score < 1.0f base_score must be in (0,1)",
    "Check failed: label_correct PoissonRegression: label must be nonnegative",
    "Check failed: label_correct TweedieRegression: label must be nonnegative",
    "Parameter reg_lambda should be greater equal to 0",
)
# Below this many cells one thread is faster than waking several; measured on two cores.
_CELLS_FOR_THREADS = 2_000_000


def main(root: Path) -> int:
    """Run one host's part of a training job.

    Parameters
    ----------
    root : stands for /opt/ml.

    Returns
    -------
    0, or 1 with the cause in output/failure.
    """
    try:
        _run(root)
    except Exception as error:  # noqa: BLE001 - every end of a job is reported
        _fail(root, error)
        return 1
    return 0


def _fail(root: Path, error: Exception) -> None:
    logger.error("framework error", exc_info=error)
    kind = "sagemaker_algorithm_toolkit.exceptions." if isinstance(error, ContainerError) else ""
    output = root / "output"
    output.mkdir(exist_ok=True)
    # The container puts the whole traceback here; its last line is what tells something.
    (output / "failure").write_text(
        f"framework error: \n{kind}{type(error).__name__}: {error}", encoding="utf-8"
    )


@dataclass(frozen=True)
class _Tables:
    """The channels' rows; ``together`` has both channels' if folds are drawn from them."""

    train: Any
    validation: Any
    together: Any


def _run(root: Path) -> None:
    config = root / "input" / "config"
    values = validate(_read(config / "hyperparameters.json"))
    channels = data.validate_channels(_read(config / "inputdataconfig.json"))
    resources = _read(config / "resourceconfig.json")
    checkpoints = config / "checkpointconfig.json"
    checkpoint_dir = Path(_read(checkpoints)["LocalPath"]) if checkpoints.exists() else None
    if values.pop("use_dask_gpu_training", "false") == "true":
        raise UserError(
            "Some configurations unsuitable for Dask GPU training were found: "
            "No GPU is available on the instance"
        )
    content = data.content_type_of(channels["train"]["ContentType"])
    weights = values.pop("csv_weights", 0)
    folder = root / "input" / "data"
    # XGBoost reads text in one thread, and lets go of Python's lock while it does.
    with ThreadPoolExecutor() as pool:
        names = [name for name in ("train", "validation") if name in channels]
        read = pool.map(lambda name: data.matrix_of(folder / name, content, weights), names)
        matrices = dict(zip(names, read, strict=True))
    train, validation = matrices["train"], matrices.get("validation")
    together = train
    if "_kfold" in values and validation is not None:
        paths = (folder / "train", folder / "validation")
        together = data.matrix_of(paths[0], content, weights, paths[1])
    tables = _Tables(train, validation, together)
    if len(resources["hosts"]) > 1:
        _train_together(resources, values, tables, root, checkpoint_dir, channels)
        return
    if train is None:
        raise UserError(f"No data in training channel path {folder / 'train'}")
    if "validation" in channels and validation is None:
        raise UserError(f"No data in validation channel path {folder / 'validation'}")
    logger.info("Single node training.")
    _share_threads(values, tables.train, resources)
    _train(values, tables, root, checkpoint_dir, master=True)


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _train_together(
    resources: dict[str, Any],
    values: dict[str, Any],
    tables: _Tables,
    root: Path,
    checkpoint_dir: Path | None,
    channels: dict[str, Any],
) -> None:
    """Train with the other hosts through XGBoost's own collective.

    The container's hosts first tell each other who has data, and go on without
    those that have none; here the platform has seen to that, see hosts.py.
    """
    if tables.train is None or ("validation" in channels and tables.validation is None):
        raise PlatformError("this host has no data and should not have been started")
    _share_threads(values, tables.train, resources)
    member = resources["collective"]
    tracker = None
    if resources["current_host"] == resources["hosts"][0]:
        tracker = RabitTracker(
            n_workers=len(resources["hosts"]),
            host_ip=member["dmlc_tracker_uri"],
            port=member["dmlc_tracker_port"],
            sortby="task",
        )
        tracker.start()
    with xgboost.collective.CommunicatorContext(**member):
        master = rank() == 0
        _train(values, tables, root, checkpoint_dir, master=master)
    if tracker is not None:
        tracker.wait_for()


def _train(
    values: dict[str, Any],
    tables: _Tables,
    root: Path,
    checkpoint_dir: Path | None,
    *,
    master: bool,
) -> None:
    parts, repeats = values.pop("_kfold", None), values.get("_num_cv_round", 1)
    if "updater" in values:
        values["updater"] = ",".join(values["updater"])
    own_metrics, last = custom_metrics.chosen(values)
    job = Models(
        rounds=values.pop("num_round"),
        patience=values.pop("early_stopping_rounds", None),
        keep=values.pop("save_model_on_termination", "false") == "true",
        values=values,
        own_metrics=own_metrics,
        last_metric=last,
        watched=_watched(tables.train, tables.validation),
        root=root,
        checkpoints=checkpoint_dir,
        master=master,
    )
    job.model().parent.mkdir(exist_ok=True)
    try:
        if parts is None:
            boosters: dict[int | None, xgboost.Booster] = {None: job.train(tables.train)}
        else:
            values.pop("_num_cv_round", None)
            boosters = cross_validated(job, tables.together, parts, repeats)
    except Exception as error:
        if any(known in str(error) for known in _CUSTOMER_ERRORS):
            raise UserError(str(error)) from error
        raise AlgorithmError(f"XGB train call failed with exception:\n {error}") from error
    if master:
        for fold, booster in boosters.items():
            save(booster, job.model(fold))


def _share_threads(
    values: dict[str, Any], train: "xgboost.DMatrix", resources: dict[str, Any]
) -> None:
    """Take as many threads as are worth it, of those that the jobs beside this one leave."""
    small = train.num_row() * train.num_col() < _CELLS_FOR_THREADS
    threads = 1 if small else resources.get("threads")
    if threads is not None:
        values.setdefault("nthread", threads)


def _watched(
    train: "xgboost.DMatrix", validation: "xgboost.DMatrix | None"
) -> list[tuple["xgboost.DMatrix", str]]:
    """Return the tables whose metrics are told after each round, with the channels' names."""
    logger.info("Train matrix has %d rows and %d columns", train.num_row(), train.num_col())
    if validation is None:
        return [(train, "train")]
    logger.info("Validation matrix has %d rows", validation.num_row())
    return [(train, "train"), (validation, "validation")]
