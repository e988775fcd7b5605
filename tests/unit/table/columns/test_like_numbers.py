"""A column of numbers in a writing that is not read is said to be one, with an example."""

from collections.abc import Callable

import polars as pl
import pytest

from table.values.like_numbers import MARKED, PAIR
from tests.unit.prepare.pipeline_run import Prepared, prepare

ROWS = 400
CODES = {"read_as_category", "dropped_text", "dropped_identifier"}


def of(write: Callable[[int], str], chunk_bytes: int = 1 << 26) -> Prepared:
    lines = [f'{n % 31 / 4},"{write(n)}",{n * 5 % 3 % 2}' for n in range(ROWS)]
    text = "\n".join(["x,size,y", *lines])
    return prepare(text.encode(), {"target": "y"}, chunk_bytes=chunk_bytes)


def told(run: Prepared) -> str:
    said = [w["message"] for w in run.warnings if w["code"] in CODES]
    return " ".join(text for text in said if "look like numbers" in text)


@pytest.mark.parametrize(
    ("write", "example"),
    [
        (lambda n: f"{n % 30}+", "0+"),
        (lambda n: f"{4 + n % 3}'{n % 11}" + '""', "4'0"),
        (lambda n: f"{4 + n % 3} ft {n % 11} in", "4 ft 0 in"),
        (lambda n: f"<{n % 40}" if n % 2 else f"{n % 40}", "<1"),
        (lambda n: f"~{n % 90}", "~0"),
        (lambda n: f"approx. {n * 7 % 300 / 10}", "approx. 0.0"),
        (lambda n: f"{n % 60}-{n % 60 + 1 + n % 3}", "0-1"),
        (lambda n: f"{n % 7 + 1}/{n % 9 + 2}", "1/10"),
        (lambda n: f"{n % 50} or more", "0 or more"),
        (lambda n: f"{n % 50}\u2030", "0\u2030"),
        (lambda n: f"kg {n % 50 / 4}", "kg 0.0"),
        (lambda n: f"{n % 50 / 4} per day", "0.0 per day"),
        (lambda n: f"{n % 50} ({n % 50 - 2}-{n % 50 + 2})" if n % 50 > 2 else "9", "10 (8-12)"),
        (lambda n: f"#{n % 50}", "#0"),
        (lambda n: f"{n % 40}{'th' if n % 4 else 'st'}", "... "),
        (lambda n: f"{n % 40}x{n % 7}", "0x0"),
        (lambda n: f"{n % 40}+ years" if n % 2 else f"{n % 40} years", "1+ years"),
        (lambda n: f"{n % 300 / 4}*" if n % 3 else f"{n % 300 / 4}", "0.25*"),
        (lambda n: f"{n % 200} ± 3", "0 ± 3"),
        (lambda n: f"{n}+", "0+"),
        (lambda n: "10+" if n % 11 > 9 else f"{n % 11}", "10+"),
        (lambda n: f"{n % 40} {'boxes' if n % 2 else 'bags'}", "... bags"),
    ],
)
@pytest.mark.parametrize("chunk_bytes", [1 << 26, 2_000])
def test_numbers_in_a_writing_that_is_not_read_are_told_with_an_example(
    write: Callable[[int], str], example: str, chunk_bytes: int
) -> None:
    said = told(of(write, chunk_bytes))
    assert "'size'" in said
    assert example in said


@pytest.mark.parametrize(
    "write",
    [
        lambda n: ["18-24", "25-34", "35-44", "45-54", "55-64", "65+", "<18"][n % 7],
        lambda n: f"{n % 20 * 5}-{n % 20 * 5 + 4}" if n % 21 else "100+",
        lambda n: ["0", "1", "2", "3+"][n % 4],
        lambda n: ["<1", "1-5", "5-10", ">10"][n % 4],
        lambda n: f"AB-{n:04d}",
        lambda n: f"P{n % 60:03d}",
        lambda n: f"{555 + n % 3}-{1000 + n * 7 % 9000}",
        lambda n: f"10.0.{n % 7}.{n % 250}",
        lambda n: f"{n % 60 + 1} Main Street",
        lambda n: f"{n % 70}{'abc'[n % 3]}",
        lambda n: f"{n % 4}.{n % 5}.{n % 6}",
        lambda n: f"Level {n % 30}",
        lambda n: f"{10_000 + n % 60 * 371}-{n % 60 * 7 + 1000}",
    ],
)
def test_groups_codes_and_texts_are_not_told(write: Callable[[int], str]) -> None:
    assert not told(of(write))


def test_target_of_numbers_that_are_not_read_is_told() -> None:
    lines = [f"{n % 31},{n % 17}+" for n in range(ROWS)]
    run = prepare("\n".join(["x,y", *lines]).encode(), {"target": "y"})
    assert run.fit["task"] == "multiclass"
    assert "'y'" in told(run)


@pytest.mark.parametrize(
    "text", ["5'", "5\u203211\u2033", "1 1/2", "1½", "≥ 10", "10 years+", "3 [a]", "$5+"]
)
def test_marks_of_people_are_known(text: str) -> None:
    assert pl.Series([text]).str.contains(MARKED)[0]


@pytest.mark.parametrize("text", ["+", "<b>", "5", "a+", "C++", "5 apples", "12-01-2024", "1/2/3"])
def test_other_texts_have_no_mark(text: str) -> None:
    assert not pl.Series([text]).str.contains(MARKED)[0]
    assert not pl.Series([text]).str.contains(PAIR)[0]
