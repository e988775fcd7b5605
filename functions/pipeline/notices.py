"""Warnings a run collects: a code for programs, a sentence for people."""

from collections.abc import Iterable, Sequence
from typing import TypedDict

from pipeline.vocabulary import WarningCode
from pipeline.wording import printable
from table.limits import WARNING_COUNT, WARNING_LENGTH


class Notice(TypedDict):
    """One warning; profile.json carries them in this form."""

    code: WarningCode
    message: str


def notice(code: WarningCode, message: str) -> Notice:
    """Make a warning of at most ``WARNING_LENGTH`` characters."""
    return {"code": code, "message": shorten(message, WARNING_LENGTH)}


def shorten(text: str, limit: int = 60) -> str:
    """Cut a text for a message and make control characters in it visible."""
    text = printable(text[: limit + 1])
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def quoted(name: str) -> str:
    """Quote a column's name or a value for a message."""
    return f"'{shorten(name)}'"


def listed(names: Sequence[str], limit: int = 8) -> str:
    """List names for a message; say how many more there are."""
    shown = ", ".join(quoted(name) for name in names[:limit])
    return shown if len(names) <= limit else f"{shown} and {len(names) - limit} more"


def counted(number: int, noun: str) -> str:
    """Say how many there are: 1 row, 2,000 rows."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def capped(notices: Iterable[Notice]) -> list[Notice]:
    """Keep at most ``WARNING_COUNT`` warnings, the last of them saying what was left out."""
    kept = list({n["message"]: n for n in notices}.values())
    if len(kept) <= WARNING_COUNT:
        return kept
    left = len(kept) - WARNING_COUNT + 1
    rest = notice("more", f"{left} further warnings were left out.")
    return [*kept[: WARNING_COUNT - 1], rest]
