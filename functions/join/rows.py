"""A chunk's records with what is added to each, all other bytes as they were dropped."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice

from join.fields import Writer
from join.records import Spans, blocks_of
from pipeline.wording import counted
from scoring.reasons import reason_text, shown
from scoring.words import Words
from table.reading.dialect import Dialect

_SAID = {0: "repeats the header", (1 << 32) - 1: "commented out"}
"""Of what is in place of a number of fields (table.reading.records)."""
Reason = tuple[int, float]
"""Position of a column among the encoder's, and what it adds to the prediction."""


@dataclass(frozen=True)
class Added:
    """What is added to a chunk's rows.

    Attributes
    ----------
    predictions : a line of batch transform for each row, to be gone through once.
    reasons : for each row, most important first; empty if none are asked for.
    reason_count : how many each row has room for.
    strays : by row, positions in the file of the columns whose cell could not be read.
    padding : fields that the header has beyond the file's columns.
    """

    words: Words
    predictions: Iterable[str]
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


def joined(raw: bytes, spans: Spans | None, added: Added, writer: Writer) -> Iterator[bytes]:
    r"""Yield the records of a chunk, block by block, with predictions, reasons and errors.

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
    width = len(added.file_columns)
    rows = _Rows(added, writer)
    begun = False
    for records, fields in blocks_of(raw, newline, spans, width):
        is_row = [number for number, many in enumerate(fields) if many == width]
        texts: list[bytes] = [
            # Nothing follows a blank line.
            b"" if many is None or many == width else _no_row(many, width, added, writer)
            for many in fields
        ]
        told = rows.of([records[number] for number in is_row])
        for number, text in zip(is_row, told, strict=True):
            texts[number] = text
        if records:
            yield (newline if begun else b"") + newline.join(map(writer.behind, records, texts))
            begun = True
    rows.end()
    if raw.endswith(newline):
        yield newline


class _Rows:
    """What follows each row, block by block."""

    def __init__(self, added: Added, writer: Writer) -> None:
        self._added, self._writer = added, writer
        named = [writer.field(name) for name in added.words.classes]
        self._fields = replace(added.words, classes=named).fields()
        self._lines = iter(added.predictions)
        self._done = 0

    def of(self, records: list[bytes]) -> list[bytes]:
        """Return what follows the next rows."""
        lines = list(islice(self._lines, len(records)))
        if len(lines) < len(records):
            raise ValueError(f"{self._done + len(lines):,} predictions for more rows")
        first, self._done = self._done, self._done + len(lines)
        added, fields, encoded = self._added, self._fields, self._writer.encoded
        delimiter = self._writer.dialect.delimiter
        pad = delimiter * (added.padding + 1)
        if not added.reasons and not added.strays:
            end = delimiter * (added.reason_count + 1)
            return [encoded(f"{pad}{delimiter.join(fields(line))}{end}") for line in lines]
        texts = []
        for number, (line, record) in enumerate(zip(lines, records, strict=True), first):
            said = _said(number, record, added, self._writer)
            texts.append(encoded(pad + delimiter.join([*fields(line), *said])))
        return texts

    def end(self) -> None:
        """Raise ValueError if there are predictions of no row."""
        if next(self._lines, None) is not None:
            raise ValueError(f"more predictions than the {self._done:,} rows")


def _no_row(fields: int, width: int, added: Added, writer: Writer) -> bytes:
    """Return what follows a record that is no row, so that its error stands in its column."""
    # What has such a mark has fields of its own beside it, as many as there are columns.
    short = 0 if fields in _SAID else max(width - fields, 0)
    why = _SAID.get(fields) or f"{counted(fields, 'field')} instead of {width}"
    blank = [""] * (short + added.padding + len(added.words.columns) + added.reason_count)
    return writer.added([*blank, writer.field(why)])


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
    return next(dialect.reader(dialect.text_of(record).decode()), [])


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
