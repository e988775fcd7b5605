"""What the owner should know about a result, each as a code and a sentence."""

from collections.abc import Sequence

import numpy as np

from evaluate.figures import figure
from evaluate.intervals import Interval
from evaluate.scored import Metric, Scored

Warnings = list[dict[str, str]]

LIMIT = 20
TEXT_LIMIT = 300
_FEW_ROWS = 1_000
_WIDE = 0.5
_NAMES = 5


def warning(code: str, message: str) -> dict[str, str]:
    """Return a warning, its message cut to what a state's payload carries."""
    cut = message if len(message) <= TEXT_LIMIT else f"{message[: TEXT_LIMIT - 1]}…"
    return {"code": code, "message": cut}


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
            warning(
                "metric_undefined",
                f"{metric.label} is not defined on these {scored.rows:,} test rows; drop more "
                f'rows or choose another "metric" in pipeline.json.',
            )
        )
        return found
    if interval is not None and baseline is not None:
        found += _baseline_warnings(metric, value, interval, baseline)
        width, gain = interval.high - interval.low, abs(value - baseline)
        if scored.rows < _FEW_ROWS and width > _WIDE * gain > 0:
            found.append(
                warning(
                    "wide_interval",
                    f"With only {scored.rows:,} test rows the {metric.label} is known to lie "
                    f"between {figure(interval.low)} and {figure(interval.high)} and no closer; "
                    f"more rows narrow it.",
                )
            )
    return found


def _baseline_warnings(
    metric: Metric, value: float, interval: Interval, baseline: float
) -> Warnings:
    worst = interval.low if metric.goal == "max" else interval.high
    numbers = f"{metric.label} {figure(value)}, baseline {figure(baseline)}"
    if not metric.better(value, baseline):
        return [
            warning(
                "no_better_than_baseline",
                f"The model is no better than a naive prediction ({numbers}): its columns say "
                f"nothing about the target that it could learn.",
            )
        ]
    if not metric.better(worst, baseline):
        return [
            warning(
                "baseline_within_interval",
                f"The model may be no better than a naive prediction ({numbers}): the baseline "
                f"lies within its 95 % interval.",
            )
        ]
    return []


def _class_warnings(scored: Scored) -> Warnings:
    if scored.task == "regression":
        return []
    counts = np.bincount(scored.truth.astype(np.intp), minlength=len(scored.classes))
    missing = [name for name, count in zip(scored.classes, counts, strict=True) if not count]
    if not missing:
        return []
    return [
        warning(
            "class_missing",
            f"{len(missing):,} of {len(scored.classes):,} classes have no test row: "
            f"{listed(missing)}. Metrics say nothing about them.",
        )
    ]


def listed(names: Sequence[str]) -> str:
    """List some names for a message."""
    more = len(names) - _NAMES
    return ", ".join(repr(name) for name in names[:_NAMES]) + (f" and {more} more" * (more > 0))
