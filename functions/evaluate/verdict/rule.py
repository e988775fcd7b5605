"""Decide what becomes of a model. docs/evaluation.md states the rule for people."""

from dataclasses import dataclass

from evaluate.metrics.intervals import Interval
from evaluate.metrics.scored import Metric
from evaluate.verdict.margin import Shown
from pipeline.vocabulary import (
    APPROVAL,
    SURE_TARGETS,
    ApprovalStatus,
    DataAge,
    Finding,
    Obstacle,
    Outcome,
    Promotion,
    TargetBy,
)
from pipeline.wording import counted, figure

NO_BETTER = "it is no better than a naive prediction"
GUESSED = "nobody said that this is what to predict"
FEW_DECIDE = "a few rows with a target far off all others decide its metric"
UNDECIDED = "these test rows are too few to compare it with the model in use"
FEW_GROUPS = "these test rows are of {}, too few to compare it with the model in use"
UNKNOWN_ROWS = "it is not known on which of these rows the model in use was trained"
LOST_BEFORE = "by {}, which the model in use was registered by, it is worse"
ASKED_ANEW = (
    "it learned from the same data, but metric or costs are others now, and it decides otherwise "
    "than the model in use"
)
NOT_SHOWN = "{} do not tell whether it is nearly as good"


@dataclass(frozen=True)
class Rule:
    """What the dataset's owner asks for."""

    promotion: Promotion = "auto"
    minimum: float | None = None
    target_by: TargetBy = "settings"
    """How it was found what to predict."""
    doubt: str = ""
    """Why a person is to look at the data before a model is approved; a clause."""

    @property
    def guessed(self) -> bool:
        """Whether nobody said what to predict."""
        return self.target_by not in SURE_TARGETS


@dataclass(frozen=True)
class NotCompared:
    """Why a champion was not compared with its challenger."""

    obstacle: Obstacle
    """failed: it could be compared, but did not predict; question: its target,
    task or classes are others; unfit: it cannot read the file; seen: it was
    trained on nearly all of the test rows; changed: whenever it was compared,
    another had taken its place."""
    reason: str
    """A clause about the champion, without a full stop."""


@dataclass(frozen=True)
class Verdict:
    """The outcome and the reason, a phrase that completes a sentence."""

    outcome: Outcome
    reason: str

    @property
    def approval_status(self) -> ApprovalStatus:
        """The model package's ModelApprovalStatus."""
        return APPROVAL[self.outcome]


def finding_of(metric: Metric, difference: Interval | None, within: bool) -> Finding:
    """Read the interval of challenger minus champion: better or worse if it excludes zero.

    Parameters
    ----------
    within : whether the challenger is shown to be within the margin of what passes for equal.
    """
    if difference is None:
        return "undecided"
    if difference.low <= 0 <= difference.high:
        return "equal" if within else "undecided"
    return "better" if (difference.low > 0) == (metric.goal == "max") else "worse"


def still_open(rows: int, shown: Shown | None, groups: int | None = None) -> str:
    """Say why a comparison is undecided, and how many rows would settle it, if that is known."""
    if shown is None:
        return FEW_GROUPS.format(counted(groups, "group")) if groups else UNDECIDED
    told = NOT_SHOWN.format(counted(rows, "test row"))
    return f"{told}, about {shown.rows:,} would" if shown.rows else told


def decide(
    metric: Metric,
    value: float | None,
    rule: Rule,
    against: Finding | NotCompared | None,
    data: DataAge,
    baseline: float | None,
    undecided: str = UNDECIDED,
    unknown: bool = False,
    anew: bool = False,
) -> Verdict:
    """Apply the promotion rule.

    Parameters
    ----------
    value : of the metric; None if it is not defined on the test rows.
    against : what the comparison with the champion found; None if there is no champion.
    baseline : the naive prediction's value of the metric.
    undecided : why the comparison is, if it is.
    unknown : whether the champion may have been trained on rows that it was compared on.
    anew : whether the owner asks for another metric or other costs than of the champion, and the
        two decide otherwise.
    """
    if rule.promotion == "never":
        return Verdict("kept_champion", 'promotion is set to "never"')
    if rule.guessed:
        # Whatever the metric: a model of the wrong column may be a very good one.
        return Verdict("pending", GUESSED)
    if value is None:
        return Verdict("pending", f"{metric.label} is not defined on these test rows")
    if rule.minimum is not None and metric.better(rule.minimum, value):
        return Verdict("below_minimum", f"it misses the minimum of {figure(rule.minimum)}")
    if rule.promotion == "manual":
        return Verdict("pending", 'promotion is set to "manual"')
    verdict = _beside(against, data, undecided, anew)
    if unknown and (data == "newer" or against == "better"):
        verdict = Verdict("pending", UNKNOWN_ROWS)
    naive = baseline is not None and not metric.better(value, baseline)
    # A minimum that was reached says what is good enough; without one, this is the least.
    if verdict.outcome == "approved" and naive and rule.minimum is None:
        return Verdict("pending", NO_BETTER)
    if verdict.outcome == "approved" and rule.doubt:
        return Verdict("pending", rule.doubt)
    return verdict


def _beside(
    against: Finding | NotCompared | None, data: DataAge, undecided: str, anew: bool
) -> Verdict:
    if against is None:
        return Verdict("approved", "no model was in use to compare it with")
    if isinstance(against, NotCompared):
        return _on_its_own(against, data)
    if against == "better":
        return Verdict("approved", "it is better than the model in use")
    if against == "worse":
        return Verdict("kept_champion", "the model in use is better")
    if data == "same" and anew:
        # Dropped once more for what was set since: to keep the old decision would not answer that.
        return Verdict("pending", ASKED_ANEW)
    if data == "same":
        return Verdict("kept_champion", "it learned from the same data")
    if data == "newer" and against == "undecided":
        return Verdict("pending", undecided)
    if data == "newer":
        return Verdict("approved", "it learned from newer data")
    return Verdict("kept_champion", "its data is not newer")


def _on_its_own(against: NotCompared, data: DataAge) -> Verdict:
    if against.obstacle == "question":
        return Verdict("pending", against.reason)
    apart = f"it could not be compared with the model in use ({against.reason})"
    if data == "not newer":
        # Had the runs ended in the order of their data, that model would have replaced this one.
        return Verdict("kept_champion", f"its data is not newer, and {apart}")
    return Verdict("pending", apart)
