"""How much worse than the champion a challenger may be and still pass for equal.

A difference that the rows do not show is no proof of equality: the fewer the rows, the less
they show. So equality has to be shown, as in a trial of non-inferiority (FDA, Non-Inferiority
Clinical Trials to Establish Effectiveness, Guidance for Industry, 2016, section III): what the
champion gains on the best constant is the effect of the active control, and the challenger
must keep most of it. The gain is measured on the same rows and its error counts as well, since
both conditions are on one sum of metrics (the synthesis method of the guidance).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from evaluate.metrics.intervals import Sample
from evaluate.metrics.scored import Metric

GAIN = 0.25
"""Of what the champion gains on the best constant, what a challenger may lose. The guidance
names a half as the most that is usual."""
LOSS = 0.5
"""Of what the champion lacks to perfection, what a challenger may lack more. Where a model is
nearly perfect, a quarter of its gain would be many times its loss."""
RISK = 0.1
"""How often a challenger exactly at the margin may pass."""
_POWER = ((1.2816 + 0.8416) / 1.2816) ** 2
"""So many times the rows at which the bound reaches the margin: then it does in four of five
samples, not in one of two."""
_MOST = 10_000_000


@dataclass(frozen=True)
class Shown:
    """Whether a challenger is shown to be no worse than the margin allows."""

    within: bool
    margin: float | None
    """In the metric's unit, above 0; None if the champion gains nothing or lacks nothing."""
    rows: int | None = None
    """About how many rows would tell, if the difference stays as it is; None if they do already
    or if that cannot be said."""


def shown(metric: Metric, sample: Sample, alike: bool) -> Shown:
    """Test on the rows whether a challenger keeps what the champion gains.

    Parameters
    ----------
    sample : of champion, challenger and best constant, in this order.
    alike : whether both predict the same in each row.

    Each condition is tested at the full risk: a challenger passes only if both hold, so one that
    breaks either passes no more often (Berger, Technometrics 24, 1982, 295-300).
    """
    champion, challenger, constant = map(float, sample.values)
    sign = 1 if metric.goal == "min" else -1
    gain, loss = sign * (constant - champion), sign * (champion - metric.perfect)
    margin = min(GAIN * gain, LOSS * loss)
    if not (math.isfinite(margin) and math.isfinite(challenger)):
        return Shown(False, None)
    worse = sign * (challenger - champion)
    slack = (
        (sign * (1 - GAIN), -sign, sign * GAIN),
        (sign * (1 + LOSS), -sign),
    )
    allowed = (GAIN * gain, LOSS * loss)
    least = [sample.lower_bound(shares, RISK) for shares in slack]
    least[1] -= sign * LOSS * metric.perfect
    if alike or margin <= 0:
        return Shown(alike, margin if margin > 0 else None)
    if min(least) > 0 and not _only_few_agree(metric, sample, margin):
        return Shown(True, margin)
    if min(least) > 0:
        return Shown(False, margin, _rounded(-math.log(RISK) / margin * sample.rows / sample.units))
    reach = [most - worse - low for most, low in zip(allowed, least, strict=True)]
    return Shown(False, margin, _rows(sample.rows, worse, allowed, reach))


def _only_few_agree(metric: Metric, sample: Sample, margin: float) -> bool:
    """Tell whether a metric of ranks or classes is the same only because the rows are few.

    Of others up to -ln(risk) / rows may still differ (Hanley and Lippman-Hand, JAMA 249, 1983,
    1743-1745), and each by all of what a share can lose.
    """
    difference = sample.interval((-1, 1))
    flat = difference is None or difference.low == difference.high
    return flat and not (metric.goal == "max" and sample.units * margin >= -math.log(RISK))


def _rows(rows: int, worse: float, allowed: Sequence[float], reach: Sequence[float]) -> int | None:
    """Return how many rows tell, as intervals narrow with the root of their number.

    Either it is shown to be within the margin, or to be worse.
    """
    worse = max(worse, 0.0)
    factors = [far / max(most - worse, worse) for most, far in zip(allowed, reach, strict=True)]
    wanted = rows * max(factors) ** 2 * _POWER
    return _rounded(wanted) if rows < wanted < _MOST else None


def _rounded(rows: float) -> int:
    """Round up to two digits."""
    unit = 10.0 ** (math.floor(math.log10(rows)) - 1)
    return math.ceil(math.ceil(rows / unit) * unit)
