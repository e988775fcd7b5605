r"""What each line of a CSV does to the state of a reader: inside quotes, or outside.

The reading rules are those of Python's csv module (Modules/_csv.c), which is what
people's files are made for: a quote opens a field only where the field begins, a
doubled quote inside is a quote, and after the closing quote any other character
makes the rest of the field plain text. Between two lines such a reader is in one of
two states, outside (a record begins here) or inside (a quoted field goes on), so a
line is a map of two states into two. Maps compose, which is what makes it possible to
cut a file at any byte: a chunk knows its own map, and whoever has the maps of all
chunks before it knows its state.
"""

import re
from dataclasses import dataclass
from functools import cache

import polars as pl

from table.reading.dialect import Dialect

WIDEST_PATTERN = 60
"""Columns: the regular expression of whole lines grows with the width, and its compilation too."""


@dataclass(frozen=True)
class Patterns:
    """Regular expressions over one line; all are linear-time (Rust's regex)."""

    strict: str
    opens_outside: str
    opens_inside: str
    quoted: str


@cache
def patterns(delimiter: str, quote: str, skip_space: bool) -> Patterns:
    """Make the patterns of a dialect.

    ``strict`` matches a line of whole fields where every quote is in its place;
    ``opens_outside`` a line that, begun outside quotes, ends inside; ``opens_inside``
    one that, begun inside, ends inside.
    """
    d, q = re.escape(delimiter), re.escape(quote)
    space = " *" if skip_space else ""
    inner = f"(?:[^{q}]|{q}{q})*"
    tail = f"(?:[^{q}{d}][^{d}]*)?"
    whole = f"{space}{q}{inner}{q}"
    first = f"[^{q}{d} ]" if skip_space else f"[^{q}{d}]"
    bare = f"{space}(?:{first}[^{d}]*)?"
    fields = f"(?:(?:{whole}{tail}|{bare}){d})*"
    opened = f"{fields}{space}{q}{inner}"
    tidy = f"(?:[^{q}{d}]*|{q}{inner}{q})"
    return Patterns(
        strict=f"^{tidy}(?:{d}{tidy})*$",
        opens_outside=f"^{opened}$",
        opens_inside=f"^(?:{inner}|{inner}{q}{tail}{d}{opened})$",
        quoted=f"{q}{inner}{q}",
    )


def patterns_of(dialect: Dialect) -> Patterns:
    """Make the patterns of a dialect."""
    return patterns(dialect.delimiter, dialect.quote, dialect.skip_space)


def whole_lines(lines: pl.Series, dialect: Dialect, width: int) -> pl.Series:
    """Tell which lines are one record each, of the right number of fields and all in order.

    Parameters
    ----------
    width : number of fields, at most WIDEST_PATTERN.
    """
    d, q = re.escape(dialect.delimiter), re.escape(dialect.quote)
    tidy = f"(?:[^{q}{d}]*|{q}(?:[^{q}]|{q}{q})*{q})"
    pattern = f"^{tidy}(?:{d}{tidy}){{{width - 1}}}$"
    return lines.str.contains(pattern)


def read_lines(data: bytes) -> pl.Series:
    r"""Split UTF-8 bytes at ``\n``; a last line without one counts, an empty rest does not."""
    if not data:
        return pl.Series([], dtype=pl.String)
    return pl.read_csv(
        data,
        has_header=False,
        schema={"line": pl.String},
        separator="\x00",
        quote_char=None,
        empty_string_is_null=False,
    ).to_series()


@dataclass(frozen=True)
class QuoteLines:
    """The lines that hold a quote, and the state after each.

    Attributes
    ----------
    index : line numbers from 0, ascending.
    after_outside, after_inside : whether the reader is inside quotes after the line,
        when it was outside (or inside) before the first line of all.
    """

    index: pl.Series
    after_outside: pl.Series
    after_inside: pl.Series

    def ends_inside(self, began_inside: bool) -> bool:
        """Return the state after the last line."""
        after = self.after_inside if began_inside else self.after_outside
        return bool(after[-1]) if len(after) else began_inside

    def record_of(self, line: int, began_inside: bool) -> int | None:
        """Return the line on which the record that a line belongs to begins.

        Returns
        -------
        None if that is before the first line of all.
        """
        after = self.after_inside if began_inside else self.after_outside
        before = after.head(self.index.search_sorted(line))
        if not (bool(before[-1]) if len(before) else began_inside):
            return line
        closed = (~before).arg_true()
        if not len(closed):
            return None if began_inside else int(self.index[0])
        return int(self.index[int(closed[-1]) + 1])


def quote_lines(lines: pl.Series, dialect: Dialect) -> QuoteLines:
    """Follow both states through the lines.

    Each line with a quote is the identity, a constant or a swap. The state after a line
    is the last constant before it, or the state at the beginning, swapped as often as
    there are swaps since.
    """
    has = lines.str.contains(dialect.quote, literal=True)
    index = has.arg_true()
    some = lines.filter(has)
    rules = patterns_of(dialect)
    frame = pl.DataFrame(
        {
            "from_outside": some.str.contains(rules.opens_outside),
            "from_inside": some.str.contains(rules.opens_inside),
        }
    ).with_columns(
        constant=pl.col("from_outside") == pl.col("from_inside"),
        swap=(pl.col("from_outside") & ~pl.col("from_inside")).cast(pl.Int64),
    )
    swaps = pl.col("swap").cum_sum()
    known = (
        pl.when(pl.col("constant")).then(pl.col("from_outside").cast(pl.Int64) + swaps) % 2
    ).forward_fill()
    states = frame.select(
        outside=((known.fill_null(0) + swaps) % 2) == 1,
        inside=((known.fill_null(1) + swaps) % 2) == 1,
    )
    return QuoteLines(index, states["outside"], states["inside"])
