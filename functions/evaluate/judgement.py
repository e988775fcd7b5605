"""How good a model is, whether it is better, and what becomes of it."""

import math
from dataclasses import dataclass, field

from evaluate.cautions import Warnings, metric_warnings, warning
from evaluate.intervals import Interval, intervals_of
from evaluate.measures import value_of
from evaluate.scored import Metric, Scored
from evaluate.tables import Values, baseline_of, values_of
from evaluate.verdict import Data, Finding, NotCompared, Rule, Verdict, decide, finding_of


@dataclass(frozen=True)
class Judgement:
    """A model on its test rows, beside the naive baseline and the champion."""

    metric: Metric
    value: float | None
    interval: Interval | None
    values: Values
    """Every metric of the task."""
    baseline: str
    """The naive prediction, in words."""
    baseline_value: float | None
    rule: Rule
    verdict: Verdict
    compared: bool
    apart: NotCompared | None
    """Why the champion was not compared; None if it was, or if there is none."""
    data: Data
    champion_value: float | None = None
    champion_interval: Interval | None = None
    champion_values: Values = field(default_factory=dict)
    difference: Interval | None = None
    """Of challenger minus champion."""
    finding: Finding | None = None
    warnings: Warnings = field(default_factory=list)


def judge(
    metric: Metric,
    challenger: Scored,
    champion: Scored | NotCompared | None,
    rule: Rule,
    data: Data,
) -> Judgement:
    """Measure the challenger, compare it with the champion, and decide.

    Parameters
    ----------
    champion : on the same rows; the reason why it cannot be compared; or None
        if there is none.
    """
    rows, compared = challenger.rows, isinstance(champion, Scored)
    both = [champion, challenger] if isinstance(champion, Scored) else [challenger]
    measures = [metric.measure(scored) for scored in both]
    values = [_defined(value_of(measure, rows)) for measure in measures]
    intervals = intervals_of(measures, rows, metric.bounds)
    value, interval = values[-1], intervals[len(both) - 1]
    difference = intervals[2] if compared else None
    finding = finding_of(metric, difference) if compared else None
    baseline, baseline_value = baseline_of(challenger, metric)
    apart = champion if isinstance(champion, NotCompared) else None
    verdict = decide(metric, value, rule, apart or finding, data, baseline_value)
    warnings = [_not_compared(apart, verdict)] if apart else []
    return Judgement(
        metric=metric,
        value=value,
        interval=interval,
        values=values_of(challenger),
        baseline=baseline,
        baseline_value=baseline_value,
        rule=rule,
        verdict=verdict,
        compared=compared,
        apart=apart,
        data=data,
        champion_value=values[0] if compared else None,
        champion_interval=intervals[0] if compared else None,
        champion_values=values_of(both[0]) if compared else {},
        difference=difference,
        finding=finding,
        warnings=warnings + metric_warnings(metric, challenger, value, interval, baseline_value),
    )


def _defined(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _not_compared(apart: NotCompared, verdict: Verdict) -> dict[str, str]:
    then = {"approved": " The new model was judged on its own.", "pending": " A person decides."}
    return warning(
        "champion_not_compared",
        f"The model in use could not be compared on these rows: {apart.reason}."
        f"{then.get(verdict.outcome, '')}",
    )
