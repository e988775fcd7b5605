"""A decision in one sentence, for report and message."""

from collections.abc import Sequence

from pipeline.documents.scoring.decision import Decision
from pipeline.vocabulary import COST_ROWS, THRESHOLD
from pipeline.wording import counted, figure, probability, quoted, shorten

_REASON = 240
_AIMS = {"f1": "F1", "accuracy": "accuracy"}


def told(decision: Decision | None, classes: Sequence[str] | None) -> str | None:
    """Say from which probability on a row is positive, and whether probabilities are corrected.

    What was left as it is for want of something is said with the reason.

    Returns
    -------
    None if both are as usual.
    """
    if decision is None:
        return None
    threshold = "" if decides_as_usual(decision) else _threshold(decision, classes or [])
    said = [threshold, _calibration(decision), _left(decision)]
    return " ".join(filter(None, said)) or None


def decides_as_usual(decision: Decision) -> bool:
    """Tell whether the likelier class is named, as it is of several classes in any case."""
    return decision["threshold"] == THRESHOLD and decision["chosen_for"] != "cost"


def _threshold(decision: Decision, classes: Sequence[str]) -> str:
    aim, known = decision["chosen_for"], decision["validation"]
    head = (
        f"A row counts as {quoted(classes[1], 30)} from a probability of "
        f"{probability(decision['threshold'])} on"
    )
    if aim == "cost":
        why = ", which costs least"
        if costs := decision["costs"]:
            why += f" at {costs['false_alarm']:g} a false alarm and {costs['miss']:g} a miss"
    else:
        why = f", which is best for {_AIMS[aim]}"
    if known is None or known["value"] is None:
        return f"{head}{why}."
    unit = f"cost of {COST_ROWS:,} rows" if aim == "cost" else _AIMS[aim]
    return (
        f"{head}{why}: on {counted(known['rows'], 'validation row')} {unit} "
        f"{figure(known['value'], 3)}, and {figure(known['default_value'], 3)} from 0.5 on."
    )


def _calibration(decision: Decision) -> str:
    known = decision["validation"]
    if decision["calibration"] is None or known is None:
        return ""
    return (
        f"Probabilities are corrected by what came true of the validation rows: log loss "
        f"{figure(known['loss'], 3)} instead of {figure(known['raw_loss'], 3)} there."
    )


def _left(decision: Decision) -> str:
    """Say what no validation rows chose, and why."""
    if not decision["note"]:
        return ""
    left = "Probabilities are not corrected"
    if decision["validation"] is None and decision["task"] == "binary":
        left += ", and no rows chose the threshold"
    return f"{left}: {shorten(decision['note'].rstrip('.'), _REASON)}."
