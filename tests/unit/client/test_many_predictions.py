"""Many rows at once make the very bytes that each row makes alone."""

import csv
import io
import math
import random
import struct
from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dropforge.client.runs import many_predictions, predictions
from dropforge.client.runs.many_predictions import lines_of_two
from dropforge.client.runs.predictions import Target, write_table
from dropforge.errors import PredictionsUnreadableError
from scoring.decision import Decision
from scoring.words import Words

CORRECTED = Decision(0.37, slope=0.83, intercept=-0.21)
EDGES = ["0", "1", "0.5", "1e-20", "1e-5", "0.0001", "0.00011", "0.9999999", "0.99999994", "1.0"]
EDGES += ["0.90000000001", "0.09999999999", "0.99000000004", "0.00009999999", "0.9999"]
ANY = st.floats(0, 1, width=32).map(str) | st.floats(0, 1).map(repr) | st.sampled_from(EDGES)


@settings(max_examples=200)
@given(
    st.lists(ANY, min_size=1),
    st.floats(-3, 3),
    st.floats(-15, 15),
    st.floats(0.001, 0.999),
)
def test_lines_are_those_of_each_row(
    lines: list[str], slope: float, intercept: float, threshold: float
) -> None:
    truth = "".join(f"{row},{row % 2},C-{row}\n" for row in range(len(lines)))
    given = "".join(f"{line}\n" for line in lines)
    # A probability that is the threshold itself is positive.
    at = Decision(threshold, slope, intercept).of_two(float(lines[0]))
    for decision in (
        Decision(threshold, slope, intercept),
        Decision(at, slope, intercept),
        Decision(threshold),
        Decision(float(lines[0])),
    ):
        words = Words("binary", ["no", "yes"], decision)
        alone = [words.fields()(line) for line in lines]
        expected = "".join(
            f"{row},C-{row},{['no', 'yes'][row % 2]},{fields[0]},{fields[2]},{fields[3]}\n"
            for row, fields in enumerate(alone)
        )
        found = lines_of_two(words, truth.encode(), given.encode(), 3)
        assert found is not None
        assert found.decode() == expected


def rows(count: int, identifier: str = "C-{}") -> tuple[list[str], list[str]]:
    draw = random.Random(7)
    labels = [f"{row},{draw.choice('01')},{identifier.format(row)}" for row in range(count)]
    numbers = [struct.unpack("f", struct.pack("f", draw.random()))[0] for _ in range(count)]
    return labels, [str(number) for number in numbers]


def table(target: Target, truth: Iterable[str], lines: Iterable[str]) -> str:
    out = io.BytesIO()
    labels = "\n".join(["row,label,id", *truth, ""]).encode()
    write_table(target, [("part-00000.csv", labels, "\n".join(lines).encode())], out)
    return out.getvalue().decode()


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Let parts of any size be written at once."""
    monkeypatch.setattr(predictions, "_MANY", 0)
    return monkeypatch


QUOTED = ['"a, b{}"', '"a\nb{}"', '"a ""b"" {}"', '"a\r\n{}"']


@pytest.mark.parametrize(
    "identifier",
    [
        "C-{}",
        "a\0{}",
        "\t{}",
        " ={}",
        "=A{}",
        "{}",
        "-{}",
        "'-{}",
        "",
        " {}",
        "\u2028{}",
        "\uff1d{}",
        *QUOTED,
    ],
)
@pytest.mark.parametrize("classes", [["no", "yes"], ["-1", "=1+1"], ["a,b", "@x"], ["\0", "ü"]])
def test_large_part_is_written_as_small_ones_are(
    many: pytest.MonkeyPatch, identifier: str, classes: list[str]
) -> None:
    truth, lines = rows(250, identifier)
    for target in (
        Target(Words("binary", classes, CORRECTED)),
        Target(Words("binary", classes, Decision(slope=40.0))),
        Target(Words("binary", classes)),
    ):
        many.setattr(predictions, "_MANY", 0)
        quickly = table(target, truth, lines)
        many.setattr(predictions, "_MANY", 10**6)
        assert quickly == table(target, truth, lines)
        assert len(list(csv.reader(io.StringIO(quickly, newline="")))) == 251


def test_class_that_polars_would_quote_is_written_as_before(many: pytest.MonkeyPatch) -> None:
    truth, lines = rows(250)
    target = Target(Words("binary", ["a\rb", "c"]))
    quickly = table(target, truth, lines)
    many.setattr(predictions, "_MANY", 10**6)
    assert quickly == table(target, truth, lines)


@pytest.mark.parametrize("identifier", ["C-{}", "", "{}", "-{}", "(ü {})", " {}"])
@pytest.mark.parametrize("decision", [CORRECTED, Decision()])
def test_all_of_a_large_part_is_written_at_once(
    many: pytest.MonkeyPatch, identifier: str, decision: Decision
) -> None:
    def alone(*_arguments: object) -> None:
        raise AssertionError("a row was written alone")

    many.setattr(predictions, "_one_by_one", alone)
    truth, lines = rows(250, identifier)
    target = Target(Words("binary", ["a,b", "ü"], decision))
    assert table(target, truth, lines).count("\n") == 251


@pytest.fixture
def alone(many: pytest.MonkeyPatch) -> list[str]:
    """Return the lines that are read alone, though their part is written at once."""
    read: list[str] = []
    fields = Words.fields

    def noting(self: Words) -> Callable[[str], list[str]]:
        one = fields(self)
        return lambda line: read.append(line) or one(line)

    many.setattr(Words, "fields", noting)
    return read


def test_only_rows_that_hang_on_the_last_bits_are_read_alone(alone: list[str]) -> None:
    truth, lines = rows(1_000)
    lines[17:20] = ["1e-20", "-0.5", "2"]
    table(Target(Words("binary", ["no", "yes"], CORRECTED)), truth, lines)
    assert "1e-20" in alone
    assert len(alone) < 30


def test_rows_in_the_middle_of_two_texts_are_read_alone(alone: list[str]) -> None:
    middles = [0.11 + 0.003 * row + 5e-8 for row in range(250)]
    odds = [math.log(one / (1 - one)) for one in middles]
    given = [(one - CORRECTED.intercept) / CORRECTED.slope for one in odds]
    lines = [repr(1 / (1 + math.exp(-one))) for one in given]
    table(Target(Words("binary", ["no", "yes"], CORRECTED)), rows(250)[0], lines)
    assert alone == lines


@pytest.mark.parametrize("distance", [0, 1e-12, -1e-12])
def test_rows_at_the_threshold_are_read_alone(alone: list[str], distance: float) -> None:
    decision = replace(CORRECTED, threshold=CORRECTED.of_two(0.6) + distance)
    table(Target(Words("binary", ["no", "yes"], decision)), rows(250)[0], ["0.6"] * 250)
    assert len(alone) == 250


@pytest.mark.parametrize(
    "decision", [Decision(slope=40.0), Decision(slope=-40.0), Decision(intercept=-1e4)]
)
def test_rows_that_a_correction_blurs_are_all_read_alone(
    alone: list[str], decision: Decision
) -> None:
    truth, lines = rows(250)
    table(Target(Words("binary", ["no", "yes"], decision)), truth, lines)
    assert [line.strip() for line in alone] == lines


@pytest.mark.parametrize("header", [b"row,label,id", b'row,label,"i\nd"', b'row,label,"i,""d"'])
def test_header_is_written_as_it_was_above_rows_at_once(
    many: pytest.MonkeyPatch, header: bytes
) -> None:
    written = []
    for least in (0, 10**6):
        many.setattr(predictions, "_MANY", least)
        out = io.BytesIO()
        part = ("part", header + b"\n4,1,C\n", b"0.25\n")
        write_table(Target(Words("binary", ["no", "yes"])), [part, part], out)
        written.append(out.getvalue())
    assert written[0] == written[1]


def test_text_that_is_not_utf_8_is_refused(many: pytest.MonkeyPatch) -> None:
    part = ("part", b"row,label,id\n4,1,C\xff\n", b"0.25\n")
    for least in (0, 10**6):
        many.setattr(predictions, "_MANY", least)
        with pytest.raises(UnicodeDecodeError):
            write_table(Target(Words("binary", ["no", "yes"])), [part], io.BytesIO())


def test_empty_identifiers_are_not_looked_at_one_by_one(many: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    many.setattr(many_predictions, "as_text", lambda cell: seen.append(cell) or cell)
    truth, lines = rows(250, "")
    table(Target(Words("binary", ["no", "yes"])), truth, lines)
    assert "" not in seen


@pytest.mark.parametrize("lines", [["1e999"], ["-1e999"], ["0.5", "1e999"]])
def test_numbers_without_end_are_written_as_before(
    many: pytest.MonkeyPatch, lines: list[str]
) -> None:
    truth, target = rows(len(lines))[0], Target(Words("binary", ["no", "yes"]))
    quickly = table(target, truth, lines)
    many.setattr(predictions, "_MANY", 10**6)
    assert quickly == table(target, truth, lines)


@pytest.mark.parametrize("lines", [["0.25\r"], ["", "0.25"], ["  ", "0.25"]])
def test_lines_that_other_systems_end_or_leave_empty_are_read_as_before(
    many: pytest.MonkeyPatch, lines: list[str]
) -> None:
    found = table(Target(Words("binary", ["no", "yes"])), ["4,1,C"], lines)
    assert found.splitlines()[1] == "4,C,yes,no,0.75,0.25"


@pytest.mark.parametrize("count", [1, 100, 250])
@pytest.mark.usefixtures("many")
def test_rows_of_different_lengths_are_damage(count: int) -> None:
    truth, lines = rows(count)
    with pytest.raises(PredictionsUnreadableError, match=r"part-00000\.csv has test rows of diff"):
        table(Target(Words("binary", ["no", "yes"])), [*truth, "7,1"], [*lines, "0.5"])


@pytest.mark.parametrize("place", [0, 99, 100, 199, 249])
@pytest.mark.parametrize("damage", ["text", "label", "digits", "return", "short", "long"])
def test_damage_of_a_large_part_is_told_as_of_a_small_one(
    many: pytest.MonkeyPatch, place: int, damage: str
) -> None:
    truth, lines = rows(250)
    if damage == "text":
        lines[place] = "none"
    if damage == "label":
        truth[place] = f"{place},2,C"
    if damage == "digits":
        truth[place] = f"{place},12,C"
    if damage == "return":
        truth[place] = f"{place},0,a\rb"
    if damage == "short":
        del lines[place]
    if damage == "long":
        lines.insert(place, "0.5")
    target = Target(Words("binary", ["no", "yes"], CORRECTED))
    told = []
    for count in (0, 10**6):
        many.setattr(predictions, "_MANY", count)
        with pytest.raises(PredictionsUnreadableError) as error:
            table(target, truth, lines)
        told.append(str(error.value))
    assert told[0] == told[1]
    assert "part-00000.csv" in told[0]
