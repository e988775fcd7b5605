"""The bytes of a chunk: the lines that begin in its range, and the rest of its last record."""

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.documents.chunk_profile import Fault, FaultKind
from pipeline.storage.bucket import Source
from table.limits import MIB, RECORD_LIMIT_BYTES
from table.reading.dialect import Dialect
from table.reading.quotes import quote_lines, read_lines

_STEP = MIB
_AHEAD = 64 * 1024


@dataclass(frozen=True)
class OwnLines:
    """Whole lines among bytes that were read, not cut out: a copy of a chunk is large.

    Attributes
    ----------
    begin, end : of the lines in raw; end is exclusive.
    at : offset of the first in the file.
    """

    raw: bytes
    begin: int
    end: int
    at: int

    def cut_out(self, skipped: int = 0) -> bytes:
        """Return the lines, without so many bytes at their beginning."""
        return self.raw[self.begin + skipped : self.end]


def own_lines(source: Source, start: int, end: int, begin: int, dialect: Dialect) -> OwnLines:
    """Return the lines that begin in a range of the file."""
    newline = dialect.newline.encode()
    start, end = max(start, begin), max(end, begin)
    if start >= end:
        return OwnLines(b"", 0, 0, start)
    lead = 1 if start > begin else 0
    # Reading a little further nearly always saves a second request for the last line's rest.
    raw = source.read(start - lead, end + _AHEAD)
    cut = raw.find(newline, 0, end - start + lead) + 1 if lead else 0
    # A line that begins exactly at end is the next chunk's.
    if lead and (cut == 0 or cut == end - start + lead):
        return OwnLines(b"", 0, 0, end)
    stop = raw.find(newline, end - start + lead - 1) + 1
    at = start - lead + cut
    if stop:
        return OwnLines(raw, cut, stop, at)
    raw = raw[cut:] + _rest_of_line(source, start - lead + len(raw), newline)
    return OwnLines(raw, 0, len(raw), at)


def _rest_of_line(source: Source, at: int, newline: bytes) -> bytes:
    rest = b""
    while len(rest) <= RECORD_LIMIT_BYTES and at + len(rest) < source.size:
        more = source.read(at + len(rest), at + len(rest) + _STEP)
        cut = more.find(newline)
        if cut >= 0:
            return rest + more[: cut + 1]
        rest += more
    return rest


def rest_of_record(source: Source, at: int, dialect: Dialect) -> tuple[bytes, FaultKind | None]:
    """Read on, from inside quotes, to the end of the record; say what is wrong if none comes.

    Returns
    -------
    The bytes, up to a NUL byte if there is one; and None, "too_long", "unclosed" or "nul".
    """
    newline = dialect.newline.encode()
    tail, checked = b"", 0
    wrong: FaultKind | None = None
    while wrong is None and len(tail) <= RECORD_LIMIT_BYTES:
        more = source.read(at + len(tail), at + len(tail) + _STEP)
        if not more:
            break
        wrong = "nul" if b"\0" in more else None
        tail += more.partition(b"\0")[0]
        ended = wrong is None and at + len(tail) == source.size
        last = len(tail) if ended else tail.rfind(newline) + 1
        if dialect.quote.encode() not in tail[checked:last]:
            continue
        # From the beginning each time: a state at `checked` would be one more thing to keep.
        states = quote_lines(read_lines(dialect.text_of(tail[:last])), dialect)
        closed = (~states.after_inside).arg_true()
        if len(closed):
            return tail[: offset_of(tail, newline, int(states.index[int(closed[0])]) + 1)], None
        checked = last
    return tail, wrong or ("too_long" if len(tail) > RECORD_LIMIT_BYTES else "unclosed")


def offset_of(raw: bytes, newline: bytes, line: int, at: int = 0) -> int:
    """Return where a line begins, counted from the one that begins at an offset."""
    for _ in range(line):
        at = raw.find(newline, at) + 1
        if at == 0:
            return len(raw)
    return at


def long_line(raw: bytes, newline: bytes, begin: int, end: int) -> Fault | None:
    """Find the first line over the limit; None, as nearly always, without looking at all.

    Parameters
    ----------
    begin, end : of whole lines in raw, each of them a record.
    """
    at = begin
    while end - at > RECORD_LIMIT_BYTES:
        last = raw.rfind(newline, at, at + RECORD_LIMIT_BYTES + 1)
        if last < 0:
            return {"kind": "too_long", "line": raw.count(newline, begin, at)}
        at = last + 1
    return None


def long_record(
    raw: bytes, newline: bytes, line: int, record_of: Callable[[int], int | None]
) -> Fault | None:
    """Find the first record over the limit; None, as nearly always, without looking at all.

    Parameters
    ----------
    raw : begins with a record.
    line : of its beginning.
    record_of : gives the line on which the record of a line begins.
    """
    at = 0
    while len(raw) - at > RECORD_LIMIT_BYTES:
        beyond = at + RECORD_LIMIT_BYTES + 1
        last = line + raw.count(newline, at, beyond)
        begin = record_of(last)
        if begin is None or begin <= line:
            return {"kind": "too_long", "line": line}
        for _ in range(last - begin + 1):
            beyond = raw.rfind(newline, at, beyond)
        at, line = beyond + 1, begin
    return None
