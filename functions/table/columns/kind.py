"""What a column holds, decided from its merged profile."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from math import ceil, log10
from typing import Any

from pipeline.documents.chunk_profile import ColumnProfile, Dates, Numbers
from pipeline.documents.profile import ColumnSummary
from table.columns import identifiers
from table.profiling.distinct import distinct
from table.profiling.tally import merge_numbers
from table.values.numbers import style_of_unit
from table.values.spellings import FALSE, MARKS, TRUE

# Of the values that are there, how many must be numbers (or dates) for the column to be so.
SHARE = 0.95
# A column of few different values, some of them no numbers, holds codes.
_CODES = 50
_TEXT_SHARE = 0.5
# So many different texts may stand for "missing" between numbers.
_MARKS = 5
# A slip of the hand rather than a code: a text or two, in one value of a hundred.
_STRAYS = 2
_STRAY_SHARE = 0.01
# Where day and month could change places in every value, this style is taken.
_PREFERRED = {"dmy_slash": "mdy_slash", "mdy_dash": "dmy_dash"}


@dataclass(frozen=True)
class Column:
    """A column and what it holds.

    Attributes
    ----------
    kind : integer, float, boolean, category, date, text, identifier, constant or empty.
    style : how its numbers or dates are written.
    unread : values that are neither missing nor of the kind.
    ambiguous : whether all its dates could have day and month the other way round.
    spelled : of a target, the spellings of missing that occur, each with its count.
    """

    name: str
    kind: str
    missing: int
    distinct: int
    present: int
    style: str = "plain"
    numbers: Numbers | None = None
    dates: Dates | None = None
    counts: dict[str, int] | None = None
    unread: int = 0
    examples: list[str] = field(default_factory=list)
    infinite: int = 0
    ambiguous: bool = False
    spelled: dict[str, int] = field(default_factory=dict)


def column_of(
    name: str,
    found: ColumnProfile,
    rows: int,
    decimal_comma: bool = False,
    *,
    target: bool = False,
    share: float = SHARE,
    codes: int = _CODES,
) -> Column:
    """Decide what a column holds.

    Parameters
    ----------
    found : its merged profile.
    rows : good rows of the file.
    decimal_comma : what a comma or point that could be either is in this file.
    target : whether it is the target, in which no text counts as missing unsaid.
    share : of its values, how many must be numbers.
    codes : up to how many different values, some of them no numbers, are codes.
    """
    missing = found["missing"]
    present = rows - missing
    values = found["values"]
    different = min(distinct(values), present)
    infinite = found.get("infinite", 0)
    column = Column(
        name,
        "empty",
        missing,
        different,
        present,
        counts=values.get("counts"),
        infinite=infinite,
        spelled=found.get("spelled", {}),
    )
    if present == infinite:
        return column
    style, numbers = _numbers(found, decimal_comma)
    unread = present - (numbers["count"] if numbers else 0) - infinite
    marks = {} if target else _marks(found)
    if numbers and _holds_numbers(column, marks, unread, share, codes):
        return replace(
            column,
            kind=_number_kind(column, numbers, found.get("long", 0)),
            style=style,
            numbers=numbers,
            unread=unread,
            examples=found.get("other", []) if unread else [],
        )
    if found["dates"]:
        style, ambiguous = _date_style(found["dates"])
        dates = found["dates"][style]
        unread = present - dates["count"]
        if unread <= (1 - SHARE) * present:
            kind = "constant" if different == 1 and not missing else "date"
            return replace(
                column, kind=kind, style=style, dates=dates, unread=unread, ambiguous=ambiguous
            )
    return replace(column, kind=_text_kind(column, found), examples=found.get("other", []))


def _marks(found: ColumnProfile) -> dict[str, int]:
    """Return the texts that stand between numbers for "missing", each with its count.

    A few texts do, whatever they say (n.v.t., PrivacySuppressed, *, :).
    """
    texts = found.get("texts") or {}
    return texts if len(texts) <= _MARKS else {}


def _holds_numbers(
    column: Column, marks: dict[str, int], unread: int, share: float, codes: int
) -> bool:
    """Tell a column of numbers, some of them missing, from one of codes, texts or dates."""
    if unread and column.distinct <= codes and not (marks and all(map(_says_missing, marks))):
        # Among few different numbers a text is another code, unless it is as good as none.
        return 0 < len(marks) <= _STRAYS and unread <= _STRAY_SHARE * column.present
    return column.present - unread >= share * (column.present - sum(marks.values()))


def _says_missing(text: str) -> bool:
    return text.lower() in MARKS or not any(letter.isalnum() for letter in text)


def _number_kind(column: Column, numbers: Numbers, long: int) -> str:
    if column.distinct == 1 and not column.missing and not column.infinite:
        return "constant"
    exact = column.counts is not None
    if numbers["whole"] + long == numbers["count"] and identifiers.numbers_identify(
        column.name, numbers, column.distinct, column.missing, exact, long
    ):
        return "identifier"
    if numbers["whole"] != numbers["count"]:
        return "float"
    return "boolean" if (numbers["min"], numbers["max"]) == (0, 1) else "integer"


def _text_kind(column: Column, found: ColumnProfile) -> str:
    counts, different, present = column.counts, column.distinct, column.present
    if different == 1 and not column.missing:
        return "constant"
    if counts and all(value.lower() in TRUE | FALSE for value in counts):
        return "boolean"
    if different > identifiers.SHARE * present and present >= identifiers.LEAST_ROWS:
        key = identifiers.texts_identify(found["longest"], found.get("prose", 0), present)
        return "identifier" if key else "text"
    if different > max(_TEXT_SHARE * present, 2) and present >= identifiers.LEAST_ROWS:
        return "text"
    return "category"


def _numbers(found: ColumnProfile, decimal_comma: bool) -> tuple[str, Numbers | None]:
    """Choose how the column's numbers are written, and merge what belongs to that."""
    styles = found["numbers"]
    plain = styles.get("plain")
    others = {name: styles[name] for name in ("grouped", "comma") if name in styles}
    units = found.get("units") or {}
    if units:
        # A unit stands behind most numbers, or it is a text that begins with digits.
        unit, one = max(sorted(units.items()), key=lambda named: named[1]["count"])
        beside = [*others.values(), *([plain] if plain else [])]
        if one["count"] > sum(numbers["count"] for numbers in beside):
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


def _date_style(styles: dict[str, Dates]) -> tuple[str, bool]:
    """Choose how the column's dates are written; tell whether two ways read as many."""
    style = max(sorted(styles), key=lambda s: styles[s]["count"])
    other = _PREFERRED.get(style)
    if other in styles and styles[other]["count"] == styles[style]["count"]:
        return other, True
    turned = {preferred: other for other, preferred in _PREFERRED.items()}.get(style)
    return style, turned in styles and styles[turned]["count"] == styles[style]["count"]


def summary(column: Column) -> ColumnSummary:
    """Return what profile.json says of a column."""
    numbers = column.numbers
    top = sorted((column.counts or {}).items(), key=lambda item: (-item[1], item[0]))[:10]
    low: Any = None
    high: Any = None
    if column.dates:
        low, high = (_date(column.dates[edge]) for edge in ("min", "max"))
    elif numbers:
        low, high = numbers["min"], numbers["max"]
    return {
        "name": column.name,
        "type": column.kind,
        "missing": column.missing,
        "distinct": column.distinct,
        "distinct_is_exact": column.counts is not None,
        "min": low,
        "max": high,
        "mean": _mean(numbers) if numbers else None,
        "top": [[value[:100], count] for value, count in top],
    }


def _mean(numbers: Numbers) -> float:
    """Round to the digits that are sure in any order of adding, also where values cancel."""
    largest = max(abs(numbers["min"]), abs(numbers["max"]))
    sure = round(numbers["mean"], 12 - ceil(log10(largest))) if largest else 0.0
    return float(f"{sure:.9g}") + 0.0


def _date(micros: int) -> str:
    # A float of seconds would round the last microsecond of 9999 up to a year that is none.
    moment = datetime(1970, 1, 1) + timedelta(microseconds=micros)
    return moment.isoformat(sep=" ", timespec="seconds")
