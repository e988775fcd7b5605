"""Challenger against champion on identical rows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np

from evaluate.holdout import Holdout, read_scores
from evaluate.measures import Floats
from evaluate.run_files import RunFiles
from evaluate.scored import Scored

ENCODER = "champion_encoder.json"
PREDICTIONS = "champion"


def champion_scores(
    files: RunFiles, holdout: Holdout, event: dict[str, Any], challenger: Scored, target: str
) -> Scored | str:
    """Read the champion's predictions of the test rows, or say why they cannot be compared.

    Parameters
    ----------
    event : of the evaluate step; ``champion``, ``comparison`` and ``fit.champion`` are read.
    challenger : whose truth, task and classes the champion must share.

    Raises
    ------
    PredictionCountError, PredictionValueError
        The champion ran, but its predictions do not match the test rows. A
        comparison that was asked for is not dropped silently.
    """
    asked = event.get("comparison") or {}
    if not asked.get("compared"):
        usable = event.get("fit", {}).get("champion") or {}
        reason = str(asked.get("reason") or usable.get("reason") or "it was not asked to predict")
        return reason.rstrip(".")
    encoded = files.read_json(ENCODER)["target"]
    if reason := _mismatch(encoded, challenger, target):
        return reason
    known = list(map(str, encoded.get("classes") or []))
    predicted = read_scores(files, holdout, PREDICTIONS, challenger.task, len(known))
    aligned = in_class_order(predicted, known, challenger.classes)
    return Scored(challenger.task, challenger.truth, aligned, challenger.classes)


def _mismatch(encoded: dict[str, Any], challenger: Scored, target: str) -> str:
    if encoded["name"] != target:
        return f"it predicts the column {encoded['name']!r}, this run {target!r}"
    if encoded["task"] != challenger.task:
        return f"it was trained for {encoded['task']}, this run for {challenger.task}"
    known = set(map(str, encoded.get("classes") or []))
    if apart := sorted(known ^ set(challenger.classes)):
        shown = ", ".join(apart[:5]) + (", …" if len(apart) > 5 else "")
        return f"its classes are not this run's; they differ in {shown}"
    return ""


def in_class_order(predicted: Floats, known: Sequence[str], wanted: Sequence[str]) -> Floats:
    """Rearrange probabilities from one order of the classes to another."""
    if list(known) == list(wanted):
        return predicted
    if predicted.ndim == 1:
        return 1 - predicted
    return predicted[:, np.array([known.index(name) for name in wanted])]


def is_newer(data: str | None, champion_data: str | None) -> bool:
    """Tell whether data is newer than the champion's, by the objects' LastModified.

    Parameters
    ----------
    data, champion_data : ISO 8601 with time zone. A champion that does not say
        counts as older.
    """
    if not champion_data:
        return True
    if not data:
        return False
    return datetime.fromisoformat(data) > datetime.fromisoformat(champion_data)
