"""The bytes of a chunk: the lines that begin in its range, and the rest of its last record."""

from pipeline.documents.chunk_profile import FaultKind
from pipeline.storage.bucket import Source
from table.limits import MIB, RECORD_LIMIT_BYTES
from table.reading.dialect import Dialect
from table.reading.quotes import quote_lines, read_lines

_STEP = MIB
_AHEAD = 64 * 1024


def own_lines(
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


def offset_of(raw: bytes, newline: bytes, line: int) -> int:
    """Return where a line begins."""
    at = 0
    for _ in range(line):
        at = raw.find(newline, at) + 1
        if at == 0:
            return len(raw)
    return at
