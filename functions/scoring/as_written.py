"""How a scored file writes what the champion reads: its signs and orders may be others.

The champion's encoder decides what a column is, numbers or dates or categories; the file itself
decides how it writes them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.documents.chunk_profile import ColumnProfile
from pipeline.documents.encoder import STYLED, Encoder, Feature, by_column
from pipeline.errors import ColumnMismatchError
from pipeline.notices import Notice, notice
from pipeline.wording import counted, listed, quoted
from scoring.cells import unread_cells
from table.columns.kind import Column, column_of
from table.columns.locale import decimal_sign, has_decimal_comma, sign_of_either
from table.values.date_styles import DATES
from table.values.durations import CLOCKED
from table.values.units import style_of_unit, unit_of

MOST_STRAYS = 0.2
"""Share of a column's values that may be unreadable; above it the file is refused."""
_FEW_STRAYS = 5
_SIGNS = ("plain", "grouped", "comma")


@dataclass(frozen=True)
class AsWritten:
    """The champion's encoder, as it reads the scored file, and what is to be said of that."""

    encoder: Encoder
    notices: list[Notice] = field(default_factory=list)


def as_written(
    encoder: Encoder,
    names: Sequence[str],
    profiles: Sequence[ColumnProfile],
    rows: int,
    delimiter: str,
    file: str,
) -> AsWritten:
    """Fit an encoder to the way in which a file writes its values.

    Parameters
    ----------
    names, profiles : of the file's columns, in its order.
    rows : of the file.

    Raises
    ------
    ColumnMismatchError
        Too many values of some columns cannot be read.
    """
    said = encoder.get("decimal")
    sign, comma = said or decimal_sign(profiles), has_decimal_comma(profiles, delimiter, said)
    found = dict(zip(names, profiles, strict=True))
    styles: dict[str, str] = {}
    refused, notices = [], []
    for name, features in by_column(encoder["features"]).items():
        first = features[0]
        if first["encoding"] not in STYLED:
            continue
        profile = found[name]
        column = column_of(name, profile, rows, comma)
        style = styles[name] = _style(first, column, profile, sign)
        now: Feature = {**first, "style": style}
        strays = _strays(now, column, profile)
        if _too_many(strays, column.present):
            refused.append(_refusal(column, now, strays))
        elif strays:
            notices.append(_told(column, strays))
        if style == first["style"] and sign is None and _has_two_readings(now, profile, delimiter):
            notices.append(_two_readings(column, style))
    if refused:
        raise ColumnMismatchError(
            f"{file} is not written as the approved model reads it: {'; '.join(refused[:5])}. "
            f"Write these columns as in the file that trained, and drop it again"
        )
    return AsWritten({**encoder, "features": _with_styles(encoder["features"], styles)}, notices)


def _with_styles(features: list[Feature], styles: Mapping[str, str]) -> list[Feature]:
    return [
        {**feature, "style": styles[feature["column"]]}
        if feature["column"] in styles and "style" in feature
        else feature
        for feature in features
    ]


def _too_many(strays: int, present: int) -> bool:
    """Tell whether so many unreadable values are no strays; of few rows a few are, but not all."""
    return strays > MOST_STRAYS * present and (strays > _FEW_STRAYS or strays == present)


def _style(feature: Feature, column: Column, profile: ColumnProfile, sign: str | None) -> str:
    """Return how the file writes the values of a column that the champion reads as a style."""
    known = feature["style"]
    is_date = feature["encoding"] == "date"
    own = _own_style(known, is_date, column, profile, sign)
    if (own == known and not unit_of(known)) or (is_date and column.ambiguous):
        return known
    if not is_date:
        unit = unit_of(known)
        if unit is not None and sign is not None:
            return style_of_unit(unit, comma=sign == ",")
        if (own in CLOCKED) != (known in CLOCKED) or unit or unit_of(own):
            # Hours are no numbers of another notation, and a unit is part of what was learnt.
            return known
        if sign is not None and {own, known} <= set(_SIGNS):
            return own
    return own if _read(own, is_date, profile) > _read(known, is_date, profile) else known


def _own_style(
    known: str, is_date: bool, column: Column, profile: ColumnProfile, sign: str | None
) -> str:
    """Return the style in which the file writes a column, by what most of its values are.

    In a file of few rows one stray cell makes a text of a column.
    """
    if column.dates if is_date else column.numbers:
        return column.style
    styles = list(profile["dates"]) if is_date else list(_SIGNS)
    if not styles or (not is_date and known not in _SIGNS):
        return known
    counts = {style: _read(style, is_date, profile) for style in styles}
    best = [style for style in styles if counts[style] == max(counts.values())]
    if not is_date and sign is not None:
        best = [style for style in best if (style == "comma") == (sign == ",")] or best
    if known in best:
        return known
    # Of several orders of dates none is told by the values; what grouped reads, plain reads too.
    return known if is_date and len(best) > 1 else best[0]


def _read(style: str, is_date: bool, profile: ColumnProfile) -> int:
    """Count the values that a style reads."""
    if is_date:
        return profile["dates"][style]["count"] if style in profile["dates"] else 0
    numbers = profile["numbers"]
    plain = numbers["plain"]["count"] if "plain" in numbers else 0
    return plain + (numbers[style]["count"] if style in numbers and style != "plain" else 0)


def _strays(feature: Feature, column: Column, profile: ColumnProfile) -> int:
    """Count the values that the fitted encoder cannot read."""
    style, present = feature["style"], column.present - column.infinite
    if feature["encoding"] == "date":
        read = profile["dates"][style]["count"] if style in profile["dates"] else 0
        return max(present - read, 0)
    if style in _SIGNS:
        return max(present - _read(style, False, profile), 0)
    return unread_cells([feature], column, profile, None).count


def _has_two_readings(feature: Feature, profile: ColumnProfile, delimiter: str) -> bool:
    return feature["style"] in _SIGNS and sign_of_either(profile, delimiter) is not None


def _two_readings(column: Column, style: str) -> Notice:
    sign = "comma" if style == "comma" else "point"
    text = (
        f"Column {quoted(column.name)}: its numbers can be read in two ways, as 1.234 can; read "
        f"with a decimal {sign}, as in the file that trained."
    )
    return notice("ambiguous_numbers", text)


def _told(column: Column, strays: int) -> Notice:
    text = (
        f"Column {quoted(column.name)}: {counted(strays, 'value')}{_examples(column)} could not be "
        f"read and counted as missing."
    )
    return notice("unread_values", text)


def _refusal(column: Column, feature: Feature, strays: int) -> str:
    kind = "dates" if feature["encoding"] == "date" else "numbers"
    example = DATES[feature["style"]].example if kind == "dates" else ""
    such = f" such as {example}" if example else ""
    return (
        f"{strays:,} of {counted(column.present, 'value')} of {quoted(column.name)}"
        f"{_examples(column)} cannot be read as {kind}{such}"
    )


def _examples(column: Column) -> str:
    return f" ({listed(column.examples)})" if column.examples else ""
