"""Checksums of bodies that come piece by piece, or lie in files.

Those that S3 knows besides MD5 are in its user guide, "Checking object integrity".
ministack reckons each from a whole body in memory.
"""

import base64
import hashlib
import zlib
from collections.abc import Callable, Mapping
from typing import Protocol

MD5 = "MD5"
_GIVEN, _ASKED = "x-amz-checksum-", "x-amz-sdk-checksum-algorithm"


class Running(Protocol):
    """A checksum under way."""

    def update(self, piece: bytes, /) -> None:
        """Take in the next bytes."""

    def digest(self) -> bytes:
        """Return the checksum of what was taken in."""


class _Cyclic:
    """A cyclic redundancy check: `step` takes a piece, and the value so far."""

    def __init__(self, step: Callable[[bytes, int], int], width: int) -> None:
        self._step, self._width, self._value = step, width, 0

    def update(self, piece: bytes, /) -> None:
        self._value = self._step(piece, self._value)

    def digest(self) -> bytes:
        return self._value.to_bytes(self._width, "big")


def name_of(algorithm: str) -> str:
    """Return the one form of an algorithm's name."""
    return algorithm.upper().replace("_", "")


def running(algorithm: str) -> Running | None:
    """Begin a checksum, named as S3 names it; None if S3 knows none of this name."""
    from ministack.services import s3

    name = name_of(algorithm)
    if name in (MD5, "SHA1", "SHA256"):
        return hashlib.new(name.lower(), usedforsecurity=False)
    if name == "CRC32":
        return _Cyclic(zlib.crc32, 4)
    if name == "CRC32C":
        return _Cyclic(_by_table(s3._CRC32C_TABLE, s3._CRC32C_INIT), 4)
    if name == "CRC64NVME":
        return _Cyclic(_by_table(s3._CRC64NVME_TABLE, s3._CRC64NVME_INIT), 8)
    return None


def wanted(headers: Mapping[str, str], of_upload: str | None = None) -> dict[str, Running]:
    """Begin the checksums that a request needs: its ETag's, and those it gives or asks for.

    Parameters
    ----------
    of_upload : the algorithm that its multipart upload was begun with.
    """
    given = [name.removeprefix(_GIVEN) for name in headers if name.startswith(_GIVEN)]
    names = {name_of(name) for name in (MD5, *given, headers.get(_ASKED), of_upload) if name}
    begun = {name: running(name) for name in sorted(names)}
    return {name: each for name, each in begun.items() if each is not None}


def in_base64(digest: bytes | None) -> str | None:
    """Return a checksum as S3 writes it."""
    return None if digest is None else base64.b64encode(digest).decode()


def _by_table(table: tuple[int, ...], mask: int) -> Callable[[bytes, int], int]:
    def step(piece: bytes, value: int) -> int:
        value ^= mask
        for byte in piece:
            value = table[(value ^ byte) & 0xFF] ^ (value >> 8)
        return value ^ mask

    return step
