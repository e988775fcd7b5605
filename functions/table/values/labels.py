"""Labels as people write them: which texts look the same, and which may be no label at all."""

import re
import unicodedata

import polars as pl

from table.values.spellings import MISSING

LABELS = frozenset(
    {"NA", "N/A", "n/a", "na", "N.A.", "n.a.", "None", "NONE", "nil", "NIL"}
    | {"null", "NULL", "Null", "-", "--"}
)
"""Spellings of missing that people write for an answer, too: no disorder, North America, a
negative finding. NaN, #N/A, ? and the others are marks for what is not known."""

# Blank to the eye, but neither space nor format character to Unicode: braille and Hangul fillers.
_BLANKS = "\u2800\u3164\u115f\u1160"
_VARIATIONS = "\ufe0e\ufe0f"
_HIDDEN = ("Cf", "Cc")
_QUOTES = "'\"`\u2018\u2019\u201c\u201d\u00b4"
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))
_BLANK_BESIDE_NO_DIGITS = re.compile(r"(?<![0-9]) | (?![0-9])")


def visible(text: str) -> str:
    """Leave out what nobody sees: blanks at the ends, zero-width characters, marks of bytes."""
    kept = []
    for character in unicodedata.normalize("NFC", text):
        if character.isspace() or character in _BLANKS:
            kept.append(" ")
        elif unicodedata.category(character) not in _HIDDEN and character not in _VARIATIONS:
            kept.append(character)
    return " ".join("".join(kept).split())


def label_key(text: str) -> str:
    """Return what texts have in common that differ in case, blanks, quotes or a final dot only.

    A blank between two digits stays: 1 1 is not 11. All dashes are one.
    """
    key = _BLANK_BESIDE_NO_DIGITS.sub("", visible(text).casefold().translate(_DASHES))
    bare = key.strip(_QUOTES) or key
    return bare.rstrip(".") or bare or text


def spelled_missing(values: pl.Series) -> dict[str, int]:
    """Count the spellings of missing in a column, but for fields that are empty or blank."""
    stripped = values.str.strip_chars()
    found = stripped.filter(stripped.is_in([text for text in MISSING if text]))
    counted = found.value_counts(sort=False, name="count")
    return dict(sorted(zip(counted.to_series(0), counted.to_series(1), strict=True)))
