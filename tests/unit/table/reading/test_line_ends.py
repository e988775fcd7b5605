"""Line ends of mixed kinds, and byte order marks inside a file, mean the same however it is cut."""

import pytest

from pipeline.errors import InputError
from table.reading.utf8 import to_lines
from tests.unit.prepare.pipeline_run import prepare
from tests.unit.prepare.test_chunk_independence import outcome

MARK = "\ufeff"
TABLE = "a,b,label\n" + "".join(f'{n % 7},"x|y{n % 3}",{n % 2}\n' for n in range(24))


@pytest.mark.parametrize(
    ("raw", "newline", "expected"),
    [
        (b"a\r\nb\rc\n", "\n", b"a\nb c\n"),
        (b"a\rb\nc\r", "\r", b"a\nb c\n"),
        (b"a\r\nb\r\n\nc\r\n", "\r", b"a\nb\nc\n"),
        (b"\xef\xbb\xbfa\n\xef\xbb\xbf\xef\xbb\xbfb \xef\xbb\xbf", "\n", b"a\nb \xef\xbb\xbf"),
        (b"a\r\n\xef\xbb\xbfb\r", "\r", b"a\nb\n"),
        (b"\xe9\n\xef\xbb\xbfb", "\n", b"\xc3\xa9\nb"),
    ],
)
def test_line_becomes_the_same_wherever_the_file_is_cut(
    raw: bytes, newline: str, expected: bytes
) -> None:
    assert to_lines(raw, newline) == expected
    lines = raw.split(newline.encode())
    ended = [line + newline.encode() for line in lines[:-1]] + [lines[-1]]
    assert b"".join(to_lines(line, newline) for line in ended) == expected


@pytest.mark.parametrize(
    "text",
    [
        TABLE.replace("\n", "\r").replace("|", "\n"),
        TABLE.replace("\n", "\r").replace("|", "\r") + "\n",
        TABLE.replace("\n", "\r")[:-1] + "\r\n",
        TABLE.replace("\n", "\r\n").replace("|", "\r"),
        TABLE.replace("|", "\r"),
        TABLE.replace("\n1", f"\n{MARK}1"),
        TABLE.replace('\n1,"x|', f'\n{MARK}"1","x\n{MARK}'),
        TABLE.replace("\n1,", f'\n"{MARK}1",'),
        TABLE.replace("\n1,", f'\n"{MARK}1" ,'),
    ],
)
def test_table_of_mixed_line_ends_and_marks_trains(text: str) -> None:
    data = text.encode()
    prepared = prepare(data)
    assert prepared.json("encoder.json")["columns"] == ["a", "b", "label"]
    assert prepared.json("profile.json")["rows"] == 24
    assert prepared.json("profile.json")["bad_rows"]["count"] == 0
    whole = outcome(data, 1 << 26, {})
    for chunk_bytes in (1, 3, 50):
        assert outcome(data, chunk_bytes, {}) == whole


@pytest.mark.parametrize("chunk_bytes", [1, 7, 50, 1 << 26])
def test_line_number_in_a_file_of_carriage_returns_counts_these(
    chunk_bytes: int,
) -> None:
    text = TABLE.replace("\n", "\r").replace("|", "\n") + "1,2\r" + '3,"open\r1,2,3\r'
    with pytest.raises(InputError, match="line 27: a quote opens here"):
        prepare(text.encode(), chunk_bytes=chunk_bytes)
