"""Lines that are looked at a slice at a time are looked at as if all at once."""

import pytest

from table.reading.byte_range import long_line
from table.reading.chunk import Chunk, read_chunk
from table.reading.dialect import Dialect
from table.reading.slices import in_slices
from tests.unit.table.reading.test_chunk import BytesSource

ROWS = b'1,plain\n2,"with, comma"\n3,"says ""hi"""\n' * 9
SMALL = [1, 7, 24, 100, 1 << 20]


@pytest.fixture(params=SMALL)
def size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    chosen: int = request.param
    monkeypatch.setattr("table.reading.slices.SLICE_BYTES", chosen)
    return chosen


def read(data: bytes, start: int = 0, end: int | None = None) -> Chunk:
    return read_chunk(BytesSource(data), start, len(data) if end is None else end, 0, Dialect(), 2)


def test_slices_are_whole_lines_in_order(size: int) -> None:
    data = b"left out\n" + ROWS + b"last"
    found = in_slices(data, b"\n", len(b"left out\n"), len(data), bytes)
    assert b"".join(found) == ROWS + b"last"
    assert all(some.endswith(b"\n") for some in found[:-1])
    assert all(len(some) <= size or some.count(b"\n") <= 1 for some in found)


def test_slices_end_where_they_are_told_to(size: int) -> None:
    assert b"".join(in_slices(ROWS + ROWS, b"\n", 0, len(ROWS), bytes)) == ROWS
    assert in_slices(ROWS, b"\n", 5, 5, bytes) == []


def test_orderly_chunk_is_the_same_for_each_size(size: int) -> None:
    found = read(ROWS)
    assert (found.lines, found.body and found.body.clean) == (27, True)
    assert found.body is not None
    assert found.outside.head is not None
    assert found.outside.head.raw + found.body.raw == ROWS
    assert found.outside.head.raw.count(b"\n") == found.body.line
    assert (found.outside.first, found.outside.end) == (0, len(ROWS))


def test_part_of_a_file_has_the_lines_that_begin_in_it(size: int) -> None:
    # From the middle of the first line to the middle of the last but one.
    found = read(ROWS, 3, len(ROWS) - 25)
    assert found.body is not None
    assert found.body.clean
    assert found.outside.head is not None
    assert found.outside.head.raw + found.body.raw == ROWS[8 : len(ROWS) - 16]
    assert found.lines == 25
    assert (found.outside.first, found.outside.end) == (8, len(ROWS) - 16)
    assert found.inside.first == 8 + len(b'2,"with, comma"\n')


@pytest.mark.parametrize("stray", [b"4\n", b'4,a"b\n', b"4,5,6\n"])
def test_line_out_of_order_in_any_slice_is_seen(size: int, stray: bytes) -> None:
    for data in (ROWS + stray, ROWS + stray + ROWS):
        found = read(data)
        assert found.body is not None
        assert not found.body.clean
        assert found.lines == data.count(b"\n")


@pytest.mark.parametrize("before", [b"", b"ab\n" * 50])
def test_long_line_is_found_where_it_stands(before: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("table.reading.byte_range.RECORD_LIMIT_BYTES", 60)
    after = b"\n" + b"ab\n" * 50
    for length, fault in ((60, None), (61, {"kind": "too_long", "line": before.count(b"\n")})):
        data = b"left out\n" + before + b"x" * length + after
        assert long_line(data, b"\n", len(b"left out\n"), len(data)) == fault


def test_long_line_among_orderly_ones_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("table.reading.chunk.RECORD_LIMIT_BYTES", 60)
    monkeypatch.setattr("table.reading.byte_range.RECORD_LIMIT_BYTES", 60)
    for length, fault in ((58, None), (59, {"kind": "too_long", "line": 27})):
        found = read(ROWS + b"4," + b"x" * length + b"\n" + ROWS)
        assert found.outside.fault == fault
