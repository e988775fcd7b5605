"""Read the channels of a training job (sagemaker_xgboost_container/data_utils.py)."""

import csv
import logging
import os
import tempfile
import warnings
from pathlib import Path
from typing import Any

import xgboost

from dropforge.cloud.sagemaker.container.errors import AlgorithmError, UserError

logger = logging.getLogger(__name__)

_CSV, _LIBSVM, _PARQUET, _RECORDIO = "csv", "libsvm", "parquet", "recordio-protobuf"
_CONTENT_TYPES = {
    "csv": _CSV,
    "text/csv": _CSV,
    "libsvm": _LIBSVM,
    "text/libsvm": _LIBSVM,
    "text/x-libsvm": _LIBSVM,
    "parquet": _PARQUET,
    "application/x-parquet": _PARQUET,
    "recordio-protobuf": _RECORDIO,
    "application/x-recordio-protobuf": _RECORDIO,
}
_FOLDER_DEPTH = 3


def content_type_of(text: str | None) -> str:
    """Return the format that a channel's ContentType names; libsvm when it names none.

    Raises
    ------
    UserError
        The container has no such format, or label_size is not 1.
    """
    if text is None:
        return _LIBSVM
    name, *parameters = (part.strip() for part in text.lower().split(";"))
    if name not in _CONTENT_TYPES:
        accepted = ", ".join(_CONTENT_TYPES)
        raise UserError(f"{text} is not an accepted ContentType: {accepted}.")
    named = dict([each.strip() for each in part.partition("=")[::2]] for part in parameters)
    if _CONTENT_TYPES[name] == _CSV and named.get("label_size", "1").strip('"') != "1":
        raise UserError(
            f"{text} is not an accepted csv ContentType. "
            "Optional parameter label_size must be equal to 1"
        )
    return _CONTENT_TYPES[name]


def validate_channels(channels: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Check the channels' names and modes (algorithm_mode/channel_validation.py)."""
    if "train" not in channels:
        raise UserError("Missing required channel: train")
    for name, channel in channels.items():
        if name not in ("train", "validation", "code"):
            raise UserError(f"Extraneous channel found: {name}")
        content = channel.setdefault("ContentType", "text/libsvm")
        mode = channel.get("TrainingInputMode")
        # As it is written: with a parameter or in capitals it is another.
        usable = content in _CONTENT_TYPES and mode in ("File", "Pipe")
        if name == "code":
            replicated = channel.get("S3DistributionType") == "FullyReplicated"
            usable = content == "text/python" and mode == "File" and replicated
        if not usable:
            raise UserError(
                f"Channel configuration for '{name}' channel is not supported: {channel}"
            )
        if channel["TrainingInputMode"] == "Pipe":
            raise UserError(
                "Pipe mode for CSV is no longer supported. Please use Fast File mode (default) "
                "instead. Set input_mode='File' in your SageMaker Estimator or TrainingInput."
            )
    return channels


def matrix_of(
    path: Path, content_type: str, csv_weights: int, *more: Path
) -> "xgboost.DMatrix | None":
    """Load a channel; None when its files hold no bytes.

    Parameters
    ----------
    more : channels whose rows come behind. AWS's container puts the files in any order.
    csv_weights : 1 if the second column of a CSV file holds the row's weight.

    Raises
    ------
    UserError
        A hidden file, a delimiter that cannot be guessed, text that is no number.
    """
    if sum(map(_size_of, (path, *more))) == 0:
        return None
    for file in [file for each in (path, *more) for file in _data_files(each)]:
        if content_type == _CSV:
            with file.open(encoding="utf-8", errors="ignore") as lines:
                delimiter_of(lines.readline())
    with tempfile.TemporaryDirectory(prefix="input-") as own:
        # XGBoost's reader also lists the folder above the one that it reads, and fails if a file
        # goes meanwhile; in the folder for all temporary files many do.
        merged = Path(own, "data")
        merged.mkdir()
        for number, each in enumerate((path, *more)):
            _gather(each, merged, f"{number}_" if more else "")
        matrix = _READERS[content_type](merged, csv_weights)
    if matrix.get_label().size == 0:
        raise UserError(
            "Got input data without labels. Please check the input data set. If training job is "
            "running on multiple instances, please switch to using single instance if number of "
            "records in the data set is less than number of workers (16 * number of instance) in "
            "the cluster."
        )
    return matrix


def delimiter_of(line: str) -> str:
    """Guess the delimiter from a line, as the container does, with csv.Sniffer."""
    try:
        delimiter = csv.Sniffer().sniff(line).delimiter
    except csv.Error as error:
        raise UserError(f"Could not determine delimiter on line {line[:50]}:\n{error}") from error
    logger.info("Determined delimiter of CSV input is '%s'", delimiter)
    return delimiter


def _size_of(path: Path) -> int:
    total = 0
    for file in path.rglob("*"):
        if file.is_file():
            if file.name.startswith("."):
                raise UserError("Hidden file found in the data path! Remove that before training.")
            total += file.stat().st_size
    return total


def _data_files(path: Path) -> list[Path]:
    # The container looks at the files of the first folder that has no folders in it.
    for root, directories, files in os.walk(path):
        if not directories:
            return [Path(root, name) for name in files if not name.startswith((".", "_"))]
    return []


def _gather(path: Path, target: Path, prefix: str) -> None:
    """Link all files into one folder, since XGBoost reads one folder."""
    for file in sorted(path.rglob("*")):
        inner = file.relative_to(path)
        if not file.is_file():
            continue
        if len(inner.parts) > _FOLDER_DEPTH:
            logger.warning("Files deeper than %d folders are not loaded: %s", _FOLDER_DEPTH, inner)
            continue
        (target / (prefix + "_".join(inner.parts))).symlink_to(file)


def _read_csv(folder: Path, csv_weights: int) -> "xgboost.DMatrix":
    # The container takes the first that the folder's list gives, which is any: an unlucky one here.
    first = min(folder.iterdir(), key=lambda file: (not file.name.startswith("_"), file.name))
    with first.open(encoding="utf-8", errors="ignore") as lines:
        delimiter = delimiter_of(lines.readline())
    weights = "&weight_column=1" if csv_weights == 1 else ""
    try:
        return _load(f"{folder}?format=csv&label_column=0&delimiter={delimiter}{weights}")
    except xgboost.core.XGBoostError as error:
        raise UserError(f"Failed to load csv data with exception:\n{error}") from error


def _read_libsvm(folder: Path, _csv_weights: int) -> "xgboost.DMatrix":
    try:
        return _load(f"{folder}?format=libsvm")
    except xgboost.core.XGBoostError as error:
        raise UserError(f"Failed to load libsvm data with exception:\n{error}") from error


def _load(uri: str) -> "xgboost.DMatrix":
    # XGBoost warns that reading text is deprecated; the container reads it so all the same.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return xgboost.DMatrix(uri)


def _read_other(_folder: Path, _csv_weights: int) -> "xgboost.DMatrix":
    raise AlgorithmError(
        "this local container reads text/csv and text/libsvm; parquet and recordio-protobuf "
        "channels need AWS"
    )


_READERS = {
    _CSV: _read_csv,
    _LIBSVM: _read_libsvm,
    _PARQUET: _read_other,
    _RECORDIO: _read_other,
}
