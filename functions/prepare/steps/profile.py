"""Step profile: what one chunk holds, in a form that merges."""

from concurrent.futures import ThreadPoolExecutor

import polars as pl

from pipeline.documents.chunk_profile import (
    ChunkProfile,
    ColumnProfile,
    ReadingProfile,
    RowsProfile,
)
from pipeline.documents.plan import ChunkRange, Plan
from pipeline.storage.bucket import Source
from table.profiling.column import profile_column
from table.reading.chunk import Piece, Reading, read_chunk
from table.reading.dialect import Dialect
from table.reading.records import Records, read_records
from table.reading.utf8 import end_lines, to_utf8
from table.values.labels import LABELS, spelled_missing
from table.values.missing import stripped

_WORTH_THREADS = 20_000


def profile_chunk(source: Source, plan: Plan, chunk: ChunkRange) -> ChunkProfile:
    """Profile the records that begin in a chunk.

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
    return {
        "index": chunk["index"],
        "lines": read.lines,
        "outside": _reading(read.outside, plan, dialect),
        "inside": _reading(read.inside, plan, dialect),
        "body": _piece(read.body, plan, dialect),
    }


def _reading(reading: Reading, plan: Plan, dialect: Dialect) -> ReadingProfile:
    return {
        "first": reading.first,
        "end": reading.end,
        "ends_inside": reading.ends_inside,
        "fault": reading.fault,
        "head": _piece(reading.head, plan, dialect),
    }


def _piece(piece: Piece | None, plan: Plan, dialect: Dialect) -> RowsProfile | None:
    if piece is None:
        return None
    text = to_utf8(piece.raw)
    data = end_lines(text, dialect.newline)
    records = read_records(data, dialect, len(plan["columns"]), clean=piece.clean)
    return profile_records(records, piece.line, plan, cp1252=text is not piece.raw)


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
    return {
        "records": records.count,
        "rows": len(records.frame),
        "clean": records.clean,
        "bad": [[line + bad.line, bad.fields] for bad in records.bad],
        "columns": columns,
        "cp1252": cp1252,
    }


def _add_target(columns: list[ColumnProfile], series: list[pl.Series], plan: Plan) -> None:
    """Add how the target spells missing, and of columns that split, the rows with a target."""
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
