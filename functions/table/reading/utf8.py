r"""From a file's bytes to clean UTF-8 with ``\n`` line ends."""

import codecs
import re
from typing import Final

FALLBACK: Final = "dropforge-cp1252"
_PIECE = 4 << 20
_FEEDS_FIRST = re.compile(rb"(\A|\r)\n+")
_MARKS_FIRST = re.compile(rb"(\A|\n)(?:%b)+" % codecs.BOM_UTF8)


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
    r"""Return UTF-8 with ``\n`` line ends; see ``end_lines``."""
    return end_lines(to_utf8(raw), newline)


def end_lines(data: bytes, newline: str) -> bytes:
    r"""Give UTF-8 text ``\n`` line ends, and drop byte order marks at the beginning of lines.

    What becomes of a line depends on that line alone, so a file may be cut at any line.

    Parameters
    ----------
    data : begins with a line.
    newline : "\n", which takes "\r\n" too, or "\r".
    """
    if newline == "\r":
        if b"\n" in data:
            # Excel for Mac ends records with \r, and lines within a cell with \n.
            data = _FEEDS_FIRST.sub(rb"\1", data).replace(b"\n", b" ")
        data = data.replace(b"\r", b"\n")
    elif b"\r" in data:
        # A carriage return alone in such a file is no line end; csv readers would trip over it.
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b" ")
    # Files that were put together keep a mark each; polars drops it where its buffer begins.
    if not data.isascii() and codecs.BOM_UTF8 in data:
        return _MARKS_FIRST.sub(rb"\1", data)
    return data


def unescaped(data: bytes, quote: str) -> bytes:
    r"""Double the quotes that a backslash escapes, and halve backslashes that come in pairs.

    What becomes of a line depends on that line alone. Nothing after a NUL byte is touched.
    """
    data, nul, rest = data.partition(b"\0")
    if b"\\" in data:
        mark = quote.encode()
        # A pair first, from left to right: in \\" the quote is not escaped.
        data = data.replace(b"\\\\", b"\0").replace(b"\\" + mark, mark * 2).replace(b"\0", b"\\")
    return data + nul + rest
