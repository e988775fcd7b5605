"""Numbers and causes as people read them."""

from pipeline.errors import is_one_of
from pipeline.wording import figure


def number(value: float | None) -> str:
    """Write a number as the report's sentence does."""
    return figure(value, missing="unknown")


def error_name(name: str | None) -> str:
    """Return an error's name if it tells a person something: AWS's own, but no class here."""
    return "" if name is None or is_one_of(name) else name
