"""A file's head: how it is written, what its columns are called, where its data begins."""

import statistics
from dataclasses import dataclass, field

from pipeline.errors import EmptyFileError, FileLimitError, InputError, NotCsvError
from pipeline.notices import Notice, notice
from pipeline.wording import counted, listed, quoted, shorten
from table.edges.commented import commented_rows
from table.edges.header import is_header, named, preamble
from table.edges.sniff import Sample, parted_by_blanks, sniff
from table.edges.under_header import lines_under, number_columns, with_index_names
from table.limits import COLUMN_LIMIT
from table.reading.dialect import Dialect


@dataclass(frozen=True)
class Head:
    """The beginning of a file: its dialect, columns, and where the data begins.

    Attributes
    ----------
    skip_lines : physical lines before the first data record, the header's among them.
    named : how many columns there are without those at the end that have neither name nor values.
    header_records : the header's texts, and those of the lines under it that are no rows.
    number_columns : positions of those that are numbers in the first rows.
    commented : what the first field of a row matches that was commented out, if any can be told.
    """

    dialect: Dialect
    header: bool
    columns: list[str]
    skip_lines: int
    notices: list[Notice]
    named: int
    header_records: list[list[str]] = field(default_factory=list)
    number_columns: list[int] = field(default_factory=list)
    commented: str | None = None


def read_head(text: str, name: str, encoding: str, complete: bool, target: str | None) -> Head:
    """Find out how a file is written.

    Parameters
    ----------
    text : the file's first characters, at least one whole record.
    name : of the file, for messages.
    complete : whether this is the whole file.
    target : the column that the settings name; a first line that holds it is a header.

    Raises
    ------
    EmptyFileError, NotCsvError, FileLimitError
    """
    found = sniff(text, encoding, complete)
    if not any(any(f.strip() for f in r) for r in found.records):
        raise EmptyFileError(f"{name} holds no rows; drop a CSV with a header and rows")
    line = found.dialect.delimiter.join(found.records[0])
    if parted_by_blanks(found):
        raise NotCsvError(
            f"{name}, line {found.lines[0] + 1}: blanks part the fields of {quoted(line)}, as in "
            f"files of fixed width; save it with commas, for example with pandas: "
            f"read_csv(file, sep=r'\\s+', header=None).to_csv(new_file, index=False)"
        )
    if found.score <= 0:
        raise NotCsvError(
            f"{name}: no comma, semicolon, tab or bar divides its first line, {shorten(line)!r}; "
            f"a CSV needs a target column and at least one other"
        )
    return _columns(name, found, target, preamble(found.records, target))


def _columns(name: str, sample: Sample, target: str | None, skipped: int) -> Head:
    dialect, records, lines = sample.dialect, sample.records[skipped:], sample.lines[skipped:]
    first = [f.strip().lstrip("\ufeff") for f in records[0]]
    header = is_header(first, records[1:], target)
    width = len(first) if header else statistics.mode(len(r) for r in records)
    if width > COLUMN_LIMIT:
        raise FileLimitError(
            f"{name} has {width:,} columns; the limit is {COLUMN_LIMIT:,}: drop the others"
        )
    notices = [_preamble(sample, skipped)] if skipped else []
    if not header:
        columns = [f"column_{n}" for n in range(1, width + 1)]
        notices.append(_no_header(dialect.delimiter.join(first), width))
        commented = commented_rows(records, width)
        return Head(dialect, header, columns, lines[0], notices, len(columns), commented=commented)
    if len(records) == 1:
        raise _no_rows(name, first, lines[0])
    under = lines_under(first, records[1:])
    notices += [
        _under_header(line, dialect.delimiter.join(record))
        for line, record in zip(lines[1 : under + 1], records[1 : under + 1], strict=True)
    ]
    rows = records[under + 1 :]
    below = [[f.strip() for f in record] for record in records[1 : under + 1]]
    columns, renamed = _named_columns(with_index_names(first, below), rows)
    return Head(
        dialect,
        header,
        columns,
        lines[under + 1],
        notices + renamed,
        _with_something(first, len(columns), rows),
        [first, *below],
        number_columns(rows, len(columns)),
        commented_rows(rows, len(columns)),
    )


def _with_something(header: list[str], width: int, rows: list[list[str]]) -> int:
    """Return the width without columns at the end that have neither a name nor values."""
    while width > 1 and not "".join(header[width - 1 :]):
        if any(row[width - 1].strip() for row in rows if len(row) >= width):
            break
        width -= 1
    return width


def _preamble(sample: Sample, skipped: int) -> Notice:
    line = quoted(sample.dialect.delimiter.join(sample.records[0]))
    text = (
        f"Skipped before the header: {counted(skipped, 'line')}, "
        f"from line {sample.lines[0] + 1} on: {line}."
    )
    return notice("preamble", text)


def _under_header(line: int, text: str) -> Notice:
    text = (
        f"Line {line + 1}, {quoted(text)}, stands under the header and is no row (units, types "
        f"or a second header); it was left out. If it is one, write its numbers as numbers."
    )
    return notice("under_header", text)


def _no_header(line: str, width: int) -> Notice:
    text = (
        f"The first line, {shorten(line)!r}, looks like data, so no header was assumed; "
        f"columns are named column_1 to column_{width}."
    )
    return notice("no_header", text)


def _no_rows(name: str, header: list[str], line: int) -> InputError:
    if "\n" in header[-1]:
        return NotCsvError(
            f"{name}, line {line + 1}: a quote opens in the header and goes on to the end, "
            f"so there are no rows; close it, or double it if it belongs to the text"
        )
    return EmptyFileError(
        f"{name} has a header ({listed(header, 4)}) and no rows; add rows of data"
    )


def _named_columns(header: list[str], rows: list[list[str]]) -> tuple[list[str], list[Notice]]:
    """Name the columns by the header, and the one that rows may have beyond it."""
    usual = statistics.mode(len(r) for r in rows)
    if usual < len(header) and not "".join(header[usual:]):
        text = (
            f"The header ends in a delimiter, which rows do not: it has {len(header)} fields and "
            f"they have {usual}; what has no name at its end was ignored."
        )
        columns, notices = named(header[:usual])
        return columns, [*notices, notice("header_delimiter", text)]
    columns, notices = named(header)
    beyond = len(header) + 1
    if usual != beyond:
        return columns, notices
    if all(r[-1].strip() == "" for r in rows if len(r) >= beyond):
        return named([*columns, f"column_{beyond}"])[0], notices
    # R's write.table leaves the name of its row names out.
    columns.insert(0, named([*columns, "row_names"])[0][-1])
    text = "Rows have one field more than the header: taken as row names."
    return columns, [*notices, notice("row_names", text)]
