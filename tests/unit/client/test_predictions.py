"""Joining predictions with the truth."""

import csv
import io
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropforge.client.runs.predictions import Target, write_table
from dropforge.client.runs.spreadsheet import as_it_was, as_text
from dropforge.errors import PredictionsUnreadableError
from scoring.words import Words


def table(target: Target, *parts: tuple[str, str]) -> list[list[str]]:
    out = io.BytesIO()
    files = [
        (f"part-{index:05d}.csv", truth.encode(), predicted.encode())
        for index, (truth, predicted) in enumerate(parts)
    ]
    write_table(target, iter(files), out)
    return list(csv.reader(io.StringIO(out.getvalue().decode())))


def test_table_of_a_binary_target_has_labels_and_both_probabilities() -> None:
    target = Target(Words("binary", ["no", "yes"]))
    assert table(target, ("row,label,id\n3,1,C-3\n7,0,C-7\n", "0.75\n0.25\n")) == [
        ["row", "id", "actual", "prediction", "probability_no", "probability_yes"],
        ["3", "C-3", "yes", "yes", "0.25", "0.75"],
        ["7", "C-7", "no", "no", "0.75", "0.25"],
    ]


def test_table_of_a_binary_target_takes_one_half_as_positive() -> None:
    found = table(Target(Words("binary", ["no", "yes"])), ("row,label\n1,0\n", "0.5\n"))
    assert found[1][2] == "yes"


def test_table_of_a_multiclass_target_takes_the_likeliest_class() -> None:
    target = Target(Words("multiclass", ["a", "b,c", "d"]))
    found = table(target, ("row,label\n1,2.0\n2,1\n", "[0.1, 0.7, 0.2]\n[0.5, 0.4, 0.1]\n"))
    assert found[1:] == [
        ["1", "d", "b,c", "0.1", "0.7", "0.2"],
        ["2", "b,c", "a", "0.5", "0.4", "0.1"],
    ]


def test_table_of_a_regression_has_no_probabilities() -> None:
    found = table(Target(Words("regression", [])), ("row,label\n1,2.5\n", "2.25\n"))
    assert found == [["row", "actual", "prediction"], ["1", "2.5", "2.25"]]


def test_table_of_several_parts_has_one_header() -> None:
    target = Target(Words("regression", []))
    found = table(target, ("row,label\n1,1\n", "1\n"), ("row,label\n2,2\n", "2\n"))
    assert [row[0] for row in found] == ["row", "1", "2"]


def test_target_of_an_encoder_without_classes_is_a_regression() -> None:
    encoder = {"target": {"name": "price", "task": "regression", "classes": None}}
    assert Target.of_encoder(encoder) == Target(Words("regression", []))


@pytest.mark.parametrize(
    ("truth", "predicted", "words"),
    [
        ("row,label\n1,1\n2,0\n", "0.5\n", "has 1 predictions, but more test rows"),
        ("row,label\n1,1\n", "0.5\n0.5\n", "more predictions than test rows"),
        ("row,label\n1,1\n", "maybe\n", "'maybe' is no prediction for row 1"),
        ("row,label\n1,4\n", "0.5\n", "is no prediction for row 1"),
    ],
)
def test_table_of_parts_that_do_not_fit_is_refused(truth: str, predicted: str, words: str) -> None:
    with pytest.raises(PredictionsUnreadableError, match=words):
        table(Target(Words("binary", ["no", "yes"])), (truth, predicted))


def test_table_with_too_few_probabilities_is_refused() -> None:
    with pytest.raises(PredictionsUnreadableError, match="2 probabilities for 3 classes"):
        table(Target(Words("multiclass", ["a", "b", "c"])), ("row,label\n1,1\n", "[0.5, 0.5]\n"))


ADR = next((Path(__file__).parents[3] / "docs" / "adr").glob("0035-*.md"))
FORMULAS = [
    *(
        "=1+1",
        "+x",
        "-x",
        "@SUM(A1)",
        "-1+1",
        "--1",
        "+1-1",
        "-",
        "=",
        "-1,5",
        "-0x1F",
        "+49 30 12",
    ),
    *("\t=1", "\r=1", "\n=1", "\t1", " =1", "\uff1d1+1", "-inf", "-1\n", "=cmd|'/C calc'!A0"),
    *("'=1", "''@x", "\u3000=1", "-\u0661"),
]
PLAIN = [
    "",
    "a",
    "C-4",
    "0",
    "-1",
    "+1",
    "-1.5",
    "+1.5e-7",
    "-.5",
    "-2.",
    "1-1",
    "a=1",
    "'",
    "'a",
    "O'B",
]


@pytest.mark.parametrize("cell", FORMULAS)
def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(cell: str) -> None:
    assert as_text(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", PLAIN)
def test_numbers_and_other_text_stay_as_they_are(cell: str) -> None:
    assert as_text(cell) == cell


@given(st.text(alphabet="'=+-@\t\r\n \0\uff1d1.eax", max_size=6))
def test_no_two_texts_become_the_same_and_each_can_be_had_back(cell: str) -> None:
    assert as_it_was(as_text(cell)) == cell


@given(st.text(alphabet="'=+-@\t\r\n \0\uff1d1.eax", max_size=6))
def test_the_documented_expression_gives_back_what_was_there(cell: str) -> None:
    found = re.search(r'replace\(r"(.+)", "", regex=True\)', ADR.read_text(encoding="utf-8"))
    assert found
    assert re.sub(found[1], "", as_text(cell), count=1) == cell


def test_table_has_no_formula_in_header_id_or_label() -> None:
    out = io.BytesIO()
    truth = b'row,label,=id,note\n3,1,=1+1,-4.5\n7,0,"@x","\tb"\n'
    target = Target(Words("binary", ["-no", "=yes()"]))
    write_table(target, iter([("part", truth, b"0.75\n0.25\n")]), out)
    rows = list(csv.reader(io.StringIO(out.getvalue().decode())))
    assert rows == [
        ["row", "'=id", "note", "actual", "prediction", "probability_-no", "probability_=yes()"],
        ["3", "'=1+1", "-4.5", "'=yes()", "'=yes()", "0.25", "0.75"],
        ["7", "'@x", "'\tb", "'-no", "'-no", "0.75", "0.25"],
    ]
    assert all(as_it_was(cell) in ("=1+1", "@x") for cell in (rows[1][1], rows[2][1]))


def test_table_of_a_regression_keeps_its_negative_numbers() -> None:
    found = table(Target(Words("regression", [])), ("row,label\n1,-2.5\n", "-1e-07\n"))
    assert found[1] == ["1", "-2.5", "-1e-07"]
