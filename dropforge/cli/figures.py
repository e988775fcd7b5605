"""Numbers and causes as people read them."""

from pipeline import errors
from pipeline.figures import figure


def number(value: float | None) -> str:
    """Write a number as the report's sentence does."""
    return figure(value, missing="unknown")


def error_name(name: str | None) -> str:
    """Return an error's name if it tells a person something: AWS's own, but no class here."""
    return "" if name is None or _is_class(name) else name


def _is_class(name: str) -> bool:
    kind = getattr(errors, name, None)
    return isinstance(kind, type) and issubclass(kind, errors.PipelineError)
