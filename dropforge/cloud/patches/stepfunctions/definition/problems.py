"""What is wrong with a definition, in the codes that AWS gives (ValidateStateMachineDefinition)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeGuard

SCHEMA = "SCHEMA_VALIDATION_FAILED"
TARGET = "MISSING_TRANSITION_TARGET"
DUPLICATE = "DUPLICATE_STATE_NAME"
NO_JSON = "INVALID_JSON_DESCRIPTION"


@dataclass(frozen=True)
class Problem:
    """One reason to refuse a definition.

    Parameters
    ----------
    place : JSON pointer.
    """

    code: str
    message: str
    place: str

    def __str__(self) -> str:
        """Word it as CreateStateMachine does."""
        return f"{self.code}: {self.message} at {self.place or '/'}"


Problems = Iterator[Problem]


def schema(message: str, place: str) -> Problem:
    """Return the problem of a field that is missing, unknown or of a wrong kind."""
    return Problem(SCHEMA, message, place)


def is_integer(value: Any, lowest: int, highest: int = 99_999_999) -> TypeGuard[int]:
    """Whether a value is a whole number within bounds; JSON's true is none."""
    return isinstance(value, int) and not isinstance(value, bool) and lowest <= value <= highest


def is_number(value: Any) -> TypeGuard[float]:
    """Whether a value is a number; JSON's true is none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_text_list(value: Any) -> bool:
    """Whether a value is a list of texts with at least one."""
    return isinstance(value, list) and bool(value) and all(isinstance(each, str) for each in value)
