"""What the owner should know about a result, each as a code and a sentence."""

import numpy as np

from evaluate.metrics.intervals import Interval, intervals_of, sample_of
from evaluate.metrics.measures import value_of
from evaluate.metrics.scored import METRICS, OF_DECISIONS, Metric, Scored
from evaluate.wording import span
from pipeline.notices import Notice, notice
from pipeline.wording import counted, figure, listed, probability, quoted

Warnings = list[Notice]

FEW_ROWS = 30
"""Of fewer test rows the headline itself must say how little they tell."""
_FEW_OF_CLASS = 10
_MANY_ROWS = 1_000
_WIDE = 0.5
_NAMES = 5
_CHANCE = 0.5


def metric_warnings(
    metric: Metric,
    scored: Scored,
    value: float | None,
    interval: Interval | None,
    baseline: float | None,
) -> Warnings:
    """Warn of a result that says little, or nothing good."""
    found = _class_warnings(scored)
    if value is None:
        found.append(
            notice(
                "metric_undefined",
                f"{metric.label} is not defined on {counted(scored.rows, 'test row')} like these; "
                f'drop more rows or choose another "metric" in pipeline.json.',
            )
        )
        return found
    if baseline is not None:
        found += _baseline_warnings(metric, scored, value, interval, baseline)
        found += _width_warnings(metric, scored.rows, value, interval, baseline)
    if scored.rows < FEW_ROWS:
        found.append(
            notice(
                "few_test_rows",
                f"Only {counted(scored.rows, 'test row')}: the {_spoken(metric.label)} on new rows "
                f'may be quite another. Drop more rows, or raise "test" of "split" in '
                f"pipeline.json.",
            )
        )
    return found


def _width_warnings(
    metric: Metric, rows: int, value: float, interval: Interval | None, baseline: float
) -> Warnings:
    if interval is None:
        return []
    width, gain = interval.high - interval.low, abs(value - baseline)
    if rows >= _MANY_ROWS or not width > _WIDE * gain > 0:
        return []
    return [
        notice(
            "wide_interval",
            f"{metric.label}: 95 % interval {span(interval.low, interval.high)} on "
            f"{counted(rows, 'test row')}; more rows narrow it.",
        )
    ]


def _baseline_warnings(
    metric: Metric, scored: Scored, value: float, interval: Interval | None, baseline: float
) -> Warnings:
    numbers = f"{metric.label} {figure(value)}, baseline {figure(baseline)}"
    if not metric.better(value, baseline):
        if scored.truth.min() == scored.truth.max():
            # The baseline knows the test rows, so here it is never wrong.
            return [
                notice(
                    "target_is_constant",
                    f"The target is the same in all test rows, so they do not tell whether the "
                    f"model is better than a naive prediction ({numbers}).",
                )
            ]
        return [_no_better(metric, scored, numbers)]
    if interval is None:
        return []
    worst = interval.low if metric.goal == "max" else interval.high
    if not metric.better(worst, baseline):
        return [
            notice(
                "baseline_within_interval",
                f"The model may be no better than a naive prediction ({numbers}): the baseline "
                f"lies within its 95 % interval.",
            )
        ]
    return []


def _no_better(metric: Metric, scored: Scored, numbers: str) -> Notice:
    """Say why a model gains nothing: it knows nothing, or its decisions do not show it."""
    area = _clear_area(scored) if metric.name in OF_DECISIONS else None
    if area is None:
        why = "its columns say nothing about the target that it could learn."
    else:
        threshold = probability(scored.decision.threshold)
        why = (
            f"from the probability of {threshold} on, which decides. It "
            f"does tell the classes apart (AUC {figure(area)}): "
        )
        why += (
            'set "costs" in pipeline.json to what the two errors cost, or "metric" to "auc".'
            if metric.name != "cost"
            else "at these costs that does not pay."
        )
    return notice(
        "no_better_than_baseline",
        f"The model is no better than a naive prediction ({numbers}): {why}",
    )


def _clear_area(scored: Scored) -> float | None:
    """Return the AUC of a binary model if it is more than chance; else None."""
    auc = METRICS["auc"]
    if scored.task != "binary" or not 0 < scored.truth.mean() < 1:
        return None
    measure = auc.measure(scored)
    sample = sample_of([measure], scored.rows, scored.groups)
    (interval,) = intervals_of([measure], scored.rows, auc.bounds, sample)
    area = value_of(measure, scored.rows)
    sure = interval is not None and interval.low > _CHANCE
    return area if sure or area == auc.perfect else None


def _class_warnings(scored: Scored) -> Warnings:
    if scored.task == "regression":
        return []
    counts = np.bincount(scored.truth.astype(np.intp), minlength=len(scored.classes))
    missing = [name for name, count in zip(scored.classes, counts, strict=True) if not count]
    if missing:
        return [
            notice(
                "class_missing",
                f"{len(missing):,} of {len(scored.classes):,} classes have no test row: "
                f"{listed(missing, _NAMES)}. Metrics say nothing about them.",
            )
        ]
    rarest = int(counts.argmin())
    if scored.task != "binary" or counts[rarest] >= _FEW_OF_CLASS:
        return []
    return [
        notice(
            "few_rows_of_class",
            f"Only {counted(int(counts[rarest]), 'test row')} of the class "
            f"{quoted(scored.classes[rarest])}: AUC, average precision and F1 rest on so few, and "
            f"their intervals are too narrow. Drop more rows of that class.",
        )
    ]


def _spoken(label: str) -> str:
    """Write a metric's name as in the middle of a sentence: log loss, but AUC."""
    return label[0].lower() + label[1:] if label[1:2].islower() else label
