"""Feature importance from the model file, without loading xgboost.

xgboost is slow and large to import (docs/adr/0020 has the figures), and nothing but the tree
statistics would be used of it. Its model format is documented and kept stable
(xgboost, "Introduction to Model IO", JSON schema).
"""

import json
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np

from evaluate.model.ubjson import read_ubjson
from scoring.archive import ModelArchiveError, ModelTooLargeError, Readable, read_files

MEMBER = "xgboost-model"
_NAME = re.compile(rf"{MEMBER}(-\d+)?")
MAX_JSON_BYTES = 32 * 1024**2
MAX_JSON_VALUES = 4_000_000


class ModelFormatError(Exception):
    """The model file is none whose trees can be read here."""


@dataclass(frozen=True)
class Model:
    """What the report tells of a model."""

    version: str
    """The xgboost release that wrote it."""
    models: int
    """How many files it has, whose mean is the prediction: with folds several."""
    trees: int
    gain: dict[int, float]
    """Mean gain of the splits on each feature, by index; for a linear model |weight|."""
    splits: dict[int, int]
    """How many splits use each feature."""


def read_model(archive: Readable) -> Model:
    """Read a model.tar.gz.

    Raises
    ------
    ModelArchiveError
        It is no archive, or lacks the model.
    ModelFormatError
        The model is too large or in another format.
    """
    try:
        files = read_files(archive, lambda name: _NAME.fullmatch(name) is not None)
    except ModelTooLargeError as error:
        raise ModelFormatError(str(error)) from error
    if not files:
        raise ModelArchiveError(f"it has no member {MEMBER}")
    return _together([parse_model(files[name]) for name in sorted(files)])


def _together(models: list[Model]) -> Model:
    """Add up the trees of models whose mean is the prediction."""
    if len(models) == 1:
        return models[0]
    total: dict[int, float] = defaultdict(float)
    splits: dict[int, int] = defaultdict(int)
    for model in models:
        for feature, gain in model.gain.items():
            # A linear model has weights and no splits.
            total[feature] += gain * model.splits.get(feature, 1)
            splits[feature] += model.splits.get(feature, 1)
    linear = not any(model.splits for model in models)
    return Model(
        models[0].version,
        len(models),
        sum(model.trees for model in models),
        {feature: total[feature] / splits[feature] for feature in total},
        {} if linear else dict(splits),
    )


def parse_model(content: bytes | bytearray) -> Model:
    """Read an xgboost model saved as JSON or UBJSON."""
    try:
        # In JSON a quote or white space follows the brace, in UBJSON a length's type.
        is_json = content[1:2] in (b'"', b" ", b"\n")
        document = _from_json(content) if is_json else read_ubjson(content)
        booster = document["learner"]["gradient_booster"]
        version = ".".join(str(int(number)) for number in document["version"])
        if booster["name"] == "gblinear":
            return _linear(booster, document["learner"]["learner_model_param"], version)
        # DART keeps its trees one level deeper.
        trees = (booster.get("gbtree") or booster)["model"]["trees"]
        return _trees(trees, version)
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise ModelFormatError(f"{MEMBER} is no xgboost model in JSON or UBJSON") from error
    except RecursionError as error:
        raise ModelFormatError(f"{MEMBER} is nested too deeply") from error


def _from_json(content: bytes | bytearray) -> Any:
    values = sum(content.count(mark) for mark in (b",", b"[", b"{"))
    if len(content) > MAX_JSON_BYTES or values > MAX_JSON_VALUES:
        raise ModelFormatError(
            f"the model is JSON of {len(content):,} bytes; above {MAX_JSON_BYTES:,} bytes or "
            f"{MAX_JSON_VALUES:,} values only UBJSON is read"
        )
    return json.loads(content)


def _trees(trees: list[Any], version: str) -> Model:
    total: dict[int, float] = defaultdict(float)
    splits: dict[int, int] = defaultdict(int)
    for tree in trees:
        inner = np.asarray(tree["left_children"]) != -1
        features = np.asarray(tree["split_indices"])[inner]
        with np.errstate(invalid="ignore"):
            gains = np.asarray(tree["loss_changes"], dtype=np.float64)[inner]
        if features.dtype.kind not in "iu" or (features.size and features.min() < 0):
            raise ValueError("split_indices are no indexes")
        if not np.isfinite(gains).all():
            raise ValueError("a gain is no number")
        for feature, gain in zip(features.tolist(), gains.tolist(), strict=True):
            total[feature] += gain
            splits[feature] += 1
    gain = {feature: total[feature] / splits[feature] for feature in total}
    return Model(version, 1, len(trees), gain, dict(splits))


def _linear(booster: Any, parameters: Any, version: str) -> Model:
    features = int(parameters["num_feature"])
    weights = np.asarray(booster["model"]["weights"], dtype=np.float64)
    # One row a feature, one column an output, the biases last.
    table = np.abs(weights.reshape(features + 1, -1)[:-1]).mean(axis=1)
    return Model(version, 1, 0, dict(enumerate(table.tolist())), {})
