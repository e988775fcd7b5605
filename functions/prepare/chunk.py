"""One byte range of a CSV: the records that begin in it, for either state at its beginning.

Cutting at any byte is sound because a chunk is read from the first line that begins in
it, and because every line is known as a map of the reader's two states (prepare.lines).
Once a line maps both states to one, all after it is settled; what comes before is
profiled for both states, and Fit, which sees all chunks in order, takes the right one.
"""

from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from prepare.bucket import Source
from prepare.dialect import Dialect
from prepare.limits import MIB, RECORD_LIMIT_BYTES
from prepare.lines import QuoteLines, quote_lines, read_lines, whole_lines
from prepare.text import to_lines

_STEP = MIB
_SOON = 4096
_AHEAD = 64 * 1024


@dataclass(frozen=True)
class Piece:
    """Whole records, as the file has them; line counts from 0 in the chunk.

    Clean ones are known to need no checks: each line a record, in order and of the right width.
    """

    raw: bytes
    line: int
    clean: bool = False


@dataclass(frozen=True)
class Reading:
    """A chunk read in one state at its beginning.

    Attributes
    ----------
    first, end : byte offsets in the file of its first record and after its last; equal
        if no record begins in the chunk.
    ends_inside : the state after the chunk's own lines, those read on for its last
        record not among them.
    head : records before the two states agree.
    fault : line (from 0 in the chunk) of a record over the limit or without an end.
    """

    first: int
    end: int
    ends_inside: bool
    head: Piece | None
    fault: dict[str, Any] | None


@dataclass(frozen=True)
class Chunk:
    """A chunk's lines and its two readings; body is what both have in common."""

    lines: int
    outside: Reading
    inside: Reading
    body: Piece | None


def read_chunk(
    source: Source, start: int, end: int, begin: int, dialect: Dialect, width: int
) -> Chunk:
    """Read the lines that begin in a byte range.

    Parameters
    ----------
    start, end : offsets in bytes; end is exclusive.
    begin : offset of the file's first record.
    width : number of columns.
    """
    raw, at = _own_lines(source, start, end, begin, dialect)
    if not raw:
        nothing = Reading(at, at, False, None, None)
        return Chunk(0, nothing, replace(nothing, ends_inside=True), None)
    newline = dialect.newline.encode()
    fault = _too_long(raw, newline)
    if dialect.quote.encode() not in raw:
        lines = raw.count(newline) + (not raw.endswith(newline))
        outside = Reading(at, at + len(raw), False, Piece(raw, 0), fault)
        return Chunk(lines, outside, Reading(at, at, True, None, fault), None)
    text = read_lines(to_lines(raw, dialect.newline))
    lines = len(text)
    if fault is None and (orderly := _orderly(raw, at, text, dialect, width)):
        return orderly
    states = quote_lines(text, dialect)
    opened = states.ends_inside(began_inside=False) or states.ends_inside(began_inside=True)
    tail, kind = _tail(source, at + len(raw), dialect) if opened else (b"", None)
    common, first = _begins(states)
    split = len(raw) if common is None else _offset(raw, newline, common)
    readings = []
    for began, line in ((False, 0), (True, first)):
        ends = states.ends_inside(began)
        rest = tail if ends else b""
        begins = len(raw) if line is None else _offset(raw, newline, line)
        if begins == len(raw):
            readings.append(Reading(at, at, ends, None, fault))
            continue
        head = raw[begins:split] + (rest if split == len(raw) else b"")
        broken = {"kind": kind, "line": _opening(states, began)} if ends and kind else None
        readings.append(
            Reading(
                at + begins,
                at + len(raw) + len(rest),
                ends,
                Piece(head, line or 0) if head else None,
                fault or broken,
            )
        )
    body = None
    if split < len(raw):
        rest = tail if states.ends_inside(began_inside=False) else b""
        body = Piece(raw[split:] + rest, common or 0)
    return Chunk(lines, readings[0], readings[1], body)


def _orderly(raw: bytes, at: int, text: pl.Series, dialect: Dialect, width: int) -> Chunk | None:
    """Read a chunk where both states soon agree and all lines after that are in order.

    Nearly every chunk is so; one pass over its lines then does for all checks.
    """
    states = quote_lines(text.head(_SOON), dialect)
    common, first = _begins(states)
    if common is None or first is None or common >= len(text):
        return None
    whole = whole_lines(text.slice(common), dialect, width)
    if whole is None or not whole.all():
        return None
    newline = dialect.newline.encode()
    split, begins = _offset(raw, newline, common), _offset(raw, newline, first)
    end = at + len(raw)
    before = Piece(raw[begins:split], first) if begins < split else None
    return Chunk(
        len(text),
        Reading(at, end, False, Piece(raw[:split], 0), None),
        Reading(at + begins, end, False, before, None),
        Piece(raw[split:], common, clean=True),
    )


def _own_lines(
    source: Source, start: int, end: int, begin: int, dialect: Dialect
) -> tuple[bytes, int]:
    """Return the bytes of the lines that begin in the range, and where the first begins."""
    newline = dialect.newline.encode()
    start, end = max(start, begin), max(end, begin)
    if start >= end:
        return b"", start
    lead = 1 if start > begin else 0
    # Reading a little further nearly always saves a second request for the last line's rest.
    raw = source.read(start - lead, end + _AHEAD)
    cut = raw.find(newline, 0, end - start + lead) + 1 if lead else 0
    # A line that begins exactly at end is the next chunk's.
    if lead and (cut == 0 or cut == end - start + lead):
        return b"", end
    stop = raw.find(newline, end - start + lead - 1) + 1
    at = start - lead + cut
    if stop:
        return raw[cut:stop], at
    return raw[cut:] + _rest_of_line(source, start - lead + len(raw), newline), at


def _rest_of_line(source: Source, at: int, newline: bytes) -> bytes:
    rest = b""
    while len(rest) <= RECORD_LIMIT_BYTES and at + len(rest) < source.size:
        more = source.read(at + len(rest), at + len(rest) + _STEP)
        cut = more.find(newline)
        if cut >= 0:
            return rest + more[: cut + 1]
        rest += more
    return rest


def _too_long(raw: bytes, newline: bytes) -> dict[str, Any] | None:
    """Find the first line over the limit; None, as nearly always, without looking at all."""
    at = 0
    while len(raw) - at > RECORD_LIMIT_BYTES:
        cut = raw.rfind(newline, at, at + RECORD_LIMIT_BYTES + 1)
        if cut < 0:
            return {"kind": "too_long", "line": raw.count(newline, 0, at)}
        at = cut + 1
    return None


def _begins(states: QuoteLines) -> tuple[int | None, int | None]:
    """Return the first line where both states are outside, and the first where inside is."""
    both = (~states.after_outside & ~states.after_inside).arg_true()
    one = (~states.after_inside).arg_true()
    return (
        int(states.index[int(both[0])]) + 1 if len(both) else None,
        int(states.index[int(one[0])]) + 1 if len(one) else None,
    )


def _tail(source: Source, at: int, dialect: Dialect) -> tuple[bytes, str | None]:
    """Read on, from inside quotes, to the end of the record; say what is wrong if none comes."""
    newline = dialect.newline.encode()
    tail, checked = b"", 0
    while len(tail) <= RECORD_LIMIT_BYTES:
        more = source.read(at + len(tail), at + len(tail) + _STEP)
        if not more:
            break
        tail += more
        last = tail.rfind(newline) + 1 if at + len(tail) < source.size else len(tail)
        if dialect.quote.encode() not in tail[checked:last]:
            continue
        # From the beginning each time: a state at `checked` would be one more thing to keep.
        states = quote_lines(read_lines(to_lines(tail[:last], dialect.newline)), dialect)
        closed = (~states.after_inside).arg_true()
        if len(closed):
            return tail[: _offset(tail, newline, int(states.index[int(closed[0])]) + 1)], None
        checked = last
    return tail, "too_long" if len(tail) > RECORD_LIMIT_BYTES else "unclosed"


def _offset(raw: bytes, newline: bytes, line: int) -> int:
    """Return where a line begins."""
    at = 0
    for _ in range(line):
        at = raw.find(newline, at) + 1
        if at == 0:
            return len(raw)
    return at


def _opening(states: QuoteLines, began_inside: bool) -> int:
    """Return the line whose quote opened the record that is still open after the last line."""
    after = states.after_inside if began_inside else states.after_outside
    closed = (~after).arg_true()
    following = int(closed[-1]) + 1 if len(closed) else 0
    return int(states.index[following])
