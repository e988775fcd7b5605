"""What an event asks for: the schedule nothing beyond the parameter, a person perhaps more."""

from dataclasses import dataclass
from typing import Any

from pipeline.errors import TidyError

_MOST = 36_500
"""A century; what is too far back is no date."""


@dataclass(frozen=True)
class Asked:
    """How old a model may become, and whether to look only.

    Attributes
    ----------
    days : None keeps models for ever.
    """

    days: float | None
    trial: bool


def asked_of(event: dict[str, Any], retention: int) -> Asked:
    """Read an event.

    Parameters
    ----------
    retention : the stack's, in days; 0 keeps models for ever.

    Raises
    ------
    TidyError
        The event holds no number of days, or no yes or no. What it meant might be less.
    """
    days, trial = event.get("older_than_days", retention or None), event.get("trial", False)
    number = isinstance(days, int | float) and not isinstance(days, bool)
    if days is not None and not (number and 0 <= days <= _MOST):
        raise TidyError(
            f"older_than_days is {days!r}; give a number of days from 0 to {_MOST:,}, or leave it "
            f"out for the stack's ModelRetentionInDays. Nothing was deleted"
        )
    if not isinstance(trial, bool):
        raise TidyError(f"trial is {trial!r}; give true or false. Nothing was deleted")
    return Asked(days, trial)
