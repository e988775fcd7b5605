"""Challenger against champion on identical rows."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np

from evaluate.metrics.measures import Floats
from evaluate.metrics.scored import Metric, Scored, metrics_of
from evaluate.rows.as_written import check_champion_parts
from evaluate.rows.decided import champions_decision
from evaluate.rows.holdout import Holdout, read_scores
from evaluate.rows.overlap import overlap_of
from evaluate.verdict.judgement import Rivals
from evaluate.verdict.rule import NotCompared
from evaluate.verdict.warnings import FEW_ROWS
from evaluate.wording import short
from pipeline import layout
from pipeline.documents import kinds, reading
from pipeline.documents.encoder import TargetFacts
from pipeline.documents.plan import Request
from pipeline.documents.run_files import RunFiles
from pipeline.documents.state import Champion, Judged
from pipeline.errors import ArtefactError, EvaluationError
from pipeline.vocabulary import DataAge
from pipeline.wording import counted, listed, quoted
from scoring.calibrated import calibrated
from scoring.decision import Decision

_REASON = 240
_NAMES = 5


def rivals_of(
    files: RunFiles, holdout: Holdout, event: Judged, challenger: Scored, target: str
) -> Rivals | NotCompared:
    """Read the champion's predictions of the test rows, or say why they cannot be compared.

    Rows that the champion, and it alone, was trained on are left out.

    Parameters
    ----------
    event : of the evaluate step, whose ``champion`` was found; ``comparison`` and
        ``fit.champion`` are read too.
    challenger : whose truth, task and classes the champion must share.

    What is damaged of the champion's leaves it to a person, with the reason: the new model is
    paid for, and may be the better one.
    """
    try:
        return _compared(files, holdout, event, challenger, target)
    except (ArtefactError, EvaluationError) as error:
        return NotCompared("failed", f"its files are damaged: {short(str(error), _REASON)}")


def _compared(
    files: RunFiles, holdout: Holdout, event: Judged, challenger: Scored, target: str
) -> Rivals | NotCompared:
    asked, usable = event["comparison"], event["fit"]["champion"]
    if not asked["compared"]:
        before = _champion_target(files, event["champion"].get("encoder_key"))
        if before and (changed := _changed(before, challenger, target, in_order=True)):
            return NotCompared("question", changed)
        said = asked.get("reason") or usable["reason"] or "it was not asked to predict"
        reason = short(said.strip().rstrip("."), _REASON)
        failed = asked.get("failed") or usable.get("broken")
        return NotCompared("failed" if failed else "unfit", reason)
    check_champion_parts(files)
    encoded = files.read_document(kinds.CHAMPION_ENCODER)["target"]
    if changed := _changed(encoded, challenger, target, in_order=False):
        return NotCompared("question", changed)
    known = list(map(str, encoded.get("classes") or []))
    predicted = read_scores(
        files, holdout, layout.CHAMPION_PREDICTIONS, challenger.task, len(known)
    )
    decided = champions_decision(files, event["champion"])
    decision = Decision.of_document(decided)
    own = calibrated(decision, predicted)
    aligned = in_class_order(own, known, challenger.classes)
    if challenger.task == "binary" and aligned is not own:
        decision = turned(decision)
    champion = replace(challenger, predicted=aligned, groups=None, decision=decision)
    registered = known_metric(event["champion"].get("metric"), challenger)
    costs = decided["costs"] if decided else None
    overlap = overlap_of(files, holdout, event["champion"]["encoder_key"])
    if overlap.fair is None:
        return Rivals(champion, challenger, overlap.seen, overlap.unknown, registered, costs)
    left = int(overlap.fair.sum())
    # A few rows change sides in a file that only grows; of a small file, many are left then.
    if left < min(FEW_ROWS, challenger.rows / 2):
        return NotCompared(
            "seen",
            f"it was trained on {overlap.seen:,} of the {counted(challenger.rows, 'test row')}, "
            f"which leaves {left:,} to compare on",
        )
    both = champion.where(overlap.fair), challenger.where(overlap.fair)
    return Rivals(*both, overlap.seen, "", registered, costs)


def _champion_target(files: RunFiles, key: str | None) -> TargetFacts | None:
    """Return what the champion predicts; None if its encoder is gone or is no encoder."""
    if not key:
        return None
    try:
        encoder = reading.read_json(files.bucket, key, kinds.ENCODER)
    except ArtefactError:
        # The stack may have been made anew, with another bucket than the champion's.
        return None
    return encoder["target"]


def _changed(before: TargetFacts, challenger: Scored, target: str, in_order: bool) -> str:
    """Say what the champion answers instead of the challenger's question; "" if the same."""
    if before["name"] != target:
        return (
            f"the target changed: the model in use predicts {quoted(before['name'])}, "
            f"this one {quoted(target)}"
        )
    if before["task"] != challenger.task:
        return (
            f"the task changed: the model in use was trained for {before['task']}, "
            f"this one for {challenger.task}"
        )
    known, now = list(map(str, before.get("classes") or [])), list(challenger.classes)
    gone = [name for name in known if name not in set(now)]
    new = [name for name in now if name not in set(known)]
    if gone or new:
        sides = [f"{_listed(gone)} gone"] * bool(gone) + [f"{_listed(new)} new"] * bool(new)
        return f"the classes changed since the model in use: {', '.join(sides)}"
    if in_order and known != now:
        return f"the order of the classes changed: {_listed(known)} became {_listed(now)}"
    return ""


def _listed(names: Sequence[str]) -> str:
    return listed(names, _NAMES)


def in_class_order(predicted: Floats, known: Sequence[str], wanted: Sequence[str]) -> Floats:
    """Rearrange probabilities from one order of the classes to another."""
    if list(known) == list(wanted):
        return predicted
    if predicted.ndim == 1:
        return 1 - predicted
    return predicted[:, np.array([known.index(name) for name in wanted])]


def turned(decision: Decision) -> Decision:
    """Return the decision by the probability of the other class, which is positive now."""
    # From the threshold on it is the old positive class; at it, the new one is not.
    return Decision(float(np.nextafter(1 - decision.threshold, np.inf)))


def known_metric(name: str | None, scored: Scored) -> Metric | None:
    """Return the metric by which a champion was registered; None if these rows do not have it."""
    return metrics_of(scored).get(name or "")


def data_beside(request: Request, champion: Champion) -> DataAge:
    """Compare the run's file with the champion's, by ETag and LastModified.

    LastModified is in whole seconds: of files of one second the runs' names decide, so
    that the answer is the same whichever run ends first.

    Parameters
    ----------
    request : ``etag``, ``last_modified`` (ISO 8601 with time zone) and ``run`` are read.
    champion : the same as ``data_etag``, ``data_last_modified`` and ``run``. One without
        ETag learned from other data, one without time from older data.
    """
    if champion.get("data_etag") and request.get("etag") == champion["data_etag"]:
        return "same"
    before, now = champion.get("data_last_modified"), request.get("last_modified")
    if not before:
        return "newer"
    if not now:
        return "not newer"
    ours, theirs = datetime.fromisoformat(now), datetime.fromisoformat(before)
    if ours == theirs and champion.get("run"):
        return "newer" if str(request.get("run")) > champion["run"] else "not newer"
    return "newer" if ours > theirs else "not newer"
