"""Finding out how a CSV is written, from its first characters."""

import csv
import re
import statistics
from dataclasses import dataclass, replace
from itertools import islice

from pipeline.documents.plan import Newline
from table.reading.dialect import Dialect
from table.reading.utf8 import end_lines, unescaped

# In a tie the first: commas between semicolons are decimal ones.
_DELIMITERS = (";", ",", "\t", "|")
# Excel's own hint; a letter or a quote after it is no delimiter.
_HINT = re.compile(r"sep=([\t!#-&(-/:-@\[-`{-~])\n")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d{3})*([.,]\d+)?")
_SAMPLE_RECORDS = 200
# Less than one record of the sample that does not agree.
_NUMBERS_WEIGH = 2e-3
# Of records that begin with numbers parted by blanks, and of the parts that are numbers.
_PARTED = 0.9
_PARTS_ARE_NUMBERS = 2 / 3


@dataclass(frozen=True)
class Sample:
    """A file's first records, as a dialect reads them.

    Attributes
    ----------
    lines : on which each record begins, from 0.
    score : how well the dialect divides them; 0 if it does not.
    """

    dialect: Dialect
    records: list[list[str]]
    lines: list[int]
    score: float


def sniff(text: str, encoding: str, complete: bool) -> Sample:
    """Read the first records with each delimiter and return what fits best.

    Parameters
    ----------
    complete : whether this is the whole file.
    """
    newline = _newline(text)
    text = end_lines(text.encode(), newline).decode()
    hint = _HINT.match(text)
    quote = _quote(text)
    found = []
    for delimiter in [hint[1]] if hint else _DELIMITERS:
        space = f"{delimiter} {quote}" in text and f"{delimiter}{quote}" not in text
        dialect = Dialect(delimiter, quote, newline, space, encoding)
        found.append(_with_escape(text, dialect, complete))
    return max(found, key=lambda sample: sample.score)


def _with_escape(text: str, dialect: Dialect, complete: bool) -> Sample:
    """Read the first records, with the backslash as an escape if they are in order only so."""
    as_is = _read(text, dialect, complete)
    mark = f"\\{dialect.quote}"
    if mark not in text:
        return as_is
    doubled = unescaped(text.encode(), dialect.quote).decode()
    escaped = _read(doubled, replace(dialect, escape="\\"), complete)
    gain = _lines_in_order(text, doubled, dialect)
    if gain == 0:
        # Where each of the texts goes on in another line, the records decide.
        kept = as_is.score, _strict(text, dialect)
        return escaped if (escaped.score, _strict(doubled, dialect)) > kept else as_is
    return escaped if gain > 0 else as_is


def _strict(text: str, dialect: Dialect) -> int:
    """Return how many records there are before one whose quotes are not in order."""
    found = 0
    try:
        for _ in islice(dialect.reader(text, strict=True), _SAMPLE_RECORDS):
            found += 1
    except csv.Error:
        pass
    return found


def _read(text: str, dialect: Dialect, complete: bool) -> Sample:
    records, lines = _sample(text, dialect, complete)
    return Sample(dialect, records, lines, _score(records))


def _lines_in_order(text: str, doubled: str, dialect: Dialect) -> int:
    r"""Return how many more lines are in order with a backslash as an escape than without.

    Only lines with one before a quote differ: a path that ends a field (``"C:\"``) is in order
    without, and an inch within a field (``"24\" screen"``) with it.
    """
    mark = f"\\{dialect.quote}"
    pairs = zip(text.split("\n"), doubled.split("\n"), strict=True)
    return sum(
        _strict(other, dialect) - _strict(line, dialect) for line, other in pairs if mark in line
    )


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
    reader = dialect.reader(text)
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


def parted_by_blanks(sample: Sample) -> bool:
    """Tell whether blanks part the fields: most records begin with several numbers so parted."""
    if sample.score > 0 and statistics.mode(len(r) for r in sample.records) > 2:
        return False
    parted = sum(map(_begins_with_numbers, sample.records))
    return parted >= max(3, _PARTED * len(sample.records))


def _begins_with_numbers(record: list[str]) -> bool:
    parts = record[0].split()
    if len(parts) < 3 or all(len(part) == 3 for part in parts[1:]):
        return False  # 1 234 567 is one number
    numbers = sum(bool(_NUMBER.fullmatch(part)) for part in parts)
    return numbers >= _PARTS_ARE_NUMBERS * len(parts)
