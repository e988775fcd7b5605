r"""From a file's bytes to clean UTF-8 with ``\n`` line ends."""

import codecs
from typing import Final

FALLBACK: Final = "dropforge-cp1252"
_PIECE = 4 << 20


def _cp1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    bad = error.object[error.start : error.end]
    # Five bytes mean nothing in CP1252; Latin-1 gives each a character.
    return "".join(_byte(b) for b in bad), error.end


def _byte(value: int) -> str:
    try:
        return bytes([value]).decode("cp1252")
    except UnicodeDecodeError:
        return chr(value)


codecs.register_error(FALLBACK, _cp1252)


def to_utf8(raw: bytes) -> bytes:
    """Return the bytes as UTF-8; a byte that is not is read as CP1252 (Latin-1's superset).

    Deciding byte by byte keeps the result independent of where a file is cut, and reads
    the files that several programs in turn have appended to.
    """
    if raw.isascii() or _is_utf8(raw):
        return raw
    return raw.decode(errors=FALLBACK).encode()


def _is_utf8(raw: bytes) -> bool:
    """Decode in pieces: a whole chunk with one emoji in it would take four bytes a letter."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for at in range(0, len(raw), _PIECE):
            decoder.decode(raw[at : at + _PIECE])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def to_lines(raw: bytes, newline: str) -> bytes:
    r"""Return UTF-8 with ``\n`` line ends.

    Parameters
    ----------
    newline : "\n", which takes "\r\n" too, or "\r".
    """
    data = to_utf8(raw)
    if newline == "\r":
        return data.replace(b"\r", b"\n")
    if b"\r" not in data:
        return data
    # A carriage return alone in such a file is no line end; csv readers would trip over it.
    return data.replace(b"\r\n", b"\n").replace(b"\r", b" ")
