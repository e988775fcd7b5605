"""A reason in words: a column, its value, and what it adds to the prediction."""

from pipeline.wording import shorten

_VALUE = 60
"""Letters of a value that are shown."""


def reason_text(name: str, value: str, contribution: float) -> str:
    """Say what a column's value adds to a prediction.

    Parameters
    ----------
    value : as given; blank if it is missing.
    contribution : in the unit of the prediction; four of its digits are told.
    """
    said = f"{name} = {shown(value)}" if value.strip() else f"{name} is missing"
    return f"{said} ({contribution:+.4g})"


def shown(value: str) -> str:
    """Return a value as far as it is shown."""
    return shorten(value.strip(), _VALUE)
