"""The verdict in one sentence, which message, report and panel begin with."""

from evaluate.verdict.judgement import Judgement
from evaluate.verdict.rule import GUESSED
from evaluate.verdict.warnings import FEW_ROWS
from evaluate.wording import span
from pipeline.vocabulary import Outcome, TargetBy
from pipeline.wording import counted, figure, quoted

HEADS: dict[Outcome, str] = {
    "approved": "Approved",
    "pending": "Waiting for approval",
    "kept_champion": "Not promoted",
    "below_minimum": "Below the minimum",
}
_GUESSES: dict[TargetBy, str] = {
    "first": "the first column, {}, where SageMaker's own CSV has it",
    "last": "the last column, {}, for want of one that is called so",
    "names": "{}, one of several columns that are called so",
}


def sentence_of(judgement: Judgement, rows: int, target: str) -> str:
    """Say the verdict in one sentence."""
    head = HEADS[judgement.verdict.outcome]
    label, value = judgement.metric.label, figure(judgement.value)
    if label[1:2].islower():
        label = label[0].lower() + label[1:]
    guess = _guess(judgement, target)
    return (
        f"{head}: {guess}the model predicts {quoted(target)} with {label} {value} "
        f"on {_seen(judgement, rows)}{_beside(judgement)}{_because(judgement)}."
    )


def _guess(judgement: Judgement, target: str) -> str:
    """Say first of all that nobody named the target, as the rest is worth little then."""
    if not judgement.rule.guessed:
        return ""
    how = _GUESSES[judgement.rule.target_by].format(quoted(target))
    return (
        f'the target is a guess, {how}: set "target" in pipeline.json, or run with --target '
        f"COLUMN. As guessed, "
    )


def _seen(judgement: Judgement, rows: int) -> str:
    if rows >= FEW_ROWS:
        return f"{counted(rows, 'row')} that it never saw"
    interval = judgement.interval
    known = f"95 % interval {span(interval.low, interval.high)}" if interval else "too few to judge"
    return f"only {counted(rows, 'row')} that it never saw ({known})"


def _beside(judgement: Judgement) -> str:
    other = f"the model in use ({_measured(judgement)})"
    if judgement.finding == "better":
        return f", better than {other}"
    if judgement.finding == "worse":
        return f", worse than {other}"
    if judgement.finding == "equal":
        return f", equal within noise to {other}"
    if judgement.finding == "undecided":
        return f"; the model in use has {figure(judgement.champion_value)}"
    if judgement.apart and judgement.apart.reason not in judgement.verdict.reason:
        return "; the model in use could not be compared"
    return ""


def _measured(judgement: Judgement) -> str:
    """Return the champion's value; with the challenger's, if they are of a part of the rows."""
    champion = figure(judgement.champion_value)
    if judgement.rival_value == judgement.value:
        return champion
    rows, challenger = counted(judgement.rows or 0, "row"), figure(judgement.rival_value)
    return f"{challenger} against {champion} on the {rows} that neither was trained on"


def _because(judgement: Judgement) -> str:
    """Return the reason, where it is not what stands beside already."""
    if judgement.verdict.reason == GUESSED:
        return ""
    if judgement.finding in ("better", "worse") and judgement.verdict.outcome in (
        "approved",
        "kept_champion",
    ):
        return "" if judgement.rule.promotion == "auto" else f"; {judgement.verdict.reason}"
    return f"; {judgement.verdict.reason}"
