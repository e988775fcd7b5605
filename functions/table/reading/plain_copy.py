"""Files that cannot be read by range: gzip, UTF-16 and UTF-32 get a plain UTF-8 copy."""

import codecs
import zlib
from collections.abc import Iterator

from pipeline.errors import FileLimitError, NotCsvError
from pipeline.storage.bucket import Bucket, Source
from table.limits import MIB, UNPACKED_LIMIT_BYTES

_READ = 8 * MIB
# S3 takes at most 10,000 parts, so 32 MiB parts hold more than the limit.
_PART = 32 * MIB


def plain_pieces(source: Source, packed: bool, encoding: str, name: str) -> Iterator[bytes]:
    """Yield the file as UTF-8, a few MiB at a time.

    Raises
    ------
    NotCsvError
        The gzip data is damaged, or the text is not in its encoding.
    FileLimitError
        It unpacks to more than UNPACKED_LIMIT_BYTES.
    """
    pieces = _unzipped(source, name) if packed else _raw(source)
    seen = 0
    decoder = codecs.getincrementaldecoder(encoding)() if encoding else None
    try:
        for piece in pieces:
            seen += len(piece)
            if seen > UNPACKED_LIMIT_BYTES:
                raise FileLimitError(
                    f"{name} unpacks to more than {UNPACKED_LIMIT_BYTES >> 30} GiB, the limit for "
                    f"gzip and UTF-16 files; drop it as plain UTF-8 CSV, which has no such limit"
                )
            yield decoder.decode(piece).encode() if decoder else piece
        if decoder:
            yield decoder.decode(b"", final=True).encode()
    except UnicodeError as error:
        raise NotCsvError(
            f"{name} begins as {encoding} but is not so to its end ({error.args[-1]} at byte "
            f"{seen:,} or before); save it as UTF-8 and drop it again"
        ) from error


def _raw(source: Source) -> Iterator[bytes]:
    for at in range(0, source.size, _READ):
        yield source.read(at, at + _READ)


def _unzipped(source: Source, name: str) -> Iterator[bytes]:
    """Unpack gzip, of one member or many; never more than _READ bytes at once."""
    unpacker = zlib.decompressobj(wbits=31)
    try:
        for raw in _raw(source):
            rest = raw
            while rest:
                if unpacker.eof:
                    if not rest.strip(b"\0"):
                        break  # padding behind the last member
                    unpacker = zlib.decompressobj(wbits=31)
                yield unpacker.decompress(rest, _READ)
                rest = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
    except zlib.error as error:
        raise NotCsvError(
            f"{name} is damaged gzip ({error}); compress it again and drop it"
        ) from error
    if not unpacker.eof:
        raise NotCsvError(f"{name} is gzip that ends too early; upload the whole file again")


def write_pieces(bucket: Bucket, key: str, pieces: Iterator[bytes]) -> int:
    """Write an object of any size.

    Returns
    -------
    Its size in bytes.
    """
    waiting = bytearray()
    size = 0
    upload: str | None = None
    parts: list[dict[str, object]] = []
    for piece in pieces:
        waiting += piece
        size += len(piece)
        if len(waiting) >= _PART:
            upload = upload or bucket.begin(key)
            parts.append(bucket.put_part(key, upload, len(parts) + 1, bytes(waiting)))
            waiting.clear()
    if upload is None:
        bucket.put(key, bytes(waiting))
        return size
    if waiting:
        parts.append(bucket.put_part(key, upload, len(parts) + 1, bytes(waiting)))
    bucket.finish(key, upload, parts)
    return size
