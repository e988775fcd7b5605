"""Warnings a run collects: a code for programs, a sentence for people."""

from collections.abc import Iterable
from typing import TypedDict

from pipeline.vocabulary import WarningCode
from pipeline.wording import shorten

WARNING_COUNT = 20
WARNING_LENGTH = 300
"""Characters of a warning."""


class Notice(TypedDict):
    """One warning; profile.json carries them in this form."""

    code: WarningCode
    message: str


def notice(code: WarningCode, message: str) -> Notice:
    """Make a warning of at most ``WARNING_LENGTH`` characters."""
    return {"code": code, "message": shorten(message, WARNING_LENGTH)}


def capped(notices: Iterable[Notice]) -> list[Notice]:
    """Keep at most ``WARNING_COUNT`` warnings, the last of them saying what was left out."""
    kept = list({n["message"]: n for n in notices}.values())
    if len(kept) <= WARNING_COUNT:
        return kept
    left = len(kept) - WARNING_COUNT + 1
    rest = notice("more", f"{left} further warnings were left out.")
    return [*kept[: WARNING_COUNT - 1], rest]
