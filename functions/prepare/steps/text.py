"""Part of step plan: the drop as text that can be read by range, and where to cut it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise
from math import ceil

from pipeline import layout
from pipeline.documents.plan import ChunkRange, Plan
from pipeline.documents.run_files import RunFiles
from pipeline.errors import EmptyFileError, FileLimitError, NotCsvError
from pipeline.notices import Notice, notice
from pipeline.storage.bucket import ObjectSource
from table.edges import beginning
from table.edges.head import Head
from table.limits import LARGEST_CHUNK_BYTES, MIB, MOST_CHUNKS, SAMPLE_BYTES
from table.reading.file_kind import GZIP, cp1252_notice, encoding_of
from table.reading.plain_copy import plain_pieces, write_pieces

_WIDE = ("utf-16", "utf-32")
_MARK = 4
"""Bytes of the longest byte order mark."""


@dataclass(frozen=True)
class Text:
    """What is read: the drop, or a plain UTF-8 copy of it.

    Attributes
    ----------
    start : its first bytes.
    original : the encoding that the drop has; a copy's own is another.
    packed : whether the drop is gzip.
    first : the first bytes of the drop's own text, with its byte order mark.
    """

    source: ObjectSource
    start: bytes
    encoding: str
    original: str
    packed: bool
    first: bytes


def readable(own: RunFiles, drop: ObjectSource, name: str) -> tuple[Text, list[Notice]]:
    """Return the drop as it is, if it can be read by range; else copy it.

    Returns
    -------
    The text, at least two lines of it read, and what to say of it.
    """
    start = drop.read(0, SAMPLE_BYTES)
    if not start.strip():
        raise EmptyFileError(f"{name} is empty; drop a CSV with a header and rows")
    notices: list[Notice] = []
    packed = start.startswith(GZIP)
    if packed != name.lower().endswith(".gz"):
        how = "gzip although its name does not say so" if packed else "no gzip although so named"
        notices.append(notice("suffix", f"{name} is {how}; read as it is."))
    encoding = "" if packed else encoding_of(start, name)
    if packed or encoding.startswith(_WIDE):
        text = _copied(own, drop, start, packed, encoding, name)
    else:
        text = Text(drop, start, encoding, encoding, packed, start[:_MARK])
    if text.original == "cp1252":
        notices.append(cp1252_notice(name))
    return replace(text, start=beginning.whole_lines(text.source, text.start, name)), notices


def _copied(
    own: RunFiles, source: ObjectSource, start: bytes, packed: bool, wide: str, name: str
) -> Text:
    """Write a plain UTF-8 copy below the run."""
    encoding, first = wide, start
    if packed:
        first = next((p for p in plain_pieces(source, True, "", name) if p), b"")[:SAMPLE_BYTES]
        if first.startswith(GZIP):
            raise NotCsvError(f"{name} is compressed twice; compress it once and drop it again")
        encoding = encoding_of(first, name) if first.strip() else "utf-8"
    decode = encoding if encoding.startswith(_WIDE) else ""
    key = own.key(layout.PLAIN_COPY)
    size = write_pieces(own.bucket, key, plain_pieces(source, packed, decode, name))
    copy = ObjectSource(own.bucket, key, None, size)
    start = copy.read(0, SAMPLE_BYTES)
    if not start.strip():
        raise EmptyFileError(f"{name} holds nothing; drop a CSV with a header and rows")
    return Text(copy, start, encoding_of(start, name), encoding, packed, first[:_MARK])


def head_of(text: Text, name: str, known: Iterable[str]) -> tuple[Head, int]:
    """Find out how the text is written, and where its data begins.

    Parameters
    ----------
    known : columns that it should have; a first line that holds one of them is a header.

    Returns
    -------
    The head, and the offset of the first record behind it, in bytes.
    """
    complete = text.source.size <= len(text.start)
    return beginning.head_of(text.start, text.encoding, name, known, complete=complete)


def ranges_of(plan: Plan, chunk_bytes: int) -> list[ChunkRange]:
    """Cut the bytes to read into chunks, larger ones if there were too many.

    Raises
    ------
    FileLimitError
    """
    size = plan["source"]["size"]
    chunk_bytes = max(chunk_bytes, ceil(size / MOST_CHUNKS))
    if chunk_bytes > LARGEST_CHUNK_BYTES:
        raise FileLimitError(
            f"{plan['file']} has {size:,} bytes, and {MOST_CHUNKS * LARGEST_CHUNK_BYTES:,} are the "
            f"most that is read ({MOST_CHUNKS:,} chunks of {LARGEST_CHUNK_BYTES // MIB} MiB); "
            f"drop a part of it"
        )
    count = max(1, ceil(size / chunk_bytes))
    # Nearly equal ones: the state takes as long as its largest.
    edges = [size * number // count for number in range(count + 1)]
    return [
        {"index": index, "start": start, "end": end}
        for index, (start, end) in enumerate(pairwise(edges))
    ]
