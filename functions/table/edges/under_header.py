"""Lines under the header that are no rows: units, types, a second header."""

import re

from table.values.spellings import MISSING

_MOST_LINES = 5
_ROWS = 30
_FEWEST_ROWS = 3
_NUMERIC = 0.8
_WIDEST = 100
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)*|[.,]\d+)([eE][+-]?\d+)?\s?%?")
# SQL, pandas, Arrow and R; USGS writes 5s for a text of five letters, 14n for a number.
_TYPE = re.compile(
    r"(?:(?:tiny|small|medium|big|u)?int(?:eger)?\d*|float\d*|double(?: precision)?|real|"
    r"decimal|numeric|number|num|str(?:ing)?|(?:n?var)?char\d*(?: varying)?|character|text|"
    r"varchar2|nvarchar|factor|chr|dbl|lgl|object|category|bool(?:ean)?|date(?:time)?\d*|"
    r"time(?:stamp)?|bytes?|long|short)(?:\(\d+(?:, ?\d+)?\))?|\d{1,4}[sndt]",
    re.IGNORECASE,
)
_BRACKETED = re.compile(r"[(\[{<](?=.*[^\d.,\s]).*[)\]}>]|[(\[]-?[)\]]")
_DATE_FORM = re.compile(r"[YMDHSTymdhst./: -]{4,}")
_RULE = re.compile(r"[:|+ ]*[-=_]{2,}[-=_:|+ ]*")


def lines_under(header: list[str], rows: list[list[str]]) -> int:
    """Return how many of the records under the header are no rows.

    Such a line has texts in the columns that are numbers further down, names types alone, has
    all its texts in brackets, or is drawn with dashes; a single column is not enough unless its
    text is such a word.
    """
    found = 0
    while found < min(_MOST_LINES, len(rows) - _FEWEST_ROWS):
        fields = [f.strip() for f in rows[found]]
        below = [[f.strip() for f in row] for row in rows[found + 1 : found + 1 + _ROWS]]
        # pandas writes names of the index below the last level of the columns.
        if not _no_row(fields, below) and not (found and _index_names(header, fields)):
            break
        found += 1
    return found


def with_index_names(header: list[str], under: list[list[str]]) -> list[str]:
    """Return the header with the names that a line under it has where the header has none."""
    for fields in under:
        if _index_names(header, fields):
            return [name or field for name, field in zip(header, fields, strict=True)]
    return header


def number_columns(rows: list[list[str]], width: int) -> list[int]:
    """Return the positions of columns that are numbers in the first rows."""
    found = []
    for number in range(min(width, _WIDEST)):
        values = [row[number].strip() for row in rows[:_ROWS] if number < len(row)]
        if _numeric(values):
            found.append(number)
    return found


def _numeric(values: list[str]) -> bool:
    values = [value for value in values if value not in MISSING]
    numeric = sum(bool(_NUMBER.fullmatch(value)) for value in values)
    return numeric >= max(_FEWEST_ROWS, _NUMERIC * len(values))


def _index_names(header: list[str], fields: list[str]) -> bool:
    """Return whether names stand where the header has none: pandas' names of the index."""
    return (
        len(fields) == len(header)
        and any(fields)
        and all(bool(f) != bool(name) for f, name in zip(fields, header, strict=True))
    )


def _no_row(fields: list[str], below: list[list[str]]) -> bool:
    filled = [f for f in fields if f not in MISSING]
    if any(map(_NUMBER.fullmatch, filled)):
        return False
    drawn = [f for f in fields if f]
    if drawn and all(map(_RULE.fullmatch, drawn)) and any(len(f) > 2 for f in drawn):
        return True
    if not filled:
        return False
    # What looks so in the rows too is how their values are written.
    if _all_marked(fields) and not any(map(_all_marked, below)):
        return True
    return _texts_above_numbers(fields, below)


def _all_marked(fields: list[str]) -> bool:
    """Return whether all texts are names of types, or all are in brackets as units are."""
    filled = [f for f in fields if f]
    return len(filled) > 1 and any(all(map(sort.fullmatch, filled)) for sort in (_TYPE, _BRACKETED))


def _texts_above_numbers(fields: list[str], below: list[list[str]]) -> bool:
    texts = blanks = words = 0
    for number, field in enumerate(fields):
        values = [row[number] for row in below if number < len(row)]
        if field and field in values:
            return False
        if not _numeric(values):
            words += field not in MISSING and not _marked(field)
        elif field in MISSING:
            blanks += 1
        else:
            texts += 1
    return texts >= max(blanks, 2) or (texts == 1 and not blanks and not words)


def _marked(field: str) -> bool:
    return any(sort.fullmatch(field) for sort in (_TYPE, _BRACKETED, _DATE_FORM))
