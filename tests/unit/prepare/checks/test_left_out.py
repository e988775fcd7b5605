"""Each record of a file is a row that is used, or is left out for a reason that is told."""

import csv
import io
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import InputError
from tests.unit.prepare.pipeline_run import prepare

HEADER = ["key", "amount", "note", "label"]
FIELD = st.sampled_from(["", "NA", "1", "2.5", "x", 'a "b"', "x\ny", "Total", "12,5", " pad "])
ROW = st.tuples(FIELD, FIELD, FIELD, st.sampled_from(["u", "v", "w", ""]))
OTHER = st.sampled_from(
    [HEADER, ["#1", "2.5", "x", "u"], ["short"], ["1", "2", "3", "u", "5"], [], ["", "", "", ""]]
)
END = st.sampled_from([[], [["Total", "9", "", ""]], [["Source: here", "", "", ""], ["by me"]]])
UNDER = st.sampled_from([[], [["text", "int", "text", "text"]], [["", "[m]", "[s]", ""]]])


@given(
    st.lists(st.one_of(ROW, ROW, OTHER), min_size=15, max_size=50), UNDER, END, st.integers(30, 300)
)
@settings(max_examples=15)
def test_records_of_any_file_are_used_or_left_out(
    rows: list[list[str]], under: list[list[str]], end: list[list[str]], chunk_bytes: int
) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows([HEADER, *under, *rows, *end])
    data = out.getvalue().encode()
    records = [r for r in csv.reader(io.StringIO(out.getvalue())) if r and r != [" "]]
    try:
        prepared = prepare(data, {"target": "label"}, chunk_bytes=chunk_bytes)
    except InputError as error:
        with pytest.raises(type(error), match=re.escape(str(error))):
            prepare(data, {"target": "label"})
        return
    whole = prepare(data, {"target": "label"})
    assert prepared.json("profile.json") == whole.json("profile.json")
    account = prepared.json("profile.json")["records"]
    assert account["in_file"] == len(records) - 1
    assert account["in_file"] == account["used"] + sum(account["left_out"].values())
    assert account["left_out"]["repeated_header"] == sum(row == HEADER for row in rows)
    encoded = sum(len(prepared.table(channel)) for channel in ("train", "validation", "test"))
    assert encoded == account["used"]


def test_account_names_each_reason() -> None:
    lines = ["key,amount,note,label", "text,int,text,text"]
    lines += [f"{n % 7},{n % 5},x{n % 3},{'uv'[n % 2]}" for n in range(40)]
    lines += ["key,amount,note,label", "1,2,x0,", "1,2", "Total,80,,"]
    account = prepare("\n".join(lines).encode()).json("profile.json")["records"]
    assert account == {
        "in_file": 45,
        "used": 40,
        "left_out": {
            "under_header": 1,
            "repeated_header": 1,
            "commented": 0,
            "wrong_number_of_fields": 1,
            "no_target": 1,
            "footer": 1,
        },
    }
