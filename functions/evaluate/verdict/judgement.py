"""How good a model is, whether it is better, and what becomes of it."""

import math
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from evaluate.metrics.baseline import Values, baseline_of, naive, values_of
from evaluate.metrics.intervals import Interval, intervals_of, sample_of
from evaluate.metrics.measures import value_of
from evaluate.metrics.scored import Metric, Scored
from evaluate.verdict.margin import Shown, shown
from evaluate.verdict.outliers import deciding_rows
from evaluate.verdict.rule import (
    FEW_DECIDE,
    LOST_BEFORE,
    NotCompared,
    Rule,
    Verdict,
    decide,
    finding_of,
    still_open,
)
from evaluate.verdict.warnings import Warnings, metric_warnings
from pipeline.notices import Notice, notice
from pipeline.settings import Costs
from pipeline.vocabulary import DataAge, Finding
from pipeline.wording import counted

LEAST_ROWS = 10
"""Fewer rows, or groups of rows that belong together, tell no two models apart, whatever their
interval says."""


@dataclass(frozen=True)
class Rivals:
    """Champion and challenger on the rows that they can be compared on."""

    champion: Scored
    challenger: Scored
    seen: int | None = 0
    """How many of the test rows the champion, and it alone, was trained on; they are not among
    these rows. None if that is not known."""
    unknown: str = ""
    """Why it is not known."""
    registered: Metric | None = None
    """The metric by which the champion was registered, if it is known."""
    costs: Costs | None = None
    """Those that the champion's threshold was chosen by."""

    def asked_anew(self, metric: Metric) -> bool:
        """Whether metric or costs are others than the champion's, and decisions are for that."""
        before = self.registered.name if self.registered else metric.name
        if before == metric.name and self.costs == self.challenger.costs:
            return False
        thresholds = [one.decision.threshold for one in (self.champion, self.challenger)]
        alike = np.array_equal(self.champion.chosen, self.challenger.chosen)
        return self.challenger.task != "regression" and not (alike and len(set(thresholds)) == 1)


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
    data: DataAge
    deciding: int = 0
    """How many test rows, those of the largest errors, make up most of the metric."""
    rows: int | None = None
    """How many rows the two were compared on."""
    seen: int | None = None
    """How many of the test rows the champion, and it alone, was trained on."""
    rival_value: float | None = None
    """The challenger's, on the rows that the two were compared on."""
    rival_interval: Interval | None = None
    champion_value: float | None = None
    champion_interval: Interval | None = None
    champion_values: Values = field(default_factory=dict)
    difference: Interval | None = None
    """Of challenger minus champion."""
    finding: Finding | None = None
    shown: Shown | None = None
    """Whether the rows show the challenger to be no worse than passes for equal."""
    warnings: Warnings = field(default_factory=list)


def judge(
    metric: Metric,
    challenger: Scored,
    champion: Rivals | NotCompared | None,
    rule: Rule,
    data: DataAge,
) -> Judgement:
    """Measure the challenger, compare it with the champion, and decide.

    Parameters
    ----------
    champion : with the challenger on the same rows; the reason why it cannot be
        compared; or None if there is none.
    """
    measure = metric.measure(challenger)
    value = _defined(value_of(measure, challenger.rows))
    baseline, baseline_value = baseline_of(challenger, metric)
    apart = champion if isinstance(champion, NotCompared) else None
    compared = _compare(metric, champion) if isinstance(champion, Rivals) else {}
    if isinstance(champion, Rivals) and champion.challenger is challenger:
        interval = compared["rival_interval"]
    else:
        sample = sample_of([measure], challenger.rows, challenger.groups)
        (interval,) = intervals_of([measure], challenger.rows, metric.bounds, sample)
    deciding = deciding_rows(metric, challenger)
    if deciding and not rule.doubt:
        rule = replace(rule, doubt=FEW_DECIDE)
    against = apart or compared.get("finding")
    undecided = (
        still_open(compared["rows"], compared["shown"], compared.pop("groups")) if compared else ""
    )
    unknown = isinstance(champion, Rivals) and bool(champion.unknown)
    lost_by = _lost_by(metric, champion) if against == "equal" else None
    if lost_by:
        against = compared["finding"] = "undecided"
        undecided = LOST_BEFORE.format(lost_by.label)
    anew = isinstance(champion, Rivals) and champion.asked_anew(metric)
    verdict = decide(metric, value, rule, against, data, baseline_value, undecided, unknown, anew)
    warnings = [_not_compared(apart, verdict)] if apart else []
    if isinstance(champion, Rivals):
        if lost_by:
            warnings.append(_changed_metric(metric, lost_by, verdict))
        warnings += _what_it_saw(champion, challenger.rows)
    return Judgement(
        metric=metric,
        value=value,
        interval=interval,
        values=values_of(challenger),
        baseline=baseline,
        baseline_value=baseline_value,
        rule=rule,
        verdict=verdict,
        compared=bool(compared),
        apart=apart,
        data=data,
        deciding=deciding,
        warnings=warnings + metric_warnings(metric, challenger, value, interval, baseline_value),
        **compared,
    )


def _compare(metric: Metric, rivals: Rivals) -> dict[str, Any]:
    """Return the fields of a judgement that tell of the comparison."""
    both, rows = (rivals.champion, rivals.challenger), rivals.champion.rows
    measures = [metric.measure(scored) for scored in both]
    champion, challenger = (_defined(value_of(measure, rows)) for measure in measures)
    known = champion is not None and challenger is not None
    constant = metric.measure(naive(rivals.challenger, metric))
    sample = sample_of([*measures, constant], rows, rivals.challenger.groups)
    champion_interval, rival_interval, difference = intervals_of(
        measures, rows, metric.bounds, sample
    )
    within = shown(metric, sample, metric.alike(*both))
    enough = known and sample.units >= LEAST_ROWS
    return {
        "rows": rows,
        "seen": rivals.seen,
        "rival_value": challenger,
        "rival_interval": rival_interval,
        "champion_value": champion,
        "champion_interval": champion_interval,
        "champion_values": values_of(rivals.champion),
        "difference": difference if known else None,
        "finding": finding_of(metric, difference if enough else None, within.within),
        "shown": within if enough else None,
        "groups": sample.groups,
    }


def _lost_by(metric: Metric, champion: Rivals | NotCompared | None) -> Metric | None:
    """Return the metric of the champion's registration, if the challenger is worse by it.

    What passes for equal by today's metric may have lost all that the champion was chosen for.
    """
    before = champion.registered if isinstance(champion, Rivals) else None
    if before is None or before.name == metric.name or not isinstance(champion, Rivals):
        return None
    measures = [before.measure(scored) for scored in (champion.champion, champion.challenger)]
    sample = sample_of(measures, champion.champion.rows, champion.challenger.groups)
    difference = intervals_of(measures, champion.champion.rows, before.bounds, sample)[-1]
    return before if finding_of(before, difference, False) == "worse" else None


def _changed_metric(metric: Metric, before: Metric, verdict: Verdict) -> Notice:
    then = " A person decides." if verdict.outcome == "pending" else ""
    text = (
        f"The model in use was registered by {before.label}, and this one is worse by that. By "
        f"{metric.label}, which is asked for now, the two are equal.{then}"
    )
    return notice("metric_changed", text)


def _defined(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _not_compared(apart: NotCompared, verdict: Verdict) -> Notice:
    then = " A person decides." if verdict.outcome == "pending" else ""
    return notice(
        "champion_not_compared",
        f"The model in use could not be compared on these rows: {apart.reason}.{then}",
    )


def _what_it_saw(rivals: Rivals, rows: int) -> Warnings:
    if rivals.unknown:
        text = (
            f"Whether the model in use was trained on some of these test rows is not known: "
            f"{rivals.unknown}. If it was, it looks better here than it is."
        )
        return [notice("champion_rows_unknown", text)]
    if not rivals.seen:
        return []
    text = (
        f"The model in use was trained on {rivals.seen:,} of the {counted(rows, 'test row')}, so "
        f"the two were compared on {counted(rivals.champion.rows, 'row')} that neither was trained "
        f"on."
    )
    return [notice("champion_saw_rows", text)]
