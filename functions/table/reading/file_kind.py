"""What kind of file the first bytes are: text and its encoding, gzip, or no CSV at all."""

import codecs

from pipeline.errors import NotCsvError
from pipeline.notices import Notice, notice

GZIP = b"\x1f\x8b"
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_EXCEL = "an Excel or zip file; open it, save the sheet as CSV (UTF-8) and drop that"
_UNPACK = "a compressed archive; unpack it and drop the CSV inside, plain or as .csv.gz"
_SIGNATURES = (
    (b"PK\x03\x04", _EXCEL),
    (b"PK\x05\x06", "an empty zip file; drop a CSV"),
    (
        b"\xd0\xcf\x11\xe0",
        "an old Excel file; open it, save the sheet as CSV (UTF-8) and drop that",
    ),
    (b"BZh", _UNPACK),
    (b"\xfd7zXZ", _UNPACK),
    (b"\x28\xb5\x2f\xfd", _UNPACK),
    (b"7z\xbc\xaf", _UNPACK),
    (b"Rar!", _UNPACK),
    (b"\x89PNG", "a PNG image; drop a CSV"),
    (b"\xff\xd8\xff", "a JPEG image; drop a CSV"),
    (b"GIF8", "a GIF image; drop a CSV"),
    (b"%PDF", "a PDF; export the table as CSV and drop that"),
    (b"PAR1\x15", "a Parquet file; convert it to CSV and drop that"),
    (b"ARROW1\0", "an Arrow file; convert it to CSV and drop that"),
    (b"SQLite format 3", "an SQLite database; export the table as CSV and drop that"),
    (b"\x89HDF", "an HDF5 file; export the table as CSV and drop that"),
    (b"\x93NUMPY", "a NumPy array; save it as CSV and drop that"),
    (b"\x80\x04\x95", "a Python pickle; save the table as CSV and drop that"),
)
_MARKUP = (b"<!doctype", b"<html", b"<?xml", b"<table")


def encoding_of(start: bytes, name: str) -> str:
    """Return the encoding of text by its first bytes.

    Returns
    -------
    "utf-8-sig" (with a byte order mark), "utf-8", "cp1252", or one of "utf-16",
    "utf-16-le", "utf-16-be", "utf-32", which cannot be read by range.

    Raises
    ------
    NotCsvError
        The bytes are those of another kind of file.
    """
    for signature, what in _SIGNATURES:
        if start.startswith(signature):
            raise NotCsvError(f"{name} is not CSV but {what}")
    for mark, encoding in _BOMS:
        if start.startswith(mark):
            if encoding == "utf-8-sig" and (nul := start.find(b"\0")) >= 0:
                raise _damaged(start, nul, name)
            return encoding
    text = start.lstrip().lower()
    if text.startswith(_MARKUP):
        raise NotCsvError(
            f"{name} is not CSV but a web page or XML; the download may have failed: drop the "
            f"data itself as CSV"
        )
    if text.startswith((b'{"', b'[{"', b"[{\n", b"{\n")):
        raise NotCsvError(f"{name} is not CSV but JSON; convert it to CSV and drop that")
    nul = start.find(b"\0")
    if nul >= 0:
        return _wide(start, nul, name)
    odd = sum(byte < 32 and byte not in b"\t\n\r\f\v\x1a\x1b" for byte in start[:4096])
    if odd > len(start[:4096]) * 0.02:
        raise NotCsvError(f"{name} is not CSV but binary data; drop delimited text")
    try:
        # The sample may end inside a character.
        codecs.getincrementaldecoder("utf-8")().decode(start)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def cp1252_notice(name: str) -> Notice:
    """Say that the text was not UTF-8 all through."""
    text = f"{name} is not UTF-8; bytes that are not were read as CP1252 (Western European)."
    return notice("encoding", text)


def _wide(start: bytes, nul: int, name: str) -> str:
    """Tell UTF-16 without a mark from damage.

    In most texts every other byte is NUL. In Cyrillic or Greek, say, that holds for digits,
    delimiters and line ends alone, and what tells is that the line ends are in their place.
    """
    some = start[:4096]
    half = len(some) // 2
    even, odd = some[0::2].count(0), some[1::2].count(0)
    for encoding, high, low in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if high > 0.7 * half and low < 0.1 * half:
            return encoding
        if high > 0.05 * half and low < 0.5 * high and _has_lines(some, encoding):
            return encoding
    raise _damaged(start, nul, name)


def _has_lines(some: bytes, encoding: str) -> bool:
    try:
        # The sample may end inside a character.
        text = codecs.getincrementaldecoder(encoding)().decode(some)
    except UnicodeDecodeError:
        return False
    return any(end in text for end in "\r\n") and any(d in text for d in ",;\t|")


def _damaged(start: bytes, nul: int, name: str) -> NotCsvError:
    # A file of another age ends its lines with CR alone.
    line = max(start.count(end, 0, nul) for end in (b"\n", b"\r")) + 1
    return NotCsvError(
        f"{name}, line {line}: a NUL byte, which no text has; the file is damaged or binary: "
        f"export it again as CSV (UTF-8)"
    )
