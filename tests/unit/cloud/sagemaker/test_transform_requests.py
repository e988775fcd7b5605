"""How a batch transform job cuts an object into requests."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dropforge.cloud.sagemaker.container import transform

LINES = st.lists(st.binary(max_size=6).map(lambda line: line.replace(b"\n", b"x")), max_size=12)


def line_by_line(text: bytes, limit: int) -> list[bytes]:
    """Return requests that are filled with one line after another."""
    batches = [b""]
    for line in text.splitlines(keepends=True):
        if batches[-1] and len(batches[-1]) + len(line) > limit:
            batches.append(b"")
        batches[-1] += line
    return [batch for batch in batches if batch]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("object") / "part.csv"


@given(LINES, st.booleans(), st.integers(1, 16))
@example([b"1234", b"12"], False, 7)
@example([b"1234", b"12"], True, 5)
@example([b"12345", b"1"], True, 5)
def test_request_has_as_many_whole_lines_as_it_holds(
    file: Path, lines: list[bytes], ended: bool, limit: int
) -> None:
    text = b"\n".join(line.replace(b"\r", b"x") for line in lines) + b"\n" * ended
    file.write_bytes(text)
    found = list(transform._payloads(file, "Line", "MultiRecord", limit))
    assert found == line_by_line(text, limit)


@pytest.mark.parametrize("text", [b"", b"1,2\n3,4"])
def test_limit_of_zero_is_none(file: Path, text: bytes) -> None:
    file.write_bytes(text)
    assert b"".join(transform._payloads(file, "Line", "MultiRecord", 0)) == text


def test_record_alone_is_a_line(file: Path) -> None:
    file.write_bytes(b"1,2\n\n3,4")
    found = list(transform._payloads(file, "Line", "SingleRecord", 100))
    assert found == [b"1,2\n", b"\n", b"3,4"]
