"""A stray quote that takes lines into a field is told; fields of many lines are read."""

import pytest

from pipeline.errors import RowsUnusableError
from table.reading.dialect import Dialect
from table.reading.records import read_records
from tests.unit.prepare.pipeline_run import prepare

HEADER = "line,item,price,label"


def rows(odd: dict[int, str], count: int = 300) -> list[str]:
    return [f"{n % 9},{odd.get(n, 'lamp')},{n % 50},{'uv'[n % 2]}" for n in range(count)]


@pytest.mark.parametrize("chunk_bytes", [1 << 26, 97])
@pytest.mark.parametrize("end", ['"x"', '19" inch', '"24 inch'])
def test_stray_quote_that_takes_lines_is_refused_with_its_line(end: str, chunk_bytes: int) -> None:
    data = "\n".join([HEADER, *rows({20: '"24 inch', 90: end}), '1,"x",3,u']).encode()
    with pytest.raises(RowsUnusableError, match=r"line 22: a quote opens here and takes 70 lines"):
        prepare(data, chunk_bytes=chunk_bytes)


def test_few_lines_of_a_large_file_are_told_and_kept() -> None:
    data = "\n".join([HEADER, *rows({20: '"24 inch', 22: '"x"'}, 3000)]).encode()
    prepared = prepare(data)
    told = next(w["message"] for w in prepared.warnings if w["code"] == "swallowed_lines")
    assert told.startswith("Line 22: a quote opens here and takes 2 lines that look like rows")


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ('1,"a\nb",3\n', 0),
        ('1,2,"a\nb, c, d"\n', 0),  # in order, and short
        ('1,2,"a\nb, c, d\ne, f, g\nh, i, j\nk, l, m\nn, o, p"\n', 5),  # in order, and long
        ('1,2,"a\nb, c, d\ne, f, g\nh, i, j\nk, l, m"\n', 0),
        ('1,2,"a\nb\nc, d"e, f\n', 0),  # a line that is no row
        ('1,"a,3\n1,2,3\n1,"b",3\n', 2),
        ('1,"a,3\n1,2,3\n1,"b"\n', 0),
        ('1,"a\n1,2,3\n1,"b",3\n', 0),
        ('1,"a,3\n1,"b",3\n1,"a,3\n1,"b",3\n', 2),
    ],
)
def test_lines_that_look_like_rows_within_quotes_are_counted(text: str, lines: int) -> None:
    data = ("1,2,3\n" + text).encode()
    found = read_records(data, Dialect(), 3).swallowed
    assert found.count == lines
    assert found.lines[:1] == ([1] if lines else [])


def test_prose_in_a_table_of_two_columns_is_read() -> None:
    data = b'a,"b\nc, d\ne, f"g\n'
    assert read_records(data, Dialect(), 2).swallowed.count == 0
