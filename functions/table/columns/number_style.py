"""How a column's numbers are written, and whether it is one of numbers."""

from collections.abc import Mapping

from pipeline.documents.chunk_profile import ColumnProfile, Numbers
from table.profiling.numeric import merge_numbers
from table.values.numbers import SCALED, style_of_unit
from table.values.spellings import MARKS

# So many different texts may stand for "missing" between numbers.
_MARKS = 5
# A slip of the hand rather than a code: a text or two, in one value of a hundred.
_STRAYS = 2
_STRAY_SHARE = 0.01
_SCALED_SHARE = 0.1


def number_style(found: ColumnProfile, decimal_comma: bool) -> tuple[str, Numbers | None]:
    """Choose how the column's numbers are written, and merge what belongs to that."""
    styles = found["numbers"]
    plain = styles.get("plain")
    others = {name: styles[name] for name in ("grouped", "comma") if name in styles}
    units = found.get("units") or {}
    if units:
        # A unit stands behind most numbers, or it is a text that begins with digits. A suffix that
        # multiplies need not: who writes 1.2k writes 950, too.
        unit, one = max(sorted(units.items()), key=lambda named: named[1]["count"])
        beside = [*others.values(), *([plain] if plain else [])]
        least = sum(numbers["count"] for numbers in beside)
        if one["count"] > (_SCALED_SHARE * least if unit == SCALED else least):
            return style_of_unit(unit), merge_numbers(plain, one) if plain else one
    if not others:
        if decimal_comma and "pointed" in styles and not found.get("dots"):
            return "comma", styles["pointed"]
        return "plain", plain
    # Where both read as many, 1.5 beside 1,500 leaves no reading of the comma but thousands.
    decimal = decimal_comma and not found.get("dots")
    style = max(others, key=lambda s: (others[s]["count"], (s == "comma") == decimal))
    if style == "comma":
        plain = styles.get("pointed", plain)
    if plain is None:
        return style, others[style]
    return style, merge_numbers(plain, others[style])


def holds_numbers(
    texts: Mapping[str, int], present: int, unread: int, share: float, *, coded: bool
) -> bool:
    """Tell a column of numbers, some of them missing, from one of codes, texts or dates.

    A few texts that stand between many different numbers say that something is missing,
    whatever their share (n.v.t., PrivacySuppressed, *, :).

    Parameters
    ----------
    texts : those that are no numbers, with their counts; none if they are many.
    present : values that are not missing.
    unread : of these, how many are no numbers.
    share : how many must be numbers.
    coded : whether its different values are so few that texts among them may be codes.
    """
    if coded and not (texts and all(map(says_missing, texts))):
        # Among few different numbers a text is another code, unless it is as good as none.
        return 0 < len(texts) <= _STRAYS and unread <= _STRAY_SHARE * present
    marks = sum(texts.values()) if len(texts) <= _MARKS else 0
    return present - unread >= share * (present - marks)


def says_missing(text: str) -> bool:
    """Tell whether a text among numbers is known to say "missing", or says nothing."""
    return text.lower() in MARKS or not any(letter.isalnum() for letter in text)
