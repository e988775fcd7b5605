"""Step decision: a new classifier's probabilities corrected, and its threshold chosen."""

from typing import TypedDict

from pipeline import layout
from pipeline.documents import kinds, reading
from pipeline.documents.run_files import RunFiles
from pipeline.documents.scoring import decision
from pipeline.documents.scoring.decision import Calibration, ChosenFor, DecidedFacts, OnValidation
from pipeline.settings import Costs, Settings, metric_of
from pipeline.vocabulary import COST_ROWS, THRESHOLD, Task
from predict.decision.calibration import calibration_of
from predict.decision.held_out import HeldOut, NothingHeldOutError, held_out
from predict.decision.threshold import Aim, threshold_of, value_of
from predict.loading import loaded_model
from scoring.calibrated import calibrated
from scoring.decision import Decision
from scoring.links import Floats

VERSION = 1
_AIMS: dict[str, ChosenFor] = {"f1": "f1", "accuracy": "accuracy"}
"""Metrics that count decisions. Others, as AUC and log loss, have none to choose a threshold by."""


class DecisionEvent(TypedDict):
    """What the step is given."""

    bucket: str
    prefix: str
    model_data: str
    """s3:// address of the new model's model.tar.gz."""


def choose_decision(files: RunFiles, event: DecisionEvent) -> DecidedFacts:
    """Write decision.json.

    Raises
    ------
    ArtefactError
        The request, the encoder, the validation rows or the model are missing, damaged, or do not
        belong together.
    """
    encoder = files.read_document(kinds.ENCODER)
    task = encoder["target"]["task"]
    if task == "regression":
        return {"decided": False, "note": ""}
    request = files.read_document(kinds.REQUEST)
    settings = reading.settings_of(request, files.uri(layout.REQUEST))
    model = loaded_model(files.bucket.client, event["model_data"], len(encoder["features"]))
    try:
        rows = held_out(files, model, encoder)
    except NothingHeldOutError as error:
        found = undecided(task, settings, str(error))
    else:
        found = decided(task, settings, rows)
    files.write_document(kinds.DECISION, found)
    return {"decided": True, "note": found["note"]}


def undecided(task: Task, settings: Settings, note: str) -> decision.Decision:
    """Return the decision without rows to choose it by: the model's own probabilities.

    What costs say of a threshold holds without rows, too.
    """
    aim = _aim(task, settings)
    threshold = aim.usual if aim else THRESHOLD
    return _document(task, settings, threshold, aim, None, None, note)


def decided(task: Task, settings: Settings, rows: HeldOut) -> decision.Decision:
    """Return the decision that rows tell: first probabilities, then the threshold of them."""
    gain = calibration_of(rows.truth, rows.predicted)
    own = calibrated(_applied(gain.calibration), rows.predicted)
    aim = _aim(task, settings)
    threshold = threshold_of(rows.truth, own, aim) if aim else THRESHOLD
    told: OnValidation = {
        "rows": len(rows.truth),
        "positives": int(rows.truth.sum()) if task == "binary" else None,
        "value": _told(rows.truth, own, threshold, aim),
        "default_value": _told(rows.truth, own, THRESHOLD, aim),
        "loss": gain.corrected,
        "raw_loss": gain.raw,
    }
    return _document(task, settings, threshold, aim, gain.calibration, told, "")


def _aim(task: Task, settings: Settings) -> Aim | None:
    """Return what the threshold is to be best for: costs, if they are told, else the metric."""
    if task != "binary":
        return None
    if costs := settings.get("costs"):
        return Aim("cost", costs)
    name = _AIMS.get(metric_of(settings, task))
    return Aim(name) if name else None


def _applied(calibration: Calibration | None) -> Decision:
    if calibration is None:
        return Decision()
    return Decision(slope=calibration["slope"], intercept=calibration["intercept"])


def _told(truth: Floats, predicted: Floats, threshold: float, aim: Aim | None) -> float | None:
    """Return F1, accuracy or the cost of COST_ROWS rows at a threshold."""
    if aim is None:
        return None
    value = value_of(truth, predicted >= threshold, aim)
    return {"f1": value, "accuracy": 1 + value, "cost": -COST_ROWS * value}[aim.chosen_for]


def _document(
    task: Task,
    settings: Settings,
    threshold: float,
    aim: Aim | None,
    calibration: Calibration | None,
    told: OnValidation | None,
    note: str,
) -> decision.Decision:
    costs: Costs | None = settings.get("costs") if task == "binary" else None
    return {
        "version": VERSION,
        "task": task,
        "metric": metric_of(settings, task),
        "costs": costs,
        "threshold": threshold,
        "chosen_for": aim.chosen_for if aim else "default",
        "calibration": calibration,
        "validation": told,
        "note": note,
    }
