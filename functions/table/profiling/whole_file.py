"""The whole file out of its chunks: which state each began in, and what they hold together."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypedDict

from pipeline.documents.chunk_profile import (
    ChunkProfile,
    ColumnProfile,
    Fault,
    Lines,
    MergedProfile,
    RowsProfile,
)
from pipeline.documents.fit import FirstRow
from pipeline.documents.plan import Plan
from pipeline.errors import FileLimitError, NotCsvError
from table.limits import BAD_LINES_SHOWN, MIB, RECORD_LIMIT_BYTES
from table.profiling.merge import empty_profile, merge_profiles
from table.values.units import style_of_unit, unit_key


class TargetCounts(TypedDict):
    """The target's values in a chunk, and how many numbers each style reads."""

    counts: dict[str, int]
    numbers: dict[str, int]


@dataclass
class Chain:
    """All chunks, in order.

    Attributes
    ----------
    profile : of the whole file; its "bad" are [line, number of fields], lines from 1.
    chunks : index, byte range and first row (from 1) of each chunk that has records.
    target_counts : of each of these, what the target column holds.
    lines : of the file, without a footer.
    """

    profile: MergedProfile
    chunks: list[FirstRow] = field(default_factory=list)
    target_counts: list[TargetCounts] = field(default_factory=list)
    lines: int = 0


def chain(results: Iterable[ChunkProfile], plan: Plan, target: int) -> Chain:
    """Follow the reader's state through the chunks and merge what is true of each.

    Parameters
    ----------
    results : the chunks' results in the file's order.
    target : position of the column.

    Raises
    ------
    NotCsvError, FileLimitError
        A quote is never closed; a NUL byte; a record is over the limit. The message
        names the line.
    """
    found = Chain(empty_profile(len(plan["columns"])))
    inside, line, row = False, plan["skip_lines"], 0
    for result in results:
        reading = result["inside" if inside else "outside"]
        if reading["fault"]:
            _refuse(reading["fault"], plan["file"], line)
        inside = reading["ends_inside"]
        records, clean, counts = 0, True, []
        for part in (reading["head"], result["body"]):
            if part is None:
                continue
            found.profile = _merged(found.profile, part, line)
            records += part["records"]
            clean = clean and part["clean"]
            counts.append(part["columns"][target])
        if records:
            found.chunks.append(
                {
                    "index": result["index"],
                    "start": reading["first"],
                    "end": reading["end"],
                    "first_row": row + 1,
                    "clean": clean,
                }
            )
            found.target_counts.append(_total(counts))
        line += result["lines"]
        row += records
    found.lines = line
    return found


def _merged(whole: MergedProfile, part: RowsProfile, line: int) -> MergedProfile:
    """Merge a piece of the chunk that begins after so many lines."""
    room = BAD_LINES_SHOWN - len(whole["bad"])
    bad = [[line + at + 1, fields] for at, fields in part["bad"][: max(room, 0)]]
    merged = merge_profiles(whole, part)
    merged["bad"] = whole["bad"] + bad
    if repeated := _lines(whole.get("repeated_headers"), part.get("repeated_headers"), line):
        merged["repeated_headers"] = repeated
    if commented := _lines(whole.get("commented"), part.get("commented"), line):
        merged["commented"] = commented
    if others := _lines(whole.get("other_headers"), part.get("other_headers"), line):
        merged["other_headers"] = others
    if swallowed := _lines(whole.get("swallowed"), part.get("swallowed"), line):
        merged["swallowed"] = swallowed
    return merged


def _lines(whole: Lines | None, part: Lines | None, line: int) -> Lines | None:
    """Add lines of the chunk that begins after so many lines."""
    if part is None:
        return whole
    before: Lines = whole or {"count": 0, "first": []}
    first = [*before["first"], *(line + at + 1 for at in part["first"])]
    return {"count": before["count"] + part["count"], "first": first[:BAD_LINES_SHOWN]}


def _total(columns: list[ColumnProfile]) -> TargetCounts:
    """Count the target's values in a chunk, and its numbers by style."""
    counts: dict[str, int] = {}
    numbers: dict[str, int] = {}
    for column in columns:
        # Whether a spelling of missing is a class is known only when all chunks are.
        for value, count in (
            column["values"].get("counts", {}) | column.get("spelled", {})
        ).items():
            counts[value] = counts.get(value, 0) + count
        for style, found in column["numbers"].items():
            numbers[style] = numbers.get(style, 0) + found["count"]
        for comma, units in ((False, column.get("units")), (True, column.get("comma_units"))):
            for unit, found in (units or {}).items():
                style = style_of_unit(unit_key(unit), comma=comma)
                numbers[style] = numbers.get(style, 0) + found["count"]
    return {"counts": counts, "numbers": numbers}


def _refuse(fault: Fault, file: str, line: int) -> None:
    where = f"{file}, line {line + fault['line'] + 1}"
    if fault["kind"] == "nul":
        raise NotCsvError(
            f"{where}: a NUL byte, which no text has; the file is damaged or binary: export it "
            f"again as CSV (UTF-8)"
        )
    if fault["kind"] == "unclosed":
        raise NotCsvError(
            f"{where}: a quote opens here and is never closed, so the rest of the file would be "
            f"one field; close it, or double it if it belongs to the text"
        )
    raise FileLimitError(
        f"{where}: a record of more than {RECORD_LIMIT_BYTES // MIB} MiB, the limit; see to the "
        f"line ends and quotes there"
    )
