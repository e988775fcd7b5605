"""The header among a file's first records: where it is, whether it is one, what it names."""

import re
import statistics
from itertools import pairwise

from pipeline.notices import Notice, notice
from pipeline.wording import listed
from table.values.spellings import MISSING

_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)*|[.,]\d+)([eE][+-]?\d+)?\s?%?")
_PREAMBLE_RECORDS = 20
# Share of records that may be further headers; more are rows that are much the same.
_HEADERS = 0.1


def preamble(records: list[list[str]], target: str | None) -> int:
    """Return how many records before the header are titles, comments or a ``sep=`` line.

    A title that Excel saved has all the delimiters, and a header may begin with # or name
    one column only: such a record is skipped only if names follow it.
    """
    usual = statistics.mode(len(r) for r in records)
    for number, record in enumerate(records[:_PREAMBLE_RECORDS]):
        fields = [f.strip() for f in record]
        # A misspelt target may be a value of some row.
        if target in fields and (not number or is_header(fields, records[number + 1 :], None)):
            return number
    for number, record in enumerate(records[:_PREAMBLE_RECORDS]):
        fields = [f.strip() for f in record]
        filled = sum(map(bool, fields))
        sep = fields[0].startswith("sep=")
        title = filled < 2 and usual > 2 and len(records) > 2
        if not sep and not title and not fields[0].startswith("#"):
            return number + _key_values(records[number:], usual, target)
        if not sep and filled and len(fields) == usual > 1 and not _names(records[number + 1 :]):
            return number
    return 0


def _key_values(records: list[list[str]], usual: int, target: str | None) -> int:
    """Return how many records with few fields filled stand above a header that fills them all.

    They are keys with values (``Report:,Monthly``), or names of groups of columns.
    """
    for number, record in enumerate(records[:_PREAMBLE_RECORDS]):
        fields = [f.strip() for f in record]
        filled = [f for f in fields if f]
        if len(filled) == usual > 2 or (len(filled) == usual - 1 > 2 and number):
            below = records[number + 1 :]
            distinct = len(set(filled)) == len(filled)
            return number if distinct and is_header(fields, below, target) else 0
        pair = len(filled) == 2 and fields[0].endswith(":") and not fields[-1]
        # R leaves the name of its row names out: one field less is no sign.
        narrow = len(fields) < usual - 1
        if len(filled) > usual // 2 and not pair and not narrow:
            return 0
    return 0


def _names(records: list[list[str]]) -> bool:
    """Return whether the first record of more than one field that is filled is a header."""
    for number, record in enumerate(records):
        fields = [f.strip() for f in record]
        if sum(map(bool, fields)) > 1:
            rest = records[number + 1 :]
            return not any(map(_NUMBER.fullmatch, fields)) and is_header(fields, rest, None)
    return False


def is_header(first: list[str], rest: list[list[str]], target: str | None) -> bool:
    """Tell a header from data.

    A header has a name in most fields. Numbers in it are names only if they count on by
    one (pandas' default names, years), or if the settings' target is among the fields.
    """
    if target is not None and target in first:
        return True
    numbers = [f for f in first if _NUMBER.fullmatch(f)]
    if not numbers:
        blank = sum(f in MISSING for f in first)
        if blank == len(first):
            return False
        return not (rest and _same_kind(first, rest))
    try:
        values = [int(f) for f in numbers]
    except ValueError:
        return False
    return len(values) > 1 and all(b - a == 1 for a, b in pairwise(values))


def _same_kind(first: list[str], rest: list[list[str]]) -> bool:
    """Return whether the first line's fields recur below: text data without a header."""
    # Files put together repeat the header, and that of another table has names in common with it.
    alike = [_mostly(first, row) for row in rest]
    if sum(alike) <= _HEADERS * len(rest):
        rest = [row for row, like in zip(rest, alike, strict=True) if not like]
    rest = [row for row in rest if [field.strip() for field in row] != first]
    recurring = sum(
        any(field == row[n] for row in rest if n < len(row))
        for n, field in enumerate(first)
        if field not in MISSING
    )
    named = sum(f not in MISSING for f in first)
    return len(rest) >= 5 and recurring >= 2 and recurring * 2 > named


def _mostly(first: list[str], row: list[str]) -> bool:
    """Return whether more than half of the fields are those of the first line."""
    same = sum(field == other.strip() for field, other in zip(first, row, strict=False))
    return same * 2 > len(first)


def named(first: list[str]) -> tuple[list[str], list[Notice]]:
    """Give every column a name of its own."""
    names: dict[str, None] = {}
    taken = set(first)
    # Where to count on from: numbers below were refused, and stay so.
    numbers: dict[str, int] = {}
    changed = []
    for position, name in enumerate(first, 1):
        stem = fresh = name or f"column_{position}"
        while fresh in names or (fresh != name and fresh in taken):
            number = numbers.get(stem, 2)
            fresh, numbers[stem] = f"{stem}_{number}", number + 1
        if fresh != name:
            changed.append(fresh)
        names[fresh] = None
    if not changed:
        return list(names), []
    text = f"Columns without a name or with a name twice were renamed: {listed(changed)}."
    return list(names), [notice("renamed", text)]
