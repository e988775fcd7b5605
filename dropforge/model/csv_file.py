"""A CSV file on this machine, read as Prepare reads one that is scored."""

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from pipeline.documents.chunk_profile import Fault
from pipeline.errors import EmptyFileError, FileLimitError, NotCsvError, RowsUnusableError
from table.edges.beginning import head_of, whole_lines
from table.edges.head import Head
from table.limits import MIB, RECORD_LIMIT_BYTES, SAMPLE_BYTES
from table.reading.chunk import Piece, read_chunk
from table.reading.file_kind import GZIP, encoding_of
from table.reading.plain_copy import plain_pieces
from table.reading.records import Records, read_records


@dataclass(frozen=True)
class CsvRows:
    """The records of a file.

    Attributes
    ----------
    frame : its columns as strings, of the records that are rows.
    header : whether its first line names the columns.
    records : of all, those that are no rows among them: of another width, a header again, or
        commented out.
    index : of each row, its number among all records (UInt32).
    """

    columns: list[str]
    frame: pl.DataFrame
    header: bool
    delimiter: str
    records: int
    index: pl.Series


@dataclass(frozen=True)
class _Bytes:
    """A file's bytes, which can be read by range."""

    body: bytes = field(repr=False)

    @property
    def size(self) -> int:
        return len(self.body)

    def read(self, start: int, end: int) -> bytes:
        return self.body[start:end]


def read_csv(path: Path, names: Collection[str]) -> CsvRows:
    """Read a file, of any dialect and encoding, gzip as well.

    Parameters
    ----------
    names : columns that are looked for; a first line with one of them is a header.

    Raises
    ------
    EmptyFileError, NotCsvError, FileLimitError
        There are no rows in it, or it is no CSV.
    """
    source, encoding = _plain(path)
    start = whole_lines(source, source.read(0, SAMPLE_BYTES), path.name)
    complete = source.size <= len(start)
    head, begin = head_of(start, encoding, path.name, names, complete=complete)
    # No footer is looked for, as below score/: what is as wide as a row is predicted as one.
    return _records(source, begin, head, path.name)


def _plain(path: Path) -> tuple[_Bytes, str]:
    """Return a file as text of one byte a letter, and how it is encoded."""
    body, name = path.read_bytes(), path.name
    if body.startswith(GZIP):
        body = b"".join(plain_pieces(_Bytes(body), True, "", name))
        if body.startswith(GZIP):
            raise NotCsvError(f"{name} is compressed twice; compress it once")
    if not body.strip():
        raise EmptyFileError(f"{name} is empty; give a CSV with a header and rows")
    encoding = encoding_of(body[:SAMPLE_BYTES], name)
    if encoding.startswith(("utf-16", "utf-32")):
        body = b"".join(plain_pieces(_Bytes(body), False, encoding, name))
        encoding = "utf-8"
    return _Bytes(body), encoding


def _records(source: _Bytes, begin: int, head: Head, name: str) -> CsvRows:
    width = len(head.columns)
    chunk = read_chunk(source, 0, source.size, begin, head.dialect, width)
    if chunk.outside.fault:
        raise _refused(chunk.outside.fault, f"{name}, line", head.skip_lines)
    read = [_read(piece, head) for piece in (chunk.outside.head, chunk.body) if piece]
    frames, rows, before = [], [], 0
    for records in read:
        numbers = records.index
        if numbers is None:
            numbers = pl.int_range(len(records.frame), dtype=pl.UInt32, eager=True)
        frames.append(records.frame)
        rows.append(numbers + before)
        before += records.count
    if not before:
        raise EmptyFileError(f"{name} has a header and no rows; give one with rows")
    if not any(map(len, frames)):
        raise RowsUnusableError(
            f"{name}: no record has as many fields as the header, {width}; see to the delimiter"
        )
    return CsvRows(
        head.columns,
        pl.concat(frames),
        head.header,
        head.dialect.delimiter,
        before,
        pl.concat(rows),
    )


def _read(piece: Piece, head: Head) -> Records:
    data = head.dialect.text_of(piece.raw)
    width, headers = len(head.columns), head.header_records
    return read_records(data, head.dialect, width, piece.clean, headers, head.commented)


def _refused(fault: Fault, where: str, skipped: int) -> Exception:
    line = f"{where} {skipped + fault['line'] + 1}"
    if fault["kind"] == "nul":
        return NotCsvError(f"{line}: a NUL byte, which no text has; export the file again as CSV")
    if fault["kind"] == "unclosed":
        return NotCsvError(
            f"{line}: a quote opens here and is never closed; close it, or double it if it "
            f"belongs to the text"
        )
    return FileLimitError(
        f"{line}: a record of more than {RECORD_LIMIT_BYTES // MIB} MiB, the limit; see to the "
        f"line ends and quotes there"
    )
