"""When a training job is stopped because others did better.

The rule is the one of the SageMaker developer guide, "How early stopping works": a job
whose metric is worse than the median of the others' running averages up to the same
round is stopped.
"""

import math
import statistics

# The guide does not say how many jobs must have come so far; one or two would decide for all.
_OTHERS = 3


def is_worse(curve: list[float], others: list[list[float]], goal: str) -> bool:
    """Tell whether a job is to be stopped after the rounds that it has done.

    Parameters
    ----------
    curve : the objective metric after each of its rounds.
    others : the curves of jobs that have ended.
    goal : Maximize or Minimize.
    """
    done = len(curve)
    if not done:
        return False
    averages = [statistics.fmean(each[:done]) for each in others if len(each) >= done]
    # Of XGBoost's metrics some are not a number where they cannot be computed.
    averages = [each for each in averages if math.isfinite(each)]
    if len(averages) < _OTHERS:
        return False
    median = statistics.median(averages)
    return curve[-1] < median if goal == "Maximize" else curve[-1] > median
