"""The profile of one chunk, in a form that merges."""

from typing import Any

import polars as pl

from prepare.bucket import Source
from prepare.chunk import Piece, Reading, read_chunk
from prepare.dialect import Dialect
from prepare.records import Records, read_records
from prepare.sketch import sketch_of
from prepare.text import to_lines
from prepare.timeline import ticks_of_dates, ticks_of_numbers, timeline_of
from prepare.values import ANY_DATE, DATES, comma, dates, grouped, plain, stripped

ColumnProfile = dict[str, Any]
Profile = dict[str, Any]
# Above 2**53 a float no longer holds every integer.
_EXACT = 2.0**53


def profile_chunk(source: Source, plan: dict[str, Any], chunk: dict[str, Any]) -> Profile:
    """Profile the records that begin in a chunk.

    Returns
    -------
    What a chunk's result file holds: the lines; for each state at its beginning the
    byte range of its records, the state at its end and the profile of the records
    before both states agree; the profile of all others.
    """
    dialect = Dialect(**plan["dialect"])
    read = read_chunk(source, chunk["start"], chunk["end"], plan["data_start"], dialect)
    nul = None
    for piece in (read.body, read.outside.head, read.inside.head):
        if piece is not None and (at := piece.raw.find(b"\0")) >= 0:
            nul = {"kind": "nul", "line": piece.line + piece.raw.count(b"\n", 0, at)}
    return {
        "index": chunk["index"],
        "lines": read.lines,
        "outside": _reading(read.outside, plan, dialect, nul),
        "inside": _reading(read.inside, plan, dialect, nul),
        "body": None if nul else _piece(read.body, plan, dialect),
    }


def _reading(
    reading: Reading, plan: dict[str, Any], dialect: Dialect, nul: dict[str, Any] | None
) -> dict[str, Any]:
    fault = reading.fault or nul
    return {
        "first": reading.first,
        "end": reading.end,
        "ends_inside": reading.ends_inside,
        "fault": fault,
        "head": None if fault else _piece(reading.head, plan, dialect),
    }


def _piece(piece: Piece | None, plan: dict[str, Any], dialect: Dialect) -> Profile | None:
    if piece is None:
        return None
    data = to_lines(piece.raw, dialect.newline)
    records = read_records(data, dialect, len(plan["columns"]))
    return profile_records(records, piece.line, plan.get("time_index"))


def profile_records(records: Records, line: int, time_index: int | None = None) -> Profile:
    """Profile records.

    Parameters
    ----------
    line : of the first record in the chunk, from 0.
    time_index : position of the column that the file is split by.
    """
    return {
        "records": records.count,
        "rows": len(records.frame),
        "clean": records.clean,
        "bad": [[line + bad.line, bad.fields] for bad in records.bad],
        "columns": [
            profile_column(column, timed=position == time_index)
            for position, column in enumerate(records.frame.get_columns())
        ],
    }


def profile_column(column: pl.Series, timed: bool = False) -> ColumnProfile:
    """Profile a column of strings.

    Returns
    -------
    missing; numbers as each style reads them ("plain", and of what is not plain,
    "grouped" and "comma"); dates by style; different values; for the time column the
    rows over time, by style.
    """
    values = stripped(column)
    missing = values.null_count()
    numbers = plain(values)
    found: ColumnProfile = {"missing": missing, "numbers": {}, "dates": {}}
    present = values.drop_nulls() if missing else values
    if numbers.null_count() < len(numbers):
        found["numbers"]["plain"] = _numbers(numbers)
    infinite = 0
    if numbers.null_count() > missing:
        rest = values.filter(numbers.is_null() & values.is_not_null())
        infinite = int(rest.cast(pl.Float64, strict=False).is_infinite().sum())
        for style, read in (("grouped", grouped), ("comma", comma)):
            other = read(rest)
            if other.null_count() < len(other):
                found["numbers"][style] = _numbers(other)
        found["other"] = _examples(rest)
        found |= _dates(rest, timed)
    if infinite:
        found["infinite"] = infinite
    if "plain" in found["numbers"] and present.str.contains(".", literal=True).any():
        found["dots"] = True
    if timed and "plain" in found["numbers"]:
        found.setdefault("timelines", {})["number"] = timeline_of(ticks_of_numbers(numbers))
    found["values"] = sketch_of(present)
    length = present.str.len_chars()
    found["longest"] = int(length.max() or 0)  # type: ignore[arg-type]
    return found


def _numbers(numbers: pl.Series) -> dict[str, Any]:
    numbers = numbers.drop_nulls()
    whole = (numbers == numbers.floor()) & (numbers.abs() < _EXACT)
    return {
        "count": len(numbers),
        "whole": int(whole.sum()),
        "min": numbers.min(),
        "max": numbers.max(),
        "mean": numbers.mean(),
    }


def _examples(rest: pl.Series) -> list[str]:
    """Return the smallest few texts that are no numbers: the same for every chunk size."""
    return [text[:40] for text in rest.unique().sort().head(3).to_list()]


def _dates(rest: pl.Series, timed: bool) -> dict[str, Any]:
    counts: dict[str, Any] = {}
    timelines: dict[str, Any] = {}
    if not rest.str.contains(ANY_DATE).any():
        return {"dates": counts}
    for style in DATES:
        days = dates(rest, style).drop_nulls()
        if not len(days):
            continue
        ticks = ticks_of_dates(days)
        counts[style] = {
            "count": len(days),
            "min": ticks.min(),
            "max": ticks.max(),
            "clock": bool((ticks % 86_400_000_000 != 0).any()),
        }
        if timed:
            timelines[style] = timeline_of(ticks)
    return {"dates": counts, "timelines": timelines} if timed else {"dates": counts}
