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
_WIDEST = 2000


@dataclass(frozen=True)
class Sample:
    """Rows that have a target, in the order of the file.

    Attributes
    ----------
    frame : the file's columns as strings.
    labels : numbers, or indices of classes.
    """

    frame: pl.DataFrame
    labels: pl.Series


def sample_of(
    source: Source, plan: Plan, chunks: list[FirstRow], target: TargetFacts
) -> Sample | None:
    """Read a file of up to 2 MiB, or as much from four places; None if it is too wide for that.

    Parameters
    ----------
    chunks : byte ranges of the file's records; the first tells where they begin.
    """
    columns = plan["columns"]
    if len(columns) > _WIDEST or not chunks:
        return None
    dialect = Dialect(**plan["dialect"])
    pieces = _samples(source, chunks[0]["start"], chunks[-1]["end"], dialect)
    frame = pl.concat(read_planned(piece, plan).frame for piece in pieces)
    frame = all_present(frame, columns, plan.get("missing_values"))
    labels = encode_target(frame.to_series(columns.index(target["name"])), target)
    return Sample(frame.filter(labels.is_not_null()), labels.drop_nulls().cast(pl.Float64))


def _samples(source: Source, begin: int, end: int, dialect: Dialect) -> list[bytes]:
    """Return whole lines from the beginning and, of a large file, from further places."""
    newline = dialect.newline.encode()
    places = [begin + (end - begin) * n // _PLACES for n in range(_PLACES)]
    if end - begin <= _PLACES * _BYTES:
        return [dialect.text_of(source.read(begin, end))]
    pieces = []
    for place in places:
        raw = source.read(place, place + _BYTES)
        first = 0 if place == begin else raw.find(newline) + 1
        pieces.append(dialect.text_of(raw[first : raw.rfind(newline) + 1]))
    return pieces
