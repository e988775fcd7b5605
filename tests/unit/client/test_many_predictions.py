"""Many rows at once make the very bytes that each row makes alone."""

import csv
import io
import random
import struct
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dropforge.client.runs import predictions
from dropforge.client.runs.many_predictions import columns_of_two
from dropforge.client.runs.predictions import Target, write_table
from dropforge.errors import PredictionsUnreadableError
from scoring.decision import Decision
from scoring.words import Words

CORRECTED = Decision(0.37, slope=0.83, intercept=-0.21)
EDGES = ["0", "1", "0.5", "1e-20", "1e-5", "0.0001", "0.00011", "0.9999999", "0.99999994", "1.0"]
ANY = st.floats(0, 1, width=32).map(str) | st.floats(0, 1).map(repr) | st.sampled_from(EDGES)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(ANY, min_size=1),
    st.floats(-3, 3),
    st.floats(-30, 30),
    st.floats(0.001, 0.999),
)
def test_columns_are_those_of_each_line(
    lines: list[str], slope: float, intercept: float, threshold: float
) -> None:
    for decision in (Decision(threshold, slope, intercept), Decision(threshold)):
        words = Words("binary", ["no", "yes"], decision)
        alone = [words.fields()(line) for line in lines]
        assert columns_of_two(words, lines) == [
            [fields[0] for fields in alone],
            [fields[2] for fields in alone],
            [fields[3] for fields in alone],
        ]


def rows(count: int, identifier: str = "C-{}") -> tuple[list[str], list[str]]:
    draw = random.Random(7)
    labels = [f"{row},{draw.choice('01')},{identifier.format(row)}" for row in range(count)]
    numbers = [struct.unpack("f", struct.pack("f", draw.random()))[0] for _ in range(count)]
    return labels, [str(number) for number in numbers]


def table(target: Target, truth: Iterable[str], lines: Iterable[str]) -> str:
    out = io.StringIO(newline="")
    labels = io.StringIO("\n".join(["row,label,id", *truth, ""]), newline="")
    files = labels, io.StringIO("\n".join(lines))
    write_table(target, [("part-00000.csv", *files)], out)
    return out.getvalue()


QUOTED = ['"a, b{}"', '"a\nb{}"', '"a ""b"" {}"', '"a\r\n{}"']


@pytest.mark.parametrize("identifier", ["C-{}", "=A{}", "{}", "'-{}", "", "\u2028{}", *QUOTED])
@pytest.mark.parametrize("classes", [["no", "yes"], ["-1", "=1+1"], ["a,b", "@x"]])
def test_large_part_is_written_as_small_ones_are(
    monkeypatch: pytest.MonkeyPatch, identifier: str, classes: list[str]
) -> None:
    monkeypatch.setattr(predictions, "_AT_ONCE", 100)
    truth, lines = rows(250, identifier)
    lines[120:120] = ["", "  "]
    target = Target(Words("binary", classes, CORRECTED))
    quickly = table(target, truth, lines)
    monkeypatch.setattr(predictions, "_AT_ONCE", 10**6)
    assert quickly == table(target, truth, lines)
    assert len(list(csv.reader(io.StringIO(quickly, newline="")))) == 251


@pytest.mark.parametrize("place", [0, 99, 100, 199, 249])
@pytest.mark.parametrize("identifier", QUOTED)
def test_quotes_within_a_large_part_are_written_as_in_a_small_one(
    monkeypatch: pytest.MonkeyPatch, place: int, identifier: str
) -> None:
    monkeypatch.setattr(predictions, "_AT_ONCE", 100)
    truth, lines = rows(250)
    truth[place] = f"{place},1,{identifier}"
    target = Target(Words("binary", ["no", "yes"]))
    quickly = table(target, truth, lines)
    monkeypatch.setattr(predictions, "_AT_ONCE", 10**6)
    assert quickly == table(target, truth, lines)
    assert [row[0] for row in csv.reader(io.StringIO(quickly, newline=""))][1:] == [
        str(row) for row in range(250)
    ]


def test_all_of_a_large_part_is_written_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def alone(*_arguments: object) -> None:
        raise AssertionError("a row was written alone")

    monkeypatch.setattr(predictions, "_AT_ONCE", 100)
    monkeypatch.setattr(predictions, "_one_by_one", alone)
    truth, lines = rows(250)
    assert table(Target(Words("binary", ["no", "yes"])), truth, lines).count("\n") == 251


@pytest.mark.parametrize("count", [1, 250])
def test_rows_of_different_lengths_are_damage(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    monkeypatch.setattr(predictions, "_AT_ONCE", 100)
    truth, lines = rows(count)
    with pytest.raises(PredictionsUnreadableError, match=r"part-00000\.csv has test rows of diff"):
        table(Target(Words("binary", ["no", "yes"])), [*truth, "7,1"], [*lines, "0.5"])


@pytest.mark.parametrize("place", [0, 99, 100, 199, 249])
@pytest.mark.parametrize("damage", ["text", "label", "short", "long"])
def test_damage_of_a_large_part_is_told_as_of_a_small_one(
    monkeypatch: pytest.MonkeyPatch, place: int, damage: str
) -> None:
    truth, lines = rows(250)
    if damage == "text":
        lines[place] = "none"
    if damage == "label":
        truth[place] = f"{place},2,C"
    if damage == "short":
        del lines[place]
    if damage == "long":
        lines.insert(place, "0.5")
    target = Target(Words("binary", ["no", "yes"], CORRECTED))
    told = []
    for count in (100, 10**6):
        monkeypatch.setattr(predictions, "_AT_ONCE", count)
        with pytest.raises(PredictionsUnreadableError) as error:
            table(target, truth, lines)
        told.append(str(error.value))
    assert told[0] == told[1]
    assert "part-00000.csv" in told[0]
