"""A record over the limit is refused, and one below it accepted, however the file is cut."""

import pytest

from pipeline.errors import FileLimitError, NotCsvError
from tests.unit.prepare.pipeline_run import prepare

LIMIT = 400
CHUNKS = [1, 13, 150, 399, 400, 401, 600, 1 << 26]
ROW = b'1,"red",yes\n2,"b\nlue",no\n'


@pytest.fixture(autouse=True)
def small_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("table.reading.chunk.RECORD_LIMIT_BYTES", LIMIT)
    monkeypatch.setattr("table.reading.byte_range.RECORD_LIMIT_BYTES", LIMIT)
    monkeypatch.setattr("table.reading.byte_range._STEP", 50)


def record(size: int, newline: bytes) -> bytes:
    """Return a record of that many bytes, of many lines, its own line end not counted."""
    lines = b"ab" + newline
    text = (lines * size)[: size - len(b'1,"",no')].rstrip(b"\r")
    return b'1,"' + text.ljust(size - len(b'1,"",no'), b"x") + b'",no' + newline


def table(size: int, newline: bytes) -> bytes:
    rows = ROW.replace(b"\n", newline)
    return b"a,b,label" + newline + rows * 6 + record(size, newline) + rows * 6


@pytest.mark.parametrize("newline", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("chunk_bytes", CHUNKS)
def test_record_of_many_lines_over_the_limit_is_refused(newline: bytes, chunk_bytes: int) -> None:
    over = LIMIT + len(newline)
    with pytest.raises(FileLimitError, match=r"line 20: a record of more than"):
        prepare(table(over, newline), chunk_bytes=chunk_bytes)


@pytest.mark.parametrize("newline", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("chunk_bytes", CHUNKS)
def test_record_of_many_lines_at_the_limit_is_read(newline: bytes, chunk_bytes: int) -> None:
    # With the CR of CRLF, which belongs to the line end.
    at = LIMIT - len(newline) + 1
    assert prepare(table(at, newline), chunk_bytes=chunk_bytes).json("profile.json")["rows"] == 25


@pytest.mark.parametrize("chunk_bytes", CHUNKS)
def test_record_over_the_limit_among_plain_lines_is_refused(chunk_bytes: int) -> None:
    rows = b"1,red,yes\n2,blue,no\n" * 20
    data = b"a,b,label\n" + rows + b"1," + b"x" * LIMIT + b",no\n" + rows
    with pytest.raises(FileLimitError, match=r"line 42: a record of more than"):
        prepare(data, chunk_bytes=chunk_bytes)


@pytest.mark.parametrize("chunk_bytes", CHUNKS)
def test_open_quote_longer_than_the_limit_is_a_record_over_it(chunk_bytes: int) -> None:
    data = table(100, b"\n") + b'1,"never closed\n' + b"2,blue,no\n" * 50
    with pytest.raises(FileLimitError, match=r"line \d+: a record of more than"):
        prepare(data, chunk_bytes=chunk_bytes)


@pytest.mark.parametrize("chunk_bytes", CHUNKS)
def test_open_quote_shorter_than_the_limit_is_told(chunk_bytes: int) -> None:
    data = table(100, b"\n") + b'1,"never closed\n' + b"2,blue,no\n" * 5
    with pytest.raises(NotCsvError, match="a quote opens here and is never closed"):
        prepare(data, chunk_bytes=chunk_bytes)
