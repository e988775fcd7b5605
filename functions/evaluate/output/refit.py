"""What a second training job, on the validation rows as well, made of the first one's model."""

import json

from evaluate.wording import short
from pipeline.documents.evaluation import RefitPart
from pipeline.documents.state import Judged, Training
from pipeline.notices import Notice, notice
from pipeline.wording import counted

_CAUSE = 120
"""So that the remedy behind it is not cut off."""


def early_of(event: Judged) -> Training:
    """Return the training job that validation rows stopped; the only one without a refit."""
    return event.get("early", event["training"])


def refitted(event: Judged) -> bool:
    """Tell whether the run's model is a second job's."""
    return early_of(event)["job"] != event["training"]["job"]


def hyperparameters_of(event: Judged, first: dict[str, str]) -> dict[str, str]:
    """Return all that the run's model was trained by.

    Parameters
    ----------
    first : those of the training that validation rows stopped.
    """
    return event["refit"]["hyperparameters"] if refitted(event) else first


def seconds_of(event: Judged, name: str) -> float | None:
    """Return what DescribeTrainingJob says of the seconds, of both jobs if there are two."""
    jobs = [early_of(event), event["training"]] if refitted(event) else [event["training"]]
    told = [job["described"].get(name) for job in jobs]
    known = [float(seconds) for seconds in told if seconds is not None]
    return sum(known) if len(known) == len(jobs) else None


def refit_part(event: Judged) -> RefitPart | None:
    """Return what evaluation.json tells of it; None if there is none."""
    if not refitted(event):
        return None
    early, rounds = early_of(event), event["refit"]["rounds"]
    return {
        "early_job": early["job"],
        "early_seconds": early["described"].get("TrainingTimeInSeconds"),
        "rounds": rounds,
        "sentence": (
            f"It was trained twice, the second time on train and validation rows, for the "
            f"{counted(rounds, 'round')} that the first found."
        ),
    }


def refit_warnings(event: Judged) -> list[Notice]:
    """Warn of a second training that was to be and is not there."""
    if refitted(event) or "refit" not in event:
        return []
    reason = event["refit"].get("reason") or _said(event["refit"].get("error"))
    if not reason:
        return []
    return [
        notice(
            "not_refitted",
            f"The model was not trained again on the validation rows: "
            f"{short(reason.rstrip('.'), _CAUSE)}. The first model was gone on with; drop the file "
            f"again, or set refit to false in pipeline.json.",
        )
    ]


def _said(error: dict[str, str] | None) -> str:
    """Return what ended the job, or the call that asks for it."""
    if error is None:
        return ""
    name, cause = str(error.get("Error") or "unknown"), str(error.get("Cause") or "")
    try:
        document = json.loads(cause)
    except ValueError:
        document = None
    if isinstance(document, dict):
        status = document.get("SecondaryStatus") or document.get("TrainingJobStatus")
        cause = document.get("FailureReason") or document.get("errorMessage") or status or ""
    return f"{name}: {cause}" if cause else name
