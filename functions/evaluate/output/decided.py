"""A decision in one sentence, for report and message."""

from collections.abc import Sequence

from pipeline.documents.scoring.decision import Decision
from pipeline.wording import counted, figure, quoted

_AIMS = {"f1": "F1", "accuracy": "accuracy"}


def told(decision: Decision | None, classes: Sequence[str] | None) -> str | None:
    """Say from which probability on a row is positive, and whether probabilities are corrected.

    Returns
    -------
    None if both are as usual.
    """
    if decision is None:
        return None
    said = [_threshold(decision, classes or []), _calibration(decision)]
    return " ".join(filter(None, said)) or None


def _threshold(decision: Decision, classes: Sequence[str]) -> str:
    aim, known = decision["chosen_for"], decision["validation"]
    if aim == "default":
        return ""
    head = (
        f"A row counts as {quoted(classes[1], 30)} from a probability of "
        f"{figure(decision['threshold'], 3)} on"
    )
    if aim == "cost":
        costs = decision["costs"] or {"false_alarm": 0, "miss": 0}
        why = (
            f", where a false alarm at {figure(costs['false_alarm'])} and a miss at "
            f"{figure(costs['miss'])} cost least"
        )
    else:
        why = f", which is best for {_AIMS[aim]}"
    if known is None or known["value"] is None:
        return f"{head}{why}."
    unit = "cost a row" if aim == "cost" else _AIMS[aim]
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
