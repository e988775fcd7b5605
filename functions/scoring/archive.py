"""The files of a model.tar.gz, read so that a damaged or hostile archive costs little.

tarfile's own reader takes a long name or a header of as many bytes as it claims, and its gzip
checks no sum.
"""

import tarfile
import zlib
from collections.abc import Callable
from typing import Protocol

MOST_BYTES = 256 * 1024**2
"""Of the files that are taken, which lie in memory as a whole. A tree of depth 6 has 8 KB."""
_MOST_UNPACKED = 4 * MOST_BYTES
"""Of the archive, in which other members may come first."""
_BLOCK = 1024**2


class ModelArchiveError(Exception):
    """The archive is damaged, so that nothing can load the model."""


class ModelTooLargeError(Exception):
    """The archive is sound as far as is known, and its files are larger than are read here."""


class Readable(Protocol):
    """What can be read forwards."""

    def read(self, size: int, /) -> bytes:
        """Return at most so many bytes, none at the end."""


def read_files(archive: Readable, wanted: Callable[[str], bool]) -> dict[str, bytearray]:
    """Return the contents of the regular files that are wanted, by name.

    Of two members of one name the later counts, as when the archive is unpacked.

    Parameters
    ----------
    wanted : tells by a name, without the ``./`` that some packers write before it.

    Raises
    ------
    ModelArchiveError
        It is no archive, ends too early, or its sum is wrong.
    ModelTooLargeError
        The wanted files are too large together.
    """
    try:
        unpacked = _Unpacked(archive)
        found = _wanted_files(unpacked, wanted)
        while unpacked.read(_BLOCK):
            pass  # To the sum at the end, which says whether all of it was right.
    except (tarfile.TarError, zlib.error, ValueError, OverflowError) as error:
        raise ModelArchiveError(f"it is damaged ({error})") from error
    return found


class _Unpacked:
    """The bytes of a gzip file, of which at most so many may come."""

    def __init__(self, packed: Readable) -> None:
        self._packed = packed
        self._unpacker = zlib.decompressobj(wbits=31)
        self._rest = b""
        self._left = _MOST_UNPACKED

    def read(self, size: int) -> bytes:
        found = bytearray()
        while len(found) < size and not self._unpacker.eof:
            self._rest = self._rest or self._packed.read(_BLOCK)
            if not self._rest:
                raise ModelArchiveError("it ends too early")
            found += self._unpacker.decompress(self._rest, size - len(found))
            self._rest = self._unpacker.unconsumed_tail
        self._left -= len(found)
        if self._left < 0:
            raise ModelArchiveError(f"it unpacks to more than {_MOST_UNPACKED:,} bytes")
        return bytes(found)


def _wanted_files(unpacked: _Unpacked, wanted: Callable[[str], bool]) -> dict[str, bytearray]:
    found: dict[str, bytearray] = {}
    while (header := unpacked.read(tarfile.BLOCKSIZE)).strip(b"\0"):
        member = tarfile.TarInfo.frombuf(header, "utf-8", "surrogateescape")
        padded = -(-member.size // tarfile.BLOCKSIZE) * tarfile.BLOCKSIZE
        if member.size < 0:
            raise ModelArchiveError(f"a member has {member.size:,} bytes")
        name = member.name.removeprefix("./")
        if member.type not in (tarfile.REGTYPE, tarfile.AREGTYPE) or not wanted(name):
            _skip(unpacked, padded)
            continue
        found.pop(name, None)
        size = member.size + sum(map(len, found.values()))
        if size > MOST_BYTES:
            raise ModelTooLargeError(f"the model has {size:,} bytes, more than {MOST_BYTES:,}")
        found[name] = _content(unpacked, member.size, padded)
    return found


def _content(unpacked: _Unpacked, size: int, padded: int) -> bytearray:
    content = bytearray()
    while len(content) < padded:
        block = unpacked.read(min(_BLOCK, padded - len(content)))
        if not block:
            raise ModelArchiveError("the model ends too early")
        content += block
    del content[size:]
    return content


def _skip(unpacked: _Unpacked, size: int) -> None:
    while size:
        block = unpacked.read(min(_BLOCK, size))
        if not block:
            raise ModelArchiveError("a member ends too early")
        size -= len(block)
