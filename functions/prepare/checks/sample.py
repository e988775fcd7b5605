"""Rows from fixed places of the file, for what no profile tells: how columns go together.

The places follow from the file's size alone, so that chunks change nothing.
"""

from dataclasses import dataclass

import polars as pl

from pipeline.documents.encoder import TargetFacts
from pipeline.documents.fit import FirstRow
from pipeline.documents.plan import Plan
from pipeline.storage.bucket import Source
from table.encoding.apply import encode_target
from table.limits import MIB
from table.reading.dialect import Dialect
from table.reading.planned import read_planned
from table.values.missing import all_present

LEAST_ROWS = 50
"""Fewer rows tell nothing of how columns go together."""
_PLACES = 4
_BYTES = MIB // 2
# Of a file with long lines, so many rows are read, in up to 16 MiB.
_ROWS = 250
_MOST_BYTES = 4 * MIB


@dataclass(frozen=True)
class Sample:
    """Rows that have a target, in the order of the file.

    Attributes
    ----------
    frame : the file's columns as strings.
    labels : numbers, or indices of classes.
    partial : whether the file has more rows.
    """

    frame: pl.DataFrame
    labels: pl.Series
    partial: bool = False


def sample_of(
    source: Source, plan: Plan, chunks: list[FirstRow], target: TargetFacts, records: int
) -> Sample | None:
    """Read a file of up to 2 MiB, or as much from four places, the last of them its end.

    Of lines of more than 8 KiB up to 16 MiB are read. None if there is no record, or none within
    what was read.

    Parameters
    ----------
    chunks : byte ranges of the file's records; the first tells where they begin.
    records : how many the file has.
    """
    columns = plan["columns"]
    if not chunks:
        return None
    dialect = Dialect(**plan["dialect"])
    begin, end = chunks[0]["start"], chunks[-1]["end"]
    enough = _ROWS * (end - begin) // max(1, records) // _PLACES
    size = min(max(_BYTES, enough), _MOST_BYTES)
    pieces = [piece for piece in _samples(source, begin, end, dialect, size) if piece]
    if not pieces:
        return None
    frame = pl.concat(read_planned(piece, plan).frame for piece in pieces)
    frame = all_present(frame, columns, plan.get("missing_values"))
    labels = encode_target(frame.to_series(columns.index(target["name"])), target)
    return Sample(
        frame.filter(labels.is_not_null()),
        labels.drop_nulls().cast(pl.Float64),
        partial=end - begin > _PLACES * size,
    )


def _samples(source: Source, begin: int, end: int, dialect: Dialect, size: int) -> list[bytes]:
    """Return whole lines from the beginning and, of a large file, from further places."""
    newline = dialect.newline.encode()
    if end - begin <= _PLACES * size:
        return [dialect.text_of(source.read(begin, end))]
    pieces = []
    for number in range(_PLACES):
        # A file in order of its classes has one of them at its end.
        place = begin + (end - size - begin) * number // (_PLACES - 1)
        raw = source.read(place, place + size)
        first = 0 if place == begin else raw.find(newline) + 1
        pieces.append(dialect.text_of(raw[first : raw.rfind(newline) + 1]))
    return pieces
