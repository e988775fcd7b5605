"""Step profile: what one chunk holds, in a form that merges."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import polars as pl

from pipeline.documents.chunk_profile import (
    ChunkProfile,
    ColumnProfile,
    Lines,
    ReadingProfile,
    RowsProfile,
)
from pipeline.documents.plan import ChunkRange, Plan
from pipeline.storage.bucket import Source
from prepare.splitting.content import add_repeats
from table.limits import BAD_LINES_SHOWN
from table.profiling.column import profile_column
from table.reading.chunk import Piece, Reading, read_chunk
from table.reading.dialect import Dialect
from table.reading.planned import read_planned
from table.reading.records import Records
from table.reading.repeats import other_headers
from table.reading.swallowed import Spots
from table.reading.utf8 import end_lines, to_utf8
from table.values.labels import LABELS, spelled_missing
from table.values.missing import all_present, stripped

_WORTH_THREADS = 20_000
_NUMBERS_OF_A_TABLE = 2


def profile_chunk(
    source: Source, plan: Plan, content: list[int], chunk: ChunkRange
) -> ChunkProfile:
    """Profile the records that begin in a chunk.

    Parameters
    ----------
    content : as `content_columns` returns it, which is the same for all chunks of a file.

    Returns
    -------
    What a chunk's result file holds: the lines; for each state at its beginning the
    byte range of its records, the state at its end and the profile of the records
    before both states agree; the profile of all others.
    """
    dialect = Dialect(**plan["dialect"])
    read = read_chunk(
        source, chunk["start"], chunk["end"], plan["data_start"], dialect, len(plan["columns"])
    )
    lines = read.lines
    outside = _reading(read.outside, plan, dialect, content)
    inside = _reading(read.inside, plan, dialect, content)
    body = _records(read.body, plan, dialect)
    # The bytes, which are as many as the table takes, go before its columns are looked at.
    del read
    return {
        "index": chunk["index"],
        "lines": lines,
        "outside": outside,
        "inside": inside,
        "body": _profile(body, plan, content),
    }


def _reading(reading: Reading, plan: Plan, dialect: Dialect, content: list[int]) -> ReadingProfile:
    return {
        "first": reading.first,
        "end": reading.end,
        "ends_inside": reading.ends_inside,
        "fault": reading.fault,
        "head": _profile(_records(reading.head, plan, dialect), plan, content),
    }


@dataclass(frozen=True)
class _Read:
    """The records of a piece.

    Attributes
    ----------
    line : of the first record in the chunk, from 0.
    cp1252 : whether some of their bytes were no UTF-8.
    """

    records: Records
    line: int
    cp1252: bool


def _records(piece: Piece | None, plan: Plan, dialect: Dialect) -> _Read | None:
    if piece is None:
        return None
    text = to_utf8(piece.raw)
    data = dialect.with_doubled_quotes(end_lines(text, dialect.newline))
    records = read_planned(data, plan, clean=piece.clean)
    return _Read(records, piece.line, cp1252=text is not piece.raw)


def _profile(read: _Read | None, plan: Plan, content: list[int]) -> RowsProfile | None:
    if read is None:
        return None
    frame = read.records.frame
    known = replace(
        read.records, frame=all_present(frame, plan["columns"], plan.get("missing_values"))
    )
    found = profile_records(known, read.line, plan, cp1252=read.cp1252)
    add_repeats(found, frame, plan, content)
    return found


def profile_records(
    records: Records, line: int, plan: Plan, *, cp1252: bool = False
) -> RowsProfile:
    """Profile records.

    Parameters
    ----------
    line : of the first record in the chunk, from 0.
    cp1252 : whether some of their bytes were no UTF-8.
    """
    series = records.frame.get_columns()
    if len(records.frame) < _WORTH_THREADS:
        columns = [
            profile_column(column, name=name)
            for column, name in zip(series, plan["columns"], strict=True)
        ]
    else:
        # polars lets go of Python's lock, so columns can share the processors.
        with ThreadPoolExecutor(pl.thread_pool_size()) as pool:
            columns = list(
                pool.map(
                    lambda column, name: profile_column(column, name=name), series, plan["columns"]
                )
            )
    _add_target(columns, series, plan)
    found: RowsProfile = {
        "records": records.count,
        "rows": len(records.frame),
        "clean": records.clean,
        "bad": [[line + bad.line, bad.fields] for bad in records.bad],
        "columns": columns,
        "cp1252": cp1252,
    }
    if records.repeated.count:
        found["repeated_headers"] = _lines(records.repeated, line)
    if records.commented.count:
        found["commented"] = _lines(records.commented, line)
    if headers := _other_headers(records, columns, plan):
        found["other_headers"] = _lines(headers, line)
    if records.swallowed.count:
        found["swallowed"] = _lines(records.swallowed, line)
    return found


def _add_target(columns: list[ColumnProfile], series: list[pl.Series], plan: Plan) -> None:
    """Add how the target spells missing, and of columns that split, the rows with a target."""
    if not plan["target"]:
        return
    position = plan["columns"].index(plan["target"])
    target = series[position]
    spelled = spelled_missing(target) if columns[position]["missing"] else {}
    if spelled:
        columns[position]["spelled"] = spelled
    for at, timed in ((plan["time_index"], True), (plan["group_index"], False)):
        if at is None:
            continue
        # The newest rows often have no outcome yet, and rows without are not divided.
        there = stripped(target).is_not_null()
        name = plan["columns"][at]
        columns[at]["labelled"] = profile_column(series[at].filter(there), timed=timed, name=name)
        apart = {
            label: profile_column(
                series[at].filter(target.str.strip_chars() == label), timed=timed, name=name
            )
            for label in spelled
            if label in LABELS
        }
        if apart:
            columns[at]["labelled_as"] = apart


def _other_headers(records: Records, columns: list[ColumnProfile], plan: Plan) -> Spots | None:
    """Find what looks like another table's header; looked for only if all numbers have texts."""
    numbers = plan.get("number_columns", [])
    if len(numbers) < _NUMBERS_OF_A_TABLE or not all(columns[at].get("other") for at in numbers):
        return None
    rows = other_headers(records.frame, numbers)
    if not len(rows):
        return None
    lines = rows if records.begins is None else records.begins.gather(rows)
    return Spots(len(rows), lines.head(BAD_LINES_SHOWN).to_list())


def _lines(spots: Spots, line: int) -> Lines:
    return {"count": spots.count, "first": [line + at for at in spots.lines]}
