"""A file's first bytes: read until its head can be told, and where the rows begin behind that."""

from codecs import BOM_UTF8
from collections.abc import Iterable

from pipeline.errors import FileLimitError
from pipeline.storage.bucket import Source
from table.edges.head import Head, read_head
from table.limits import MIB, RECORD_LIMIT_BYTES
from table.reading.utf8 import to_utf8


def whole_lines(source: Source, start: bytes, name: str) -> bytes:
    """Read on until the sample has two lines, or the limit of a record is reached."""
    while len(start) < source.size and start.count(b"\n") + start.count(b"\r") < 4:
        if len(start) > RECORD_LIMIT_BYTES:
            raise FileLimitError(
                f"{name}: line 1 or 2 is longer than {RECORD_LIMIT_BYTES // MIB} MiB, the limit of "
                f"a record; check that the file has line ends"
            )
        start += source.read(len(start), len(start) + 2 * len(start))
    return start


def head_of(
    start: bytes, encoding: str, name: str, known: Iterable[str], *, complete: bool
) -> tuple[Head, int]:
    """Find out how a text is written, and where its data begins.

    Parameters
    ----------
    start : its first bytes, at least two lines.
    known : columns that it should have; a first line that holds one of them is a header.
    complete : whether this is the whole file.

    Returns
    -------
    The head, and the offset of the first record behind it, in bytes.
    """
    mark = len(BOM_UTF8) if start.startswith(BOM_UTF8) else 0
    characters = to_utf8(start[mark:]).decode()
    column = next((column for column in known if column in characters), None)
    head = read_head(characters, name, encoding, complete, column)
    return head, mark + _offset_of(start[mark:], head)


def _offset_of(start: bytes, head: Head) -> int:
    newline = head.dialect.newline.encode()
    at = 0
    for _ in range(head.skip_lines):
        cut = start.find(newline, at)
        if cut < 0:
            return len(start)
        at = cut + 1
    return at
