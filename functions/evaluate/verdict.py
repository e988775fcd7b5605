"""Decide what becomes of a model. docs/evaluation.md states the rule for people."""

from dataclasses import dataclass
from typing import Literal

from evaluate.figures import figure
from evaluate.intervals import Interval
from evaluate.scored import Metric

Outcome = Literal["approved", "pending", "kept_champion", "below_minimum"]
Finding = Literal["better", "equal", "worse"]

APPROVAL = {
    "approved": "Approved",
    "pending": "PendingManualApproval",
    "kept_champion": "Rejected",
    "below_minimum": "Rejected",
}


@dataclass(frozen=True)
class Rule:
    """What the dataset's owner asks for."""

    promotion: str = "auto"
    """auto, manual or never."""
    minimum: float | None = None


@dataclass(frozen=True)
class Verdict:
    """The outcome and the reason, a phrase that completes a sentence."""

    outcome: Outcome
    reason: str

    @property
    def approval_status(self) -> str:
        """The model package's ModelApprovalStatus."""
        return APPROVAL[self.outcome]


def finding_of(metric: Metric, difference: Interval | None) -> Finding:
    """Read the interval of challenger minus champion: equal unless it excludes zero."""
    if difference is None or difference.low <= 0 <= difference.high:
        return "equal"
    return "better" if (difference.low > 0) == (metric.goal == "max") else "worse"


def decide(
    metric: Metric, value: float | None, rule: Rule, finding: Finding | None, newer: bool
) -> Verdict:
    """Apply the promotion rule.

    Parameters
    ----------
    value : of the metric; None if it is not defined on the test rows.
    finding : against the champion; None if there is none to compare with.
    newer : whether the challenger's data is newer than the champion's.
    """
    if rule.promotion == "never":
        return Verdict("kept_champion", 'promotion is set to "never"')
    if value is None:
        return Verdict("pending", f"{metric.label} is not defined on these test rows")
    if rule.minimum is not None and metric.better(rule.minimum, value):
        return Verdict("below_minimum", f"it misses the minimum of {figure(rule.minimum)}")
    if rule.promotion == "manual":
        return Verdict("pending", 'promotion is set to "manual"')
    if finding is None:
        return Verdict("approved", "no model was in use to compare it with")
    if finding == "better":
        return Verdict("approved", "it is better than the model in use")
    if finding == "worse":
        return Verdict("kept_champion", "the model in use is better")
    if newer:
        return Verdict("approved", "it learned from newer data")
    return Verdict("kept_champion", "its data is not newer")
