"""How a CSV is written: delimiter, quote, line ends, header; found out from its first bytes."""

import csv
import io
import re
import statistics
from dataclasses import dataclass

from pipeline.documents.plan import DialectFacts, Newline
from pipeline.errors import EmptyFileError, FileLimitError, InputError, NotCsvError
from pipeline.notices import Notice, notice
from pipeline.wording import counted, listed, shorten
from table.limits import COLUMN_LIMIT, RECORD_LIMIT_BYTES
from table.reading.header import is_header, named, preamble
from table.reading.utf8 import end_lines

# In a tie the first: commas between semicolons are decimal ones.
_DELIMITERS = (";", ",", "\t", "|")
# Excel's own hint; a letter or a quote after it is no delimiter.
_HINT = re.compile(r"sep=([\t!#-&(-/:-@\[-`{-~])\n")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d{3})*([.,]\d+)?")
_SAMPLE_RECORDS = 200
# Less than one record of the sample that does not agree.
_NUMBERS_WEIGH = 2e-3

# Python's csv module refuses fields over 128 KiB otherwise. The limit holds for the whole
# process; it is set here because each step that reads with that module imports this one.
csv.field_size_limit(RECORD_LIMIT_BYTES)


@dataclass(frozen=True)
class Dialect:
    """How the bytes are to be read."""

    delimiter: str = ","
    quote: str = '"'
    newline: Newline = "\n"
    skip_space: bool = False
    encoding: str = "utf-8"

    def to_json(self) -> DialectFacts:
        """Return what ``Dialect(**value)`` takes."""
        return {
            "delimiter": self.delimiter,
            "quote": self.quote,
            "newline": self.newline,
            "skip_space": self.skip_space,
            "encoding": self.encoding,
        }


@dataclass(frozen=True)
class Head:
    """The beginning of a file: its dialect, columns, and where the data begins.

    Attributes
    ----------
    skip_lines : physical lines before the first data record, the header's among them.
    """

    dialect: Dialect
    header: bool
    columns: list[str]
    skip_lines: int
    notices: list[Notice]


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
    newline = _newline(text)
    text = end_lines(text.encode(), newline).decode()
    hint = _HINT.match(text)
    quote = _quote(text)
    best: tuple[float, Dialect, list[list[str]], list[int]] | None = None
    for delimiter in [hint[1]] if hint else _DELIMITERS:
        space = f"{delimiter} {quote}" in text and f"{delimiter}{quote}" not in text
        dialect = Dialect(delimiter, quote, newline, space, encoding)
        records, lines = _sample(text, dialect, complete)
        score = _score(records)
        if best is None or score > best[0]:
            best = score, dialect, records, lines
    if best is None or not any(any(f.strip() for f in r) for r in best[2]):
        raise EmptyFileError(f"{name} holds no rows; drop a CSV with a header and rows")
    score, dialect, records, lines = best
    skip = preamble(records, target) if score > 0 else 0
    if score <= 0:
        first = shorten(dialect.delimiter.join(records[0]))
        raise NotCsvError(
            f"{name}: no comma, semicolon, tab or bar divides its first line, {first!r}; "
            f"a CSV needs a target column and at least one other"
        )
    return _columns(name, dialect, records[skip:], lines[skip:], target, skip)


def _newline(text: str) -> Newline:
    """Return the carriage return if more records end with it alone than with a line feed."""
    if "\r" not in text:
        return "\n"
    outside = re.sub(r'"[^"]*"', "", text)
    alone = outside.count("\r") - outside.count("\r\n")
    return "\r" if alone > outside.count("\n") else "\n"


def _quote(text: str) -> str:
    """Return the single quote if fields are wrapped in it and the double quote never occurs."""
    if '"' in text:
        return '"'
    wrapped = re.findall(r"(?:^|[,;\t|])'[^'\n]*'(?=[,;\t|\n]|$)", text[:20000], re.MULTILINE)
    return "'" if len(wrapped) > text[:20000].count("\n") else '"'


def _sample(text: str, dialect: Dialect, complete: bool) -> tuple[list[list[str]], list[int]]:
    """Return the first records that are not blank, and the line (from 0) each begins on."""
    reader = csv.reader(
        io.StringIO(text, newline="\n"),
        delimiter=dialect.delimiter,
        quotechar=dialect.quote,
        skipinitialspace=dialect.skip_space,
    )
    records: list[list[str]] = []
    begins: list[int] = []
    begin = 0
    try:
        for record in reader:
            if any(f.strip() for f in record) or len(record) > 1:
                records.append(record)
                begins.append(begin)
            begin = reader.line_num
            if len(records) > _SAMPLE_RECORDS:
                break
    except csv.Error:
        pass  # a NUL, or a field over the limit: what came before it decides
    if len(records) > 2 and not complete and len(records) <= _SAMPLE_RECORDS:
        records.pop()  # may be cut; but one behind the header shows that there are rows
        begins.pop()
    return records, begins


def _score(records: list[list[str]]) -> float:
    """Rate a delimiter: how many records agree on the number of fields; 0 for one column."""
    counts = [len(r) for r in records]
    if not counts or max(counts) == 1:
        return 0
    usual = statistics.mode(counts)
    if usual == 1:
        # Rows without their delimiter: only a header that has it makes this a table.
        return 0.01 if counts[0] > 1 else 0
    agree = sum(c == usual for c in counts) / len(counts)
    # Of 1,5;2,5;0 both delimiters make three fields a row; numbers tell them apart.
    fields = [f for record in records[:20] for f in record[:100]]
    numbers = sum(bool(_NUMBER.fullmatch(f)) for f in fields) / len(fields)
    return agree + numbers * _NUMBERS_WEIGH + min(usual, 100) * 1e-4


def _columns(
    name: str,
    dialect: Dialect,
    records: list[list[str]],
    lines: list[int],
    target: str | None,
    skipped: int,
) -> Head:
    first = [f.strip().lstrip("\ufeff") for f in records[0]]
    header = is_header(first, records[1:], target)
    width = len(first) if header else statistics.mode(len(r) for r in records)
    if width > COLUMN_LIMIT:
        raise FileLimitError(
            f"{name} has {width:,} columns; the limit is {COLUMN_LIMIT:,}: drop the others"
        )
    notices = []
    if skipped:
        notices.append(
            notice("preamble", f"Skipped before the header: {counted(skipped, 'line')}.")
        )
    if not header:
        columns = [f"column_{n}" for n in range(1, width + 1)]
        notices.append(_no_header(dialect.delimiter.join(first), width))
        return Head(dialect, header, columns, lines[0], notices)
    if len(records) == 1:
        raise _no_rows(name, first, lines[0])
    columns, renamed = _named_columns(first, records[1:])
    return Head(dialect, header, columns, lines[1], notices + renamed)


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
    columns, notices = named(header)
    beyond = len(header) + 1
    if statistics.mode(len(r) for r in rows) != beyond:
        return columns, notices
    if all(r[-1].strip() == "" for r in rows if len(r) >= beyond):
        return named([*columns, f"column_{beyond}"])[0], notices
    # R's write.table leaves the name of its row names out.
    columns.insert(0, named([*columns, "row_names"])[0][-1])
    text = "Rows have one field more than the header: taken as row names."
    return columns, [*notices, notice("row_names", text)]
