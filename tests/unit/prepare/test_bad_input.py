"""Files that are no CSV, or past a limit, are refused with a message that helps."""

import gzip
import io
import zipfile
from dataclasses import dataclass

import pytest

from bench.prepare.local_s3 import LocalS3
from pipeline.errors import EmptyFileError, FileLimitError, InputError, NotCsvError
from prepare.steps.asked import Request
from prepare.steps.plan import plan_run
from prepare.steps.profile import profile_chunk
from table import limits
from table.profiling.whole_file import chain
from table.reading import plain_copy
from table.reading.dialect import Dialect
from tests.unit.prepare.pipeline_run import prepare

ROW = b"1,2.5,red,yes\n2,3.5,blue,no\n3,1.5,red,yes\n"
TABLE = b"age,score,colour,bought\n" + ROW * 20


def zipped(data: bytes, name: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (zipped(TABLE, "table.csv"), "zip"),
        (zipped(TABLE, "xl/workbook.xml"), "Excel"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "Excel"),
        (b"\x89PNG\r\n\x1a\n" + bytes(300), "PNG"),
        (b"\xff\xd8\xff\xe0" + bytes(300), "JPEG"),
        (b"%PDF-1.7\n%abc\n", "PDF"),
        (b"PAR1\x15\x04" + bytes(100), "Parquet"),
        (b"SQLite format 3\x00" + bytes(100), "SQLite"),
        (b"BZh91AY&SY" + bytes(50), "archive"),
        (b"\x28\xb5\x2f\xfd" + bytes(50), "archive"),
        (bytes(range(1, 32)) * 50, "binary"),
        (gzip.compress(zipped(TABLE, "a.csv")), "zip"),
        (gzip.compress(gzip.compress(TABLE)), "twice"),
        (gzip.compress(TABLE)[:-20], "too early"),
        (gzip.compress(TABLE)[:40] + b"\0" * 9 + gzip.compress(TABLE)[49:], "damaged"),
        (TABLE.decode().encode("utf-16")[:-1], "utf-16"),
    ],
)
def test_other_kinds_of_file_are_refused_by_name(data: bytes, says: str) -> None:
    with pytest.raises(NotCsvError, match=says) as caught:
        prepare(data, name="inbox/set/drop.csv")
    assert "drop.csv" in str(caught.value)


@pytest.mark.parametrize("newline", [b"\n", b"\r"])
@pytest.mark.parametrize("place", [30, 400])
@pytest.mark.parametrize("chunk_bytes", [64, 1 << 26])
def test_nul_byte_is_refused_with_its_line(place: int, chunk_bytes: int, newline: bytes) -> None:
    data = TABLE[:place] + b"\0" + TABLE[place + 1 :]
    line = data.count(b"\n", 0, place) + 1
    with pytest.raises(NotCsvError, match=rf"file.csv, line {line}: a NUL byte"):
        prepare(data.replace(b"\n", newline), chunk_bytes=chunk_bytes)


@pytest.mark.parametrize("newline", [b"\n", b"\r"])
def test_nul_byte_behind_the_sample_is_refused_with_its_line(
    monkeypatch: pytest.MonkeyPatch, newline: bytes
) -> None:
    monkeypatch.setattr("prepare.steps.text.SAMPLE_BYTES", 200)
    data = TABLE[:400] + b"\0" + TABLE[401:]
    line = data.count(b"\n", 0, 400) + 1
    for chunk_bytes in (64, 1 << 26):
        with pytest.raises(NotCsvError, match=rf"line {line}: a NUL byte"):
            prepare(data.replace(b"\n", newline), chunk_bytes=chunk_bytes)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
@pytest.mark.parametrize("sample", [60, 1 << 20])
@pytest.mark.parametrize("chunk_bytes", [7, 64, 1 << 26])
def test_nul_byte_among_quotes_is_refused_with_its_line(
    encoding: str, sample: int, chunk_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("prepare.steps.text.SAMPLE_BYTES", sample)
    rows = "".join(f'{n % 7},"text\nof it",{n % 2}\n' for n in range(12))
    text = f'a,b,label\n{rows}1,"be\nfore\0",1\n{rows}'
    with pytest.raises(NotCsvError, match=r"file\.csv, line 27: a NUL byte"):
        prepare(text.encode(encoding), chunk_bytes=chunk_bytes)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_that_is_mostly_cyrillic_trains(encoding: str) -> None:
    rows = "".join(f"слово {n % 5} и другое,{n % 7},{n % 2}\n" for n in range(60))
    prepared = prepare(f"слово,число,метка\n{rows}".encode(encoding))
    assert prepared.json("encoder.json")["columns"] == ["слово", "число", "метка"]


def test_damaged_block_in_ascii_is_no_utf16() -> None:
    data = TABLE[:300] + bytes(301) + TABLE[601:]
    with pytest.raises(NotCsvError, match="a NUL byte"):
        prepare(data)


def test_header_that_begins_like_parquet_trains() -> None:
    prepared = prepare(TABLE.replace(b"age", b"PAR1"))
    assert prepared.json("encoder.json")["columns"][0] == "PAR1"


def test_empty_gzip_is_refused() -> None:
    with pytest.raises(EmptyFileError, match=r"file\.csv\.gz"):
        prepare(gzip.compress(b""), name="inbox/set/file.csv.gz")


def test_gzip_of_several_members_trains() -> None:
    data = gzip.compress(TABLE) + gzip.compress(ROW * 5) + bytes(512)
    prepared = prepare(data, name="inbox/set/file.csv.gz", chunk_bytes=100)
    assert prepared.json("profile.json")["rows"] == 75


def test_gzip_without_its_suffix_trains_and_says_so() -> None:
    assert "suffix" in prepare(gzip.compress(TABLE)).codes


def test_gzip_is_copied_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain_copy, "_PART", 500)
    monkeypatch.setattr(plain_copy, "_READ", 200)
    s3 = LocalS3()
    prepared = prepare(gzip.compress(TABLE * 3), name="inbox/set/file.csv.gz", s3=s3)
    assert s3.objects[f"{prepared.plan['prefix']}/source.csv"] == TABLE * 3


def test_gzip_past_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain_copy, "UNPACKED_LIMIT_BYTES", 1000)
    monkeypatch.setattr(plain_copy, "_READ", 200)
    with pytest.raises(FileLimitError, match="unpacks to more than"):
        prepare(gzip.compress(TABLE * 9), name="inbox/set/file.csv.gz")


@dataclass
class EndlessLine:
    """A file of any size whose one line after the header never ends; counts what is read."""

    size: int
    header: bytes = b"a,b\n"
    taken: int = 0

    def read(self, start: int, end: int) -> bytes:
        end = min(end, self.size)
        self.taken += max(end - start, 0)
        return (
            (self.header + b"1" * max(end - start, 0))[start:][: end - start]
            if start < 4
            else (b"1" * max(end - start, 0))
        )


def test_endless_line_is_refused_without_reading_the_file() -> None:
    source = EndlessLine(2 << 30)
    plan = {
        "dialect": Dialect().to_json(),
        "data_start": 4,
        "columns": ["a", "b"],
        "file": "long.csv",
        "skip_lines": 1,
        "target": "b",
        "time_index": None,
        "group_index": None,
    }
    first = profile_chunk(source, plan, [], {"index": 0, "start": 0, "end": limits.MIB})
    assert source.taken < 2 * limits.RECORD_LIMIT_BYTES
    second = {"index": 1, "start": limits.MIB, "end": 2 * limits.MIB}
    later = profile_chunk(source, plan, [], second)
    with pytest.raises(FileLimitError, match=r"long\.csv, line 2: .* 16 MiB"):
        chain([first, later], plan, 0)


def test_endless_first_line_is_refused_by_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("table.edges.beginning.RECORD_LIMIT_BYTES", 5000)
    monkeypatch.setattr("prepare.steps.text.SAMPLE_BYTES", 1000)
    with pytest.raises(FileLimitError, match="line 1 or 2"):
        prepare(b"a" * 100_000)


def test_record_over_the_limit_in_quotes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("table.reading.byte_range.RECORD_LIMIT_BYTES", 300)
    monkeypatch.setattr("table.reading.byte_range._STEP", 50)
    data = TABLE + b'1,2,"' + b"red\n" * 500 + b'",yes\n' + ROW
    with pytest.raises(FileLimitError, match=r"line 62: a record of more than"):
        prepare(data, chunk_bytes=700)


def test_ten_thousand_columns_train() -> None:
    width = 10_000
    rows = [",".join(str((n * m) % 7) for m in range(width)) + f",{n % 2}" for n in range(30)]
    header = ",".join(f"c{m}" for m in range(width)) + ",label"
    prepared = prepare("\n".join([header, *rows]).encode())
    assert prepared.table("test").shape[1] == width - width // 7 - 1  # each seventh is constant
    assert len(prepared.warnings) <= 20


def test_columns_past_the_limit_are_refused() -> None:
    header = ",".join(f"c{m}" for m in range(limits.COLUMN_LIMIT + 1))
    row = ",".join("1" for _ in range(limits.COLUMN_LIMIT + 1))
    with pytest.raises(FileLimitError, match=r"16,385 columns; the limit is 16,384"):
        prepare(f"{header}\n{row}\n{row}\n".encode())


def test_missing_object_is_named() -> None:
    drop = {"key": "inbox/set/gone.csv"}
    with pytest.raises(InputError, match=r"inbox/set/gone\.csv"):
        plan_run(LocalS3(), Request("bucket", drop, {"name": "x"}, 1, "1"))
