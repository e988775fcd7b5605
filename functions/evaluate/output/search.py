"""What a search for hyperparameters gained, for evaluation.json."""

import math
from dataclasses import replace

from evaluate.metrics.intervals import Interval, intervals_of, sample_of
from evaluate.metrics.measures import value_of
from evaluate.metrics.scored import OF_DECISIONS, RANKS, Metric, Scored
from evaluate.output.intervals import interval_part
from evaluate.rows.holdout import Holdout, read_scores
from evaluate.wording import duration, percent, short, signed
from pipeline.documents import kinds, reading
from pipeline.documents.run_files import RunFiles
from pipeline.documents.search.facts import BEST, FIRST
from pipeline.documents.search.searched import Gain, Searched, SearchPart
from pipeline.documents.state import Judged
from pipeline.errors import ArtefactError, EvaluationError
from pipeline.notices import Notice, notice
from pipeline.vocabulary import THRESHOLD
from pipeline.wording import counted, figure
from scoring.decision import Decision

_COMPLETED = "Completed"
"""What SageMaker calls a search that ran to its end."""
_REASON = 200
_CAUSE = 140
"""So that the remedy behind it is not cut off; the report has the whole."""
_OWN = "predictions"
"""The folder of what batch transform predicts with the run's model."""


def search_part(
    files: RunFiles,
    event: Judged,
    holdout: Holdout,
    scored: Scored,
    metric: Metric,
) -> tuple[SearchPart | None, list[Notice]]:
    """Add to what the search says of itself what it gained on the test rows; warn if it fell short.

    Parameters
    ----------
    scored : the test rows, as the run's model predicts them.

    Returns
    -------
    None without a search, and without what it says of itself: the model is as good as it is.
    """
    if "tuning" not in event["fit"]:
        return None, []
    try:
        searched = files.read_document(kinds.SEARCH)
        with reading.belonging(files.uri(kinds.SEARCH.file)):
            gain, note = _gain(files, event, searched, holdout, scored, metric)
            part: SearchPart = {**searched, "test": gain, "note": note, "sentence": ""}
            part["sentence"] = sentence_of(part, metric, _apart(scored, metric))
    except ArtefactError as error:
        return None, [_untold(error)]
    return part, _warnings(part)


def _gain(
    files: RunFiles,
    event: Judged,
    searched: Searched,
    holdout: Holdout,
    scored: Scored,
    metric: Metric,
) -> tuple[Gain | None, str]:
    """Return the test values of the search's first and best model, or why there are none."""
    if not searched["best"]:
        return None, ""
    asked = event["trials"]
    if not asked["predicted"]:
        return None, asked["reason"] or "the test rows were not predicted by the first model"
    try:
        first = _scored(files, FIRST, holdout, scored)
        refitted = event["fit"].get("refit", False)
        best = _scored(files, BEST if refitted else _OWN, holdout, scored)
    except (ArtefactError, EvaluationError) as error:
        return None, short(str(error), _REASON)
    measures = [metric.measure(first), metric.measure(best)]
    values = [float(value_of(measure, scored.rows)) for measure in measures]
    if not all(map(math.isfinite, values)):
        return None, f"{metric.label} is not defined on these rows"
    sample = sample_of(measures, scored.rows, scored.groups)
    difference: Interval | None = intervals_of(measures, scored.rows, metric.bounds, sample)[2]
    return {
        "metric": metric.name,
        "first": values[0],
        "best": values[1],
        "difference": values[1] - values[0],
        "interval": interval_part(difference),
    }, ""


def _scored(files: RunFiles, folder: str, holdout: Holdout, beside: Scored) -> Scored:
    """Read what a model predicts, with the usual threshold and as it stands.

    A decision is chosen for the run's model alone; what it adds is not the search's.
    """
    predicted = read_scores(files, holdout, folder, beside.task, len(beside.classes))
    return replace(beside, predicted=predicted, decision=Decision())


def _apart(scored: Scored, metric: Metric) -> str:
    """Say in which way the run's model decides otherwise than its gain was measured."""
    decision, of_decisions = scored.decision, metric.name in OF_DECISIONS
    many = scored.predicted.ndim == 2
    said = []
    if of_decisions and not many and decision.threshold != THRESHOLD:
        said.append(f"at {THRESHOLD:g}")
    # A correction keeps ranks, and which of several classes is likeliest.
    if decision.corrects and metric.name not in RANKS and not (of_decisions and many):
        said.append("uncorrected")
    return ", ".join(said)


def sentence_of(part: SearchPart, metric: Metric, apart: str = "") -> str:
    """Say what the search tried, what it gained and what it cost.

    Parameters
    ----------
    apart : how the test rows were decided for that, if the run's model decides otherwise.
    """
    jobs = counted(len(part["trials"]), "training job")
    others = [
        f"{count:,} {word}"
        for word in ("failed", "stopped")
        if (count := sum(trial["status"] == word for trial in part["trials"]))
    ]
    said = f"The search tried {jobs}" + (f" ({', '.join(others)})" if others else "")
    first, best = part["trials"][0]["value"], part["trials"][part["best"]]["value"]
    how = f" ({apart})" if apart else ""
    if part["best"] and first is not None and best is not None:
        change = f" ({_change(first, best)})" if first else ""
        said += (
            f": on the validation rows {part['metric']} went from {figure(first)} to "
            f"{figure(best)}{change}"
        )
        if gain := part["test"]:
            said += f", on the test rows{how} {_test(gain, metric)}"
    elif part["best"]:
        said += f": on the validation rows {part['metric']} reached {figure(best)}, and the first "
        said += "told none to compare it with"
        if gain := part["test"]:
            said += f"; on the test rows{how} {_test(gain, metric)}"
    elif first is None:
        said += f", and none told its {part['metric']} on the validation rows"
    else:
        said += (
            f", and none was better than the first (validation {part['metric']} {figure(first)})"
        )
    return f"{said}. {_cost(part)}{_problem(part)}"


def _change(first: float, best: float) -> str:
    change = best / first - 1
    sign = "+" if change > 0 else "\u2212"
    return f"{sign}{percent(abs(change))}"


def _test(gain: Gain, metric: Metric) -> str:
    said = f"{metric.label} from {figure(gain['first'])} to {figure(gain['best'])}"
    interval = gain["interval"]
    if not interval:
        return said
    ends = (signed(interval[end], gain["best"]) for end in ("low", "high"))
    return f"{said}, with 95 % confidence by {' to '.join(ends)}"


def _cost(part: SearchPart) -> str:
    if part["seconds"] is None:
        return ""
    cost = part["cost_usd"]
    billed = f"{duration(part['billable_seconds'])} of instances"
    price = f", at most {cost:.2f} USD at list price" if cost is not None else ""
    return f"It took {duration(part['seconds'])}, and {billed}{price}."


def _problem(part: SearchPart) -> str:
    if not part["problem"]:
        return ""
    ended = "Not all of it is known" if _at_its_end(part) else "It ended early"
    return f" {ended}: {part['problem'].rstrip('.')}."


def _at_its_end(part: SearchPart) -> bool:
    return part["status"] == _COMPLETED


def _warnings(part: SearchPart) -> list[Notice]:
    """Warn of a search that did not do what the settings ask for."""
    if not part["problem"]:
        return []
    tried = counted(len(part["trials"]), "training job")
    how = "is known in part, by" if _at_its_end(part) else "ended after"
    return [
        notice(
            "search_ended",
            f"The search for hyperparameters {how} {tried} of {part['asked']:,}: "
            f"{short(part['problem'].rstrip('.'), _CAUSE)}. The best of them was gone on with; "
            f"drop the file again to search anew.",
        )
    ]


def _untold(error: ArtefactError) -> Notice:
    return notice(
        "search_untold",
        f"What the search for hyperparameters tried is left out: {short(str(error), _REASON)}",
    )
