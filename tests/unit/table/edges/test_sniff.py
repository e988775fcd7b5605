r"""What the first characters say: a backslash before a quote, blanks between fields."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import NotCsvError, RowsUnusableError
from table.edges.head import read_head
from table.reading.dialect import Dialect
from table.reading.utf8 import unescaped
from tests.unit.prepare.pipeline_run import Prepared, prepare

TEXTS = [
    'monitor 24"',
    '"quoted" begin',
    'say "hi, you" now',
    "C:\\dir\\",
    'two\nlines, "quoted"',
    'a\\"b',
    "plain",
]


def spark(text: str) -> str:
    backslash = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{backslash}"'


def rfc(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def table(written: Any, texts: list[str] = TEXTS) -> bytes:
    rows = [f"{n % 9},{written(texts[n % len(texts)])},{n % 50},{'uv'[n % 2]}" for n in range(70)]
    return "\n".join(["line,item,price,returned", *rows]).encode()


def same(one: Prepared, other: Prepared) -> None:
    facts, wanted = one.json("encoder.json"), other.json("encoder.json")
    assert facts.pop("dialect") == {**wanted.pop("dialect"), "escape": "\\"}
    assert facts == wanted
    for channel in ("train", "validation", "test"):
        assert one.table(channel).equals(other.table(channel))


@pytest.mark.parametrize("chunk_bytes", [1 << 26, 29])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_file_with_escaped_quotes_reads_as_one_with_doubled_quotes(
    delimiter: str, chunk_bytes: int
) -> None:
    delimit = str.maketrans({",": delimiter})
    escaped, doubled = (table(w).decode().translate(delimit).encode() for w in (spark, rfc))
    same(prepare(escaped, chunk_bytes=chunk_bytes), prepare(doubled))


@pytest.mark.parametrize("text", ['monitor 24"', '"begin', 'a\nline "quoted"', '"a"\nb'])
def test_each_sort_of_escaped_quote_is_seen_alone(text: str) -> None:
    escaped, doubled = (table(w, [text, "x"]) for w in (spark, rfc))
    same(prepare(escaped), prepare(doubled))


def test_escaped_single_quotes_are_seen() -> None:
    rows = "".join(f"'{n % 9}','it\\'s {n % 3}, no','{n % 2}'\n" for n in range(60))
    dialect = read_head(f"'a','b','label'\n{rows}", "f", "utf-8", True, None).dialect
    assert (dialect.quote, dialect.escape) == ("'", "\\")


@pytest.mark.parametrize(
    "field",
    [
        '"C:\\dir\\"',
        '"C:\\dir\\",""',
        '"{""a"":""x\\""y""}"',
        "C:\\dir",
        '5\\" pipe',
        '"a ""\\"" b"',
    ],
)
def test_backslash_in_a_file_with_doubled_quotes_is_a_letter(field: str) -> None:
    more = ",more" if field.endswith('""') else ""
    rows = "".join(f"{n % 7},{field},{'uv'[n % 2]}\n" for n in range(60))
    dialect = read_head(f"a,b{more},label\n{rows}", "f", "utf-8", True, None).dialect
    assert dialect.escape == ""
    assert "escape" not in dialect.to_json()


def test_quotes_that_are_escaped_beyond_the_sample_are_told() -> None:
    plain = "".join(f"{n % 9},lamp number {n % 50},{n % 50},{n % 2}\n" for n in range(60_000))
    inch = '1,"monitor 24\\"",3,1\n' * 300
    with pytest.raises(RowsUnusableError, match=r"line 60002: a quote opens here and takes"):
        prepare(f"line,item,price,label\n{plain}{inch}".encode())


@given(st.text(alphabet='a\\",\n', max_size=30))
def test_unescaped_undoes_what_writers_do(text: str) -> None:
    data = spark(text).encode()
    assert unescaped(data, '"').decode() == rfc(text)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b'a\\"b\\\\"c\\n', b'a""b\\"c\\n'),
        (b'\\"\0\\"', b'""\0\\"'),
        (b"no backslash", b"no backslash"),
    ],
)
def test_unescaped_leaves_all_else(data: bytes, expected: bytes) -> None:
    assert unescaped(data, '"') == expected


def test_dialect_without_escape_leaves_backslashes() -> None:
    assert Dialect().text_of(b'a\\"b\r\n') == b'a\\"b\n'
    assert Dialect(escape="\\").text_of(b'a\\"b\r\n') == b'a""b\n'


MPG = "".join(
    f'{n % 30}.5   {n % 8}   {n * 7 % 400}.0   3504.      12.0   70  1\t"chevrolet {n % 5}"\n'
    for n in range(60)
)


@pytest.mark.parametrize(
    "text",
    [
        MPG,
        MPG.replace('\t"chevrolet', " chevrolet"),
        MPG.replace("\t", ","),
        "mpg  cylinders  year\n" + "".join(f"{n % 30}   {n % 8}   {n % 9}\n" for n in range(60)),
        "".join(f"   {n % 30}   {n % 8}   {n % 9}   name\n" for n in range(60)),
    ],
)
def test_fields_parted_by_blanks_are_told(text: str) -> None:
    with pytest.raises(NotCsvError, match=r"line 1: blanks part the fields .* read_csv\(file"):
        prepare(text.encode(), {"target": "column_1"})


@pytest.mark.parametrize(
    "row",
    [
        "{0} 234 567;{1}",
        "{0} 2;{1}",
        "{0} 2 3;{1};{1}",
        "{0} low high mid;{1}",
        "x{0};1 2 3 {1}",
    ],
)
def test_blanks_within_fields_of_a_csv_are_no_delimiters(row: str) -> None:
    rows = "".join(row.format(n % 7 + 1, n % 5) + "\n" for n in range(60))
    columns = "abc"[: row.count(";") + 1]
    head = read_head(";".join(columns) + "\n" + rows, "f", "utf-8", True, None)
    assert head.columns == list(columns)
