"""Bytes that are no UTF-8 are read as CP1252, and said to be, wherever they are."""

import pytest

from table.reading.utf8 import to_utf8
from tests.unit.prepare.pipeline_run import prepare

ROWS = "".join(f"{n % 7},café {n % 3},{n % 2}\n" for n in range(60))
TABLE = f"a,b,label\n{ROWS}"


@pytest.mark.parametrize("place", [15, 400, -4])
@pytest.mark.parametrize("sample", [100, 1 << 20])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("chunk_bytes", [30, 1 << 26])
def test_byte_of_cp1252_is_told_once(
    place: int, sample: int, mark: bytes, chunk_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("prepare.steps.text.SAMPLE_BYTES", sample)
    data = TABLE.encode()
    at = data.rfind(b" ", 0, place)
    prepared = prepare(mark + data[:at] + b"\x80" + data[at:], chunk_bytes=chunk_bytes)
    told = [w for w in prepared.warnings if w["code"] == "encoding"]
    assert len(told) == 1
    assert "read as CP1252" in told[0]["message"]


@pytest.mark.parametrize("chunk_bytes", [7, 1 << 26])
def test_utf8_needs_no_word_about_its_encoding(chunk_bytes: int) -> None:
    assert "encoding" not in prepare(TABLE.encode(), chunk_bytes=chunk_bytes).codes


def test_text_of_utf8_is_not_copied() -> None:
    data = TABLE.encode()
    assert to_utf8(data) is data
