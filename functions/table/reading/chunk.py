"""One byte range of a CSV: the records that begin in it, for either state at its beginning.

Cutting at any byte is sound because a chunk is read from the first line that begins in
it, and because every line is known as a map of the reader's two states (table.reading.quotes).
Once a line maps both states to one, all after it is settled; what comes before is
profiled for both states, and Fit, which sees all chunks in order, takes the right one.
"""

from dataclasses import dataclass, replace
from functools import partial

from pipeline.documents.chunk_profile import Fault, FaultKind
from pipeline.storage.bucket import Source
from table.limits import RECORD_LIMIT_BYTES
from table.reading.byte_range import (
    OwnLines,
    long_line,
    long_record,
    offset_of,
    own_lines,
    rest_of_record,
)
from table.reading.dialect import Dialect
from table.reading.quotes import WIDEST_PATTERN, QuoteLines, quote_lines, read_lines, whole_lines
from table.reading.slices import in_slices

_SOON = 4096


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
    fault : line (from 0 in the chunk) of a NUL byte, or of a record over the limit or without
        an end.
    """

    first: int
    end: int
    ends_inside: bool
    head: Piece | None
    fault: Fault | None


@dataclass(frozen=True)
class _Own:
    """A chunk's own lines, in either state, and what was read on for its last record.

    Attributes
    ----------
    at : offset in the file.
    split : where in raw the first line begins that is outside quotes in both states; its end
        if there is none.
    tail, wrong : for a state that ends inside: the bytes to the end of its record, and why
        there is no end.
    nul : the fault of a NUL byte, before which raw ends.
    """

    raw: bytes
    at: int
    lines: int
    newline: bytes
    states: QuoteLines
    split: int
    tail: bytes
    wrong: FaultKind | None
    nul: Fault | None


@dataclass(frozen=True)
class Chunk:
    """A chunk's lines and its two readings; body is what both have in common, None at a fault."""

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
    own = own_lines(source, start, end, begin, dialect)
    if own.begin == own.end:
        nothing = Reading(own.at, own.at, False, None, None)
        return Chunk(0, nothing, replace(nothing, ends_inside=True), None)
    newline = dialect.newline.encode()
    nul: Fault | None = None
    if (cut := own.raw.find(b"\0", own.begin, own.end)) >= 0:
        # polars cannot take lines with a NUL byte, and nothing after it matters.
        nul = {"kind": "nul", "line": own.raw.count(newline, own.begin, cut)}
        own = replace(own, end=cut)
    if own.raw.find(dialect.quote.encode(), own.begin, own.end) < 0:
        return _unquoted(own.cut_out(), own.at, newline, nul)
    if nul is None and (orderly := _orderly(own, dialect, width)):
        return orderly
    return _in_either_state(source, own.cut_out(), own.at, dialect, nul)


def _unquoted(raw: bytes, at: int, newline: bytes, nul: Fault | None) -> Chunk:
    """Read a chunk where each line is a record, or else all of it the middle of one."""
    lines = raw.count(newline) + (not raw.endswith(newline))
    fault = long_line(raw, newline, 0, len(raw)) or nul
    outside = Reading(at, at + len(raw), False, None if fault else Piece(raw, 0), fault)
    return Chunk(lines, outside, Reading(at, at, True, None, fault), None)


def _in_either_state(
    source: Source, raw: bytes, at: int, dialect: Dialect, nul: Fault | None
) -> Chunk:
    """Read a chunk line by line in both states, and on to the end of its last record."""
    newline = dialect.newline.encode()
    text = read_lines(dialect.text_of(raw))
    states = quote_lines(text, dialect)
    tail, wrong = b"", None
    if nul is None and (
        states.ends_inside(began_inside=False) or states.ends_inside(began_inside=True)
    ):
        tail, wrong = rest_of_record(source, at + len(raw), dialect)
    common, first = _begins(states)
    split = len(raw) if common is None else offset_of(raw, newline, common)
    own = _Own(raw, at, len(text), newline, states, split, tail, wrong, nul)
    outside = _reading(own, 0, began_inside=False)
    inside = _reading(own, first, began_inside=True)
    body = None
    if split < len(raw) and not (outside.fault and inside.fault):
        rest = tail if outside.ends_inside else b""
        body = Piece(raw[split:] + rest, common or 0)
    return Chunk(len(text), outside, inside, body)


def _reading(own: _Own, line: int | None, began_inside: bool) -> Reading:
    """Read in one state; line is where the first record begins, None if none does."""
    raw, at, newline = own.raw, own.at, own.newline
    ends = own.states.ends_inside(began_inside)
    rest = own.tail if ends else b""
    begins = len(raw) if line is None else offset_of(raw, newline, line)
    if line is None or begins == len(raw):
        return Reading(at, at, ends, None, own.nul)
    # The line that the rest ends with is unknown to the states: none begins after it here.
    records = raw[begins:] + rest.removesuffix(newline)
    record_of = partial(own.states.record_of, began_inside=began_inside)
    fault = long_record(records, newline, line, record_of)
    if fault is None and ends and own.wrong:
        opens = record_of(own.lines)
        if own.wrong == "nul" or opens is None:
            opens = own.lines + own.tail.count(newline)
        fault = {"kind": own.wrong, "line": opens}
    fault = fault or own.nul
    head = raw[begins : own.split] + (rest if own.split == len(raw) else b"")
    return Reading(
        at + begins,
        at + len(raw) + len(rest),
        ends,
        Piece(head, line) if head and not fault else None,
        fault,
    )


def _orderly(own: OwnLines, dialect: Dialect, width: int) -> Chunk | None:
    """Read a chunk where both states soon agree and all lines after that are in order.

    Nearly every chunk is so; one pass over its lines then does for all checks.
    """
    if width > WIDEST_PATTERN:
        return None
    raw, newline = own.raw, dialect.newline.encode()
    soon = min(own.end, offset_of(raw, newline, _SOON, own.begin))
    states = quote_lines(read_lines(dialect.text_of(raw[own.begin : soon])), dialect)
    common, first = _begins(states)
    if common is None or first is None:
        return None
    split = offset_of(raw, newline, common, own.begin)
    # Each line after the split is a record; those before it are taken for one here.
    if not split < own.end or split - own.begin > RECORD_LIMIT_BYTES:
        return None
    if long_line(raw, newline, split, own.end):
        return None

    def in_order(some: bytes) -> int:
        text = read_lines(dialect.text_of(some))
        return len(text) if whole_lines(text, dialect, width).all() else 0

    lines = in_slices(raw, newline, split, own.end, in_order)
    if not all(lines):
        return None
    begins = offset_of(raw, newline, first, own.begin)
    end = own.at + own.end - own.begin
    before = Piece(raw[begins:split], first) if begins < split else None
    return Chunk(
        common + sum(lines),
        Reading(own.at, end, False, Piece(raw[own.begin : split], 0), None),
        Reading(own.at + begins - own.begin, end, False, before, None),
        Piece(own.cut_out(split - own.begin), common, clean=True),
    )


def _begins(states: QuoteLines) -> tuple[int | None, int | None]:
    """Return the first line where both states are outside, and the first where inside is."""
    both = (~states.after_outside & ~states.after_inside).arg_true()
    one = (~states.after_inside).arg_true()
    return (
        int(states.index[int(both[0])]) + 1 if len(both) else None,
        int(states.index[int(one[0])]) + 1 if len(one) else None,
    )
