"""What a column holds, decided from its merged profile."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace

from pipeline.documents.chunk_profile import ColumnProfile, Dates, Numbers
from table.columns import identifiers
from table.columns.clocks import clocks_of
from table.columns.date_order import Written, no_days, plain_dates, written_dates
from table.columns.nearly import CODES, nearly_of
from table.columns.number_style import holds_numbers, number_style
from table.profiling.distinct import variety
from table.profiling.texts import of_unit
from table.values.spellings import FALSE, TRUE
from table.values.units import has_comma, unit_key, unit_of

# Of the values that are there, how many must be numbers (or dates) for the column to be so.
SHARE = 0.95
_TEXT_SHARE = 0.5
_TIMES_SHARE = 0.5


@dataclass(frozen=True)
class Column:
    """A column and what it holds.

    Attributes
    ----------
    kind : integer, float, boolean, category, date, text, identifier, constant or empty.
    style : how its numbers or dates are written.
    unread : values that are neither missing nor of the kind.
    other_style : how all its dates could be written as well, if nothing tells which is right.
    doubtful : whether its durations could be times of day.
    nearly : of a text, what most of its values look like and what to write.
    with_unit : of its numbers, those that have the unit of the style behind them.
    spelled : the spellings of missing that may be answers, each with its count; of a target,
        all that occur.
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
    other_style: str = ""
    doubtful: bool = False
    nearly: str = ""
    with_unit: int = 0
    spelled: dict[str, int] = field(default_factory=dict)

    @property
    def ambiguous(self) -> bool:
        """Whether all its dates could have day, month and year in another order."""
        return bool(self.other_style)


def column_of(
    name: str,
    found: ColumnProfile,
    rows: int,
    decimal_comma: bool = False,
    *,
    target: bool = False,
    share: float = SHARE,
    codes: int = CODES,
) -> Column:
    """Decide what a column holds.

    Parameters
    ----------
    found : its merged profile.
    rows : good rows of the file.
    decimal_comma : what a comma or point that could be either is in this file.
    target : whether it is the target, whose plain numbers are no dates, and in which no text
        counts as missing unsaid.
    share : of its values, how many must be numbers.
    codes : up to how many different values, some of them no numbers, are codes.
    """
    missing = found["missing"]
    present = rows - missing
    values = found["values"]
    different = variety(values, present).different
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
    if times := _times(column, found, target, share):
        return times
    style, numbers = number_style(found, decimal_comma)
    unread = present - (numbers["count"] if numbers else 0) - infinite
    coded = different <= codes and unread > 0
    # What is to be predicted has rules of its own for texts among numbers: target_column.py.
    texts = {} if target else found.get("texts") or {}
    if numbers and holds_numbers(texts, present, unread, share, coded=coded):
        return replace(
            column,
            kind=_number_kind(column, numbers, found),
            style=style,
            numbers=numbers,
            unread=unread,
            examples=_unread_texts(found, style) if unread else [],
            with_unit=_with_unit(found, style),
        )
    if (written := written_dates(found)) and written.dates["count"] >= SHARE * _days(
        found, present
    ):
        return _dated(column, written, found)
    kind = _text_kind(column, found)
    nearly = nearly_of(found, present, kind, different)
    return replace(column, kind=kind, examples=found.get("other", []), nearly=nearly)


def columns_of(
    names: list[str],
    found: list[ColumnProfile],
    rows: int,
    decimal_comma: bool,
    kept: Collection[str] = (),
) -> list[Column]:
    """Decide what each column holds.

    Parameters
    ----------
    kept : columns that are no identifiers and no texts, whatever they look like.
    """
    columns = []
    for name, profile in zip(names, found, strict=True):
        column = column_of(name, profile, rows, decimal_comma)
        if name in kept and column.kind in ("identifier", "text"):
            column = replace(column, kind="integer" if column.numbers else "category")
        columns.append(column)
    return columns


def _with_unit(found: ColumnProfile, style: str) -> int:
    unit = unit_of(style)
    numbers = of_unit(found, unit, comma=has_comma(style)) if unit else None
    return numbers["count"] if numbers else 0


def _unread_texts(found: ColumnProfile, style: str) -> list[str]:
    """Return examples of what is no number; with a unit, what has another is among the others."""
    texts = found.get("texts")
    unit = unit_of(style)
    if unit is None:
        return found.get("other", [])
    others = {*(found.get("units") or {}), *(found.get("comma_units") or {})}
    units = [f"... {text}" for text in sorted(others) if unit_key(text) != unit_key(unit)]
    return [*sorted(texts or {}), *units][:3]


def _times(column: Column, found: ColumnProfile, target: bool, share: float) -> Column | None:
    """Tell what plain numbers cannot: dates such as 20240131, durations and times of day."""
    present = column.present
    if not target and (written := plain_dates(found, SHARE * _days(found, present))):
        return _dated(column, written, found)
    # However few must be numbers, less than half are no times: the numbers beside them are more.
    clocks = clocks_of(column.name, found, max(share, _TIMES_SHARE) * present)
    if clocks is None:
        return None
    numbers = clocks.numbers
    unread = present - numbers["count"]
    return replace(
        column,
        kind=_whole_or_not(column, numbers),
        style=clocks.style,
        numbers=numbers,
        unread=unread,
        examples=found.get("other", []) if unread else [],
        doubtful=clocks.doubtful,
    )


def _days(found: ColumnProfile, present: int) -> int:
    """Return the values but for those that stand for a day that is not known."""
    return present - sum(no_days(found).values())


def _dated(column: Column, written: Written, found: ColumnProfile) -> Column:
    unread = column.present - written.dates["count"]
    examples = [*no_days(found), *written.unread]
    return replace(
        column,
        kind="constant" if column.distinct == 1 and not column.missing else "date",
        style=written.style,
        dates=written.dates,
        unread=unread,
        examples=list(dict.fromkeys(examples))[:3] if unread else [],
        other_style=written.other,
    )


def _whole_or_not(column: Column, numbers: Numbers) -> str:
    if column.distinct == 1 and not column.missing:
        return "constant"
    return "integer" if numbers["whole"] == numbers["count"] else "float"


def _number_kind(column: Column, numbers: Numbers, found: ColumnProfile) -> str:
    if column.distinct == 1 and not column.missing and not column.infinite:
        return "constant"
    written = identifiers.Written(
        found.get("long", 0),
        found.get("shortest", 0),
        found["longest"],
        "dots" in found or "thousands" in found,
    )
    varied = variety(found["values"], column.present)
    if numbers["whole"] + written.long == numbers["count"] and identifiers.numbers_identify(
        column.name, numbers, varied, column.missing, written
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
    differs = identifiers.differs(variety(found["values"], present))
    if differs and present >= identifiers.LEAST_ROWS:
        key = identifiers.texts_identify(found["longest"], found.get("prose", 0), present)
        return "identifier" if key else "text"
    if different > max(_TEXT_SHARE * present, 2) and present >= identifiers.LEAST_ROWS:
        return "text"
    return "category"
