"""However a file is cut, its records are the same."""

import csv
import io
from dataclasses import dataclass

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.errors import NotCsvError
from prepare.steps.profile import profile_chunk
from table.profiling.whole_file import chain
from table.reading.dialect import Dialect
from table.reading.records import read_records
from table.reading.utf8 import to_lines
from tests.unit.prepare.reference_reader import read

WILD = st.text(alphabet='a1,"\n ', max_size=60)
TIDY = st.lists(
    st.lists(st.text(alphabet='ab1,"\n', max_size=6), min_size=2, max_size=2), max_size=12
)
TEXTS = st.one_of(WILD, TIDY.map(lambda rows: written(rows)))


@dataclass(frozen=True)
class BytesSource:
    """Bytes in memory that can be read by range."""

    data: bytes

    @property
    def size(self) -> int:
        return len(self.data)

    def read(self, start: int, end: int) -> bytes:
        return self.data[start:end]


def written(rows: list[list[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)
    return out.getvalue()


def chunked(
    data: bytes, size: int, width: int
) -> tuple[list[tuple[int, list[str]]], int, list[int]]:
    """Return the good rows with their numbers, the number of records, lines of bad rows."""
    plan = {
        "dialect": Dialect().to_json(),
        "data_start": 0,
        "columns": [f"c{n}" for n in range(width)],
        "file": "f.csv",
        "skip_lines": 0,
        "target": "c0",
        "time_index": None,
        "group_index": None,
    }
    source = BytesSource(data)
    ranges = [(at, min(at + size, len(data))) for at in range(0, max(len(data), 1), size)]
    results = [
        profile_chunk(source, plan, [], {"index": n, "start": a, "end": b})
        for n, (a, b) in enumerate(ranges)
    ]
    chained = chain(results, plan, 0)
    rows: list[tuple[int, list[str]]] = []
    for chunk in chained.chunks:
        raw = to_lines(source.read(chunk["start"], chunk["end"]), "\n")
        records = read_records(raw, Dialect(), width, clean=chunk["clean"])
        numbers = range(records.count) if records.index is None else records.index.to_list()
        for number, row in zip(numbers, records.frame.rows(), strict=True):
            rows.append((chunk["first_row"] + number, [value or "" for value in row]))
    profile = chained.profile
    return rows, profile["records"], [line for line, _ in profile["bad"]]


@given(TEXTS, st.integers(1, 70), st.integers(2, 3))
@example('a,"x\ny"\n\n1,5" pipe\n3,"say ""hi"""\n4\n5,z', 9, 2)
@example('a,"\n,"\n",a\n', 4, 2)
@settings(max_examples=180)
def test_records_any_chunk_size_equal_the_reference(text: str, size: int, width: int) -> None:
    expected = read(text)
    if expected.open_at_end:
        with pytest.raises(NotCsvError, match="never closed"):
            chunked(text.encode(), size, width)
        return
    rows, count, bad = chunked(text.encode(), size, width)
    numbered = list(enumerate(expected.records, 1))
    assert count == len(numbered)
    assert rows == [(n, fields) for n, (_, fields) in numbered if len(fields) == width]
    assert bad == [line + 1 for _, (line, f) in numbered if len(f) != width][:5]


@given(TIDY)
@settings(max_examples=100)
def test_reference_agrees_with_the_csv_module(rows: list[list[str]]) -> None:
    text = written(rows)
    assert [fields for _, fields in read(text).records] == list(csv.reader(io.StringIO(text)))
