"""A chunk's records with what is added to each, all other bytes as they were dropped."""

import csv
import io
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from join.fields import Writer
from pipeline.wording import counted
from scoring.reasons import reason_text, shown
from scoring.words import Words
from table.reading.dialect import Dialect

_SAID = {0: "repeats the header", (1 << 32) - 1: "commented out"}
"""Of what is in place of a number of fields (table.reading.records)."""
Reason = tuple[int, float]
"""Position of a column among the encoder's, and what it adds to the prediction."""


@dataclass(frozen=True)
class Spans:
    """Where records lie: first and last line, and number of fields, 0 of a repeated header."""

    first: Sequence[int]
    last: Sequence[int]
    fields: Sequence[int]

    @classmethod
    def of_words(cls, body: bytes) -> "Spans":
        """Read what Encode wrote: three lists of 32-bit words, one after the other.

        Raises
        ------
        ValueError
            They are no such lists.
        """
        words = array("I", body)
        if len(words) % 3:
            raise ValueError(f"{len(words)} words are no three lists of one length")
        size = len(words) // 3
        return cls(words[:size], words[size : 2 * size], words[2 * size :])


@dataclass(frozen=True)
class Added:
    """What is added to a chunk's rows.

    Attributes
    ----------
    predictions : a line of batch transform for each row.
    reasons : for each row, most important first; empty if none are asked for.
    reason_count : how many each row has room for.
    strays : by row, positions in the file of the columns whose cell could not be read.
    padding : fields that the header has beyond the file's columns.
    """

    words: Words
    predictions: Sequence[str]
    reasons: Sequence[list[Reason]]
    reason_count: int
    columns: Sequence[str]
    """The encoder's, by which reasons count."""
    file_columns: Sequence[str]
    strays: dict[int, list[int]] = field(default_factory=dict)
    padding: int = 0

    @cached_property
    def places(self) -> dict[str, int]:
        """The position of each column of the file."""
        return {name: at for at, name in enumerate(self.file_columns)}


def joined(raw: bytes, spans: Spans | None, added: Added, writer: Writer) -> bytes:
    r"""Add predictions, reasons and errors to the records of a chunk.

    Parameters
    ----------
    raw : whole records, as they lie in the file.
    spans : None if each line is a row.

    Raises
    ------
    ValueError
        There are more or fewer rows than predictions, or a prediction is none.
    """
    newline = writer.dialect.newline.encode()
    lines = raw.split(newline)
    ended = lines[-1] == b""
    if ended:
        del lines[-1]
    if spans is None:
        if len(lines) != len(added.predictions):
            raise ValueError(f"{len(added.predictions)} predictions for {len(lines)} lines")
        records: list[bytes] = lines
        texts = _rows(records, added, writer)
    else:
        records, texts = _of_spans(lines, newline, spans, added, writer)
    mark = b"\r" if newline == b"\n" else b""
    out = [
        record[:-1] + text + b"\r" if mark and record.endswith(mark) else record + text
        for record, text in zip(records, texts, strict=True)
    ]
    return newline.join(out) + (newline if ended else b"")


def _of_spans(
    lines: list[bytes], newline: bytes, spans: Spans, added: Added, writer: Writer
) -> tuple[list[bytes], list[bytes]]:
    """Put lines together to records, and say what follows each; nothing follows a blank line."""
    width = len(added.file_columns)
    records: list[bytes] = []
    is_row: list[int] = []
    others: dict[int, bytes] = {}
    at = 0
    for first, last, fields in zip(spans.first, spans.last, spans.fields, strict=True):
        for blank in lines[at:first]:
            others[len(records)] = b""
            records.append(blank)
        if fields == width:
            is_row.append(len(records))
        else:
            others[len(records)] = _no_row(fields, width, added, writer)
        records.append(newline.join(lines[first : last + 1]))
        at = last + 1
    for blank in lines[at:]:
        others[len(records)] = b""
        records.append(blank)
    if len(is_row) != len(added.predictions):
        raise ValueError(f"{len(added.predictions)} predictions for {len(is_row)} rows")
    rows = iter(_rows([records[number] for number in is_row], added, writer))
    texts = [others[number] if number in others else next(rows) for number in range(len(records))]
    return records, texts


def _no_row(fields: int, width: int, added: Added, writer: Writer) -> bytes:
    """Return what follows a record that is no row, so that its error stands in its column."""
    # What has such a mark has fields of its own beside it, as many as there are columns.
    short = 0 if fields in _SAID else max(width - fields, 0)
    why = _SAID.get(fields) or f"{counted(fields, 'field')} instead of {width}"
    blank = [""] * (short + added.padding + len(added.words.columns) + added.reason_count)
    return writer.added([*blank, writer.field(why)])


def _rows(records: list[bytes], added: Added, writer: Writer) -> list[bytes]:
    """Return what follows each row."""
    named = [writer.field(name) for name in added.words.classes]
    quoted = replace(added.words, classes=named)
    fields = quoted.fields()
    delimiter = writer.dialect.delimiter
    pad = delimiter * (added.padding + 1)
    if not added.reasons and not added.strays:
        end = delimiter * (added.reason_count + 1)
        encoded = writer.encoded
        return [encoded(f"{pad}{delimiter.join(fields(line))}{end}") for line in added.predictions]
    texts = []
    for number, line in enumerate(added.predictions):
        said = _said(number, records[number], added, writer)
        texts.append(writer.encoded(pad + delimiter.join([*fields(line), *said])))
    return texts


def _said(number: int, record: bytes, added: Added, writer: Writer) -> Iterator[str]:
    """Yield a row's reasons, and what could not be read of it."""
    reasons = added.reasons[number] if added.reasons else []
    strays = added.strays.get(number, [])
    values = _values(record, writer.dialect) if reasons or strays else []
    for column, contribution in reasons:
        name = added.columns[column]
        yield writer.field(reason_text(name, values[added.places[name]], contribution))
    yield from [""] * (added.reason_count - len(reasons))
    yield writer.field(
        "; ".join(f"{added.file_columns[at]}: {shown(values[at])} not read" for at in strays)
    )


def _values(record: bytes, dialect: Dialect) -> list[str]:
    """Read the fields of one record as the application reads them."""
    text = dialect.text_of(record).decode()
    reader = csv.reader(
        io.StringIO(text, newline="\n"),
        delimiter=dialect.delimiter,
        quotechar=dialect.quote,
        skipinitialspace=dialect.skip_space,
    )
    return next(reader, [])


def parsed_reasons(body: str) -> list[list[Reason]]:
    """Read a part of reasons: a line a row, of columns and contributions in turn.

    Raises
    ------
    ValueError
        A line is no such list.
    """
    found = []
    for line in body.splitlines():
        fields = line.split(",") if line else []
        pairs = zip(fields[::2], fields[1::2], strict=True)
        found.append([(int(column), float(contribution)) for column, contribution in pairs])
    return found
