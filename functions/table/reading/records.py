"""Records of a piece of a CSV as a table of strings; bad rows set aside."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from table.limits import BAD_LINES_SHOWN
from table.reading.dialect import Dialect
from table.reading.joining import joined
from table.reading.quotes import patterns_of, read_lines
from table.reading.repeats import likely, of_other_width, repeats
from table.reading.strings import read_strings
from table.reading.swallowed import Spots, swallowed_lines


@dataclass(frozen=True)
class BadRow:
    """A record with a wrong number of fields; line is counted from 0 in its piece."""

    line: int
    fields: int


REPEATED_HEADER, COMMENTED_OUT = 0, (1 << 32) - 1
"""In place of a number of fields."""


@dataclass(frozen=True)
class Spans:
    """Where each record lies, those that are no rows among them; blank lines are none.

    Attributes
    ----------
    first, last : UInt32, its lines, from 0.
    fields : UInt32, how many it has; REPEATED_HEADER or COMMENTED_OUT if it is no row for that.
    """

    first: pl.Series
    last: pl.Series
    fields: pl.Series


@dataclass(frozen=True)
class Records:
    """The records of a piece.

    Attributes
    ----------
    frame : string columns c0, c1, ...; the good records that are rows.
    index : UInt32, the number of each row among all records, from 0; None if all are rows.
    count : of all records; blank lines are none.
    bad : the first of the bad ones.
    clean : whether the bytes can be read again without any of the checks.
    begins : line of each row; None if each line is a row.
    repeated : records that repeat the header.
    commented : rows that were commented out.
    swallowed : lines that a quote takes into a record though they look like records.
    spans : of all records; None if each line is a row.
    """

    frame: pl.DataFrame
    index: pl.Series | None
    count: int
    bad: list[BadRow] = field(default_factory=list)
    clean: bool = True
    begins: pl.Series | None = None
    repeated: Spots = field(default_factory=Spots)
    commented: Spots = field(default_factory=Spots)
    swallowed: Spots = field(default_factory=Spots)
    spans: Spans | None = None


def read_records(
    data: bytes,
    dialect: Dialect,
    width: int,
    clean: bool = False,
    headers: Sequence[list[str]] = (),
    commented: str | None = None,
    only: Collection[int] | None = None,
) -> Records:
    r"""Read whole records.

    Parameters
    ----------
    data : UTF-8 with ``\n`` line ends, beginning and ending with a record.
    width : number of columns.
    clean : the result of an earlier reading of the same bytes.
    headers : texts of records that are no rows wherever they stand.
    commented : pattern of the first field of a record that was commented out.
    only : positions of the columns that are wanted, at least one; the others are null.
    """
    repeated = likely(data, dialect, width, headers)
    if only is not None:
        # What is no row is told by other columns, too.
        only = None if repeated else {*only, 0}
    found = _all_records(data, dialect, width, clean, headers, only)
    # Of another width than the rows are those that the checks have found.
    again, known = repeats(found.frame, repeated), found.repeated
    if again is not None:
        found, spots = _without(found, again, REPEATED_HEADER)
        first = sorted([*known.lines, *spots.lines])[:BAD_LINES_SHOWN]
        found = replace(found, repeated=Spots(known.count + spots.count, first))
    if commented and b"#" in data and len(found.frame):
        out = found.frame.to_series(0).str.contains(commented).fill_null(value=False)
        if out.any():
            found, spots = _without(found, out, COMMENTED_OUT)
            found = replace(found, commented=spots)
    return found


def _without(found: Records, rows: pl.Series, mark: int) -> tuple[Records, Spots]:
    """Take rows out, and tell where they stand.

    Parameters
    ----------
    mark : of them among the records' numbers of fields.
    """
    numbers = pl.int_range(len(found.frame), dtype=pl.UInt32, eager=True)
    begins = numbers if found.begins is None else found.begins
    lines = begins.filter(rows)
    left = replace(
        found,
        frame=found.frame.filter(~rows),
        index=(numbers if found.index is None else found.index).filter(~rows),
        begins=begins.filter(~rows),
        spans=_told_apart(found, rows, mark),
    )
    return left, Spots(len(lines), lines.head(BAD_LINES_SHOWN).to_list())


def _told_apart(found: Records, rows: pl.Series, mark: int) -> Spans:
    """Return the records' places, with some rows marked as none."""
    spans = found.spans
    if spans is None:
        lines = pl.int_range(found.count, dtype=pl.UInt32, eager=True)
        width = pl.repeat(found.frame.width, found.count, dtype=pl.UInt32, eager=True)
        spans = Spans(lines, lines, width)
    records = rows.arg_true()
    records = records if found.index is None else found.index.gather(records)
    return replace(spans, fields=spans.fields.clone().scatter(records, mark))


def _all_records(
    data: bytes,
    dialect: Dialect,
    width: int,
    clean: bool,
    headers: Sequence[list[str]],
    only: Collection[int] | None,
) -> Records:
    if clean:
        frame = read_strings(data, dialect, width, only)
        return Records(frame, None, len(frame))
    if dialect.quote.encode() not in data and not _blank_line(data):
        # polars fills a short row up and cuts a long one off without a word.
        delimiters = read_lines(data).str.count_matches(dialect.delimiter, literal=True)
        if (delimiters == width - 1).all():
            frame = read_strings(data, dialect, width, only)
            return Records(frame, None, len(frame))
    return _checked(data, dialect, width, headers, only)


def _blank_line(data: bytes) -> bool:
    return data.startswith((b"\n", b" ")) or b"\n\n" in data or b"\n " in data


def _checked(
    data: bytes,
    dialect: Dialect,
    width: int,
    headers: Sequence[list[str]],
    only: Collection[int] | None,
) -> Records:
    """Read records line by line: count their fields, and rewrite what polars cannot read."""
    lines = read_lines(data)
    rules = patterns_of(dialect)
    has_quote = lines.str.contains(dialect.quote, literal=True)
    tidy = ~has_quote | lines.str.contains(rules.strict)
    if tidy.all():
        first = last = pl.int_range(len(lines), dtype=pl.UInt32, eager=True)
        records, rewritten, swallowed = lines, False, Spots()
    else:
        records, first = joined(lines, tidy, dialect)
        last = (first.shift(-1).fill_null(len(lines)) - 1).cast(pl.UInt32)
        rewritten, swallowed = True, swallowed_lines(lines, first, dialect, width)
    blank = (lines.str.strip_chars(" \r") == "").gather(first)
    if blank.any():
        records, first, last = records.filter(~blank), first.filter(~blank), last.filter(~blank)
    fields = _field_counts(records, dialect)
    good = fields == width
    repeated, told = Spots(), fields.cast(pl.UInt32)
    wrong = ~good
    if wrong.any() and (again := of_other_width(records, fields, width, dialect, headers)):
        wrong = wrong.scatter(again, False)
        told = told.clone().scatter(again, REPEATED_HEADER)
        lines_again = first.gather(again)
        repeated = Spots(len(again), lines_again.head(BAD_LINES_SHOWN).to_list())
    bad = [
        BadRow(line, count)
        for line, count in zip(
            first.filter(wrong).head(BAD_LINES_SHOWN),
            fields.filter(wrong).head(BAD_LINES_SHOWN),
            strict=True,
        )
    ]
    if good.all():
        index, kept = None, records
    else:
        index, kept = good.arg_true(), records.filter(good)
    unchanged = not rewritten and len(kept) == len(lines)
    frame = read_strings(data if unchanged else _bytes_of(kept), dialect, width, only)
    begins, spans = (None, None) if unchanged else (first.filter(good), Spans(first, last, told))
    return Records(
        frame,
        index,
        len(records),
        bad,
        unchanged,
        begins,
        repeated,
        swallowed=swallowed,
        spans=spans,
    )


def _field_counts(records: pl.Series, dialect: Dialect) -> pl.Series:
    quoted = records.str.contains(dialect.quote, literal=True)
    if quoted.any():
        rules = patterns_of(dialect)
        outside = records.filter(quoted).str.replace_all(rules.quoted, "")
        records = records.clone().scatter(quoted.arg_true(), outside)
    return records.str.count_matches(dialect.delimiter, literal=True) + 1


def _bytes_of(records: pl.Series) -> bytes:
    if not len(records):
        return b""
    joined: str = records.str.join("\n")[0]
    return f"{joined}\n".encode()
