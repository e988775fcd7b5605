"""How a column's numbers are written, and whether it is one of numbers."""

from collections.abc import Mapping
from functools import reduce

from pipeline.documents.chunk_profile import ColumnProfile, Numbers
from table.profiling.numeric import merge_numbers
from table.profiling.texts import of_unit, unit_rows
from table.values.spellings import MARKS
from table.values.units import SCALED, may_be_left_out, style_of_unit, unit_key

# So many different texts may stand for "missing" between numbers.
_MARKS = 5
# A slip of the hand rather than a code: a text or two, in one value of a hundred.
_STRAYS = 2
_STRAY_SHARE = 0.01
_SCALED_SHARE = 0.1
_LETTER_SHARE = 0.05


def number_style(found: ColumnProfile, decimal_comma: bool) -> tuple[str, Numbers | None]:
    """Choose how the column's numbers are written, and merge what belongs to that."""
    styles = found["numbers"]
    plain = styles.get("plain")
    others = {name: styles[name] for name in ("grouped", "comma") if name in styles}
    if with_unit := _with_unit(found, decimal_comma):
        return with_unit
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


def _with_unit(found: ColumnProfile, decimal_comma: bool) -> tuple[str, Numbers] | None:
    """Return the style of numbers with a unit, if the column's numbers are such."""
    spelled = unit_rows(found)
    if not spelled:
        return None
    rows: dict[str, int] = {}
    for text, count in spelled.items():
        rows[unit_key(text)] = rows.get(unit_key(text), 0) + count
    key = max(sorted(rows), key=rows.__getitem__)
    styles = found["numbers"]
    grouped, commas, plain = (_count(styles.get(n)) for n in ("grouped", "comma", "plain"))
    beside = plain + max(grouped, commas)
    # A unit stands behind most numbers, or it is a text that begins with digits; unless all know
    # it, and it is the only one. A suffix that multiplies need not: who writes 1.2k writes 950.
    few = rows[key] <= (_SCALED_SHARE if key == SCALED else 1) * beside
    if few and (key == SCALED or len(rows) > 1 or not _left_out(spelled, beside)):
        return None
    read = {comma: of_unit(found, key, comma=comma) for comma in (False, True)}
    points, commas = grouped + _count(read[False]), commas + _count(read[True])
    decimal = decimal_comma and not found.get("dots")
    comma = points < commas or (points == commas and decimal)
    one = read[comma]
    if one is None:
        return None
    # The commonest spelling names it.
    text = max((t for t in spelled if unit_key(t) == key), key=spelled.__getitem__)
    names = "pointed" if comma and "pointed" in styles else "plain", "comma" if comma else "grouped"
    parts = [styles[name] for name in names if name in styles]
    return style_of_unit(text, comma=comma), reduce(merge_numbers, parts, one)


def _left_out(units: Mapping[str, int], without: int) -> bool:
    """Tell whether a column's only unit was left out of most numbers; a letter may be a code."""
    letters = any(len(text) == 1 for text in units)
    few = letters and sum(units.values()) < _LETTER_SHARE * without
    return all(map(may_be_left_out, units)) and not few


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


def _count(numbers: Numbers | None) -> int:
    return numbers["count"] if numbers else 0
