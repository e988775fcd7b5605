"""The approved model is compared only where its encoder reads the new file as it did the old."""

from typing import Any

import pytest

from pipeline.errors import ArtefactError
from prepare.steps.fit import fit_run
from tests.unit.prepare.pipeline_run import Prepared, prepare

ROWS = 200


def table(values: list[str], delimiter: str = ",") -> bytes:
    rows = range(ROWS)
    lines = [delimiter.join(["a", "c", "label"])]
    lines += [f"{n * 7 % 31}{delimiter}{values[n]}{delimiter}{int(n % 11 > 5)}" for n in rows]
    return "\n".join(lines).encode()


def second_run(first: bytes, second: bytes) -> Prepared:
    before = prepare(first, run="set-1")
    champion: dict[str, Any] = {"found": True}
    champion["encoder_key"] = f"{before.plan['prefix']}/encoder.json"
    return prepare(second, champion=champion, s3=before.s3, run="set-2")


POINTS = [f"{n % 11 / 4}" for n in range(ROWS)]
COMMAS = [text.replace(".", ",") for text in POINTS]
GROUPS = [f"${n % 9 + 1},{n % 900 + 100}.5" for n in range(ROWS)]
COUNTS = [f"{n % 23}" for n in range(ROWS)]
WORDS = [f"w{n % 5}" for n in range(ROWS)]
KEYS = [f"key {n}" for n in range(ROWS)]
NONE = [""] * ROWS
ISO = [f"2024-{n % 12 + 1:02d}-{n % 28 + 1:02d}" for n in range(ROWS)]
MONTH_FIRST = [f"{n % 12 + 1:02d}/{n % 28 + 1:02d}/2024" for n in range(ROWS)]
EITHER = [f"{n % 12 + 1:02d}/{n % 11 + 1:02d}/2024" for n in range(ROWS)]
DAY_FIRST = [f"{n % 28 + 1:02d}/{n % 12 + 1:02d}/2024" for n in range(ROWS)]
LASTED = [f"00:{n % 60:02d}:{n % 50:02d}" for n in range(ROWS)] + ["30:00:00"]
TIMES = [f"{n % 12 + 1}:{n % 60:02d} PM" for n in range(ROWS)]
OTHER_DAYS = [f"{n % 12 + 1}/{n % 28 + 1}/24" for n in range(ROWS)]
MOMENTS = [f"{1_600_000_000 + n % 50 * 1_000_000}" for n in range(ROWS)]


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        (POINTS, COMMAS, "'c' holds numbers with decimal commas now, and held plain numbers when"),
        (COMMAS, POINTS, "'c' holds plain numbers now, and held numbers with decimal commas when"),
        (COUNTS, GROUPS, "'c' holds numbers such as 1,234 or 5% now, and held plain numbers when"),
        (MONTH_FIRST, ISO, "dates such as 2024-01-31 now, and held dates such as 01/31/2024 when"),
        (MONTH_FIRST, DAY_FIRST, "dates such as 31/01/2024 now"),
        (WORDS, ISO, "'c' holds dates such as 2024-01-31 now, and held text when"),
        (WORDS, COUNTS, "'c' holds plain numbers now, and held text when"),
        (LASTED, COUNTS, "'c' holds plain numbers now, and held durations when"),
        (COUNTS, LASTED, "'c' holds durations now, and held plain numbers when"),
        (LASTED, TIMES, "'c' holds times of day now, and held durations when"),
        (ISO, OTHER_DAYS, "dates such as 01/31/24 now, and held dates such as 2024-01-31 when"),
        # The new encoder drops these, so that it says nothing about the column.
        (COUNTS, KEYS, "'c' holds text now, and held plain numbers when"),
        (ISO, KEYS, "'c' holds text now, and held dates such as 2024-01-31 when"),
    ],
)
def test_column_written_in_another_way_keeps_the_champion_out_by_name(
    before: list[str], after: list[str], reason: str
) -> None:
    run = second_run(table(before, ";"), table(after, ";"))
    assert not run.fit["champion"]["usable"]
    assert reason in run.fit["champion"]["reason"]
    assert any(reason in w["message"] for w in run.warnings if w["code"] == "champion")
    assert not run.files("champion")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (GROUPS, COUNTS),
        (COMMAS, COUNTS),
        (POINTS, COUNTS),
        (POINTS, [f"{n}" for n in range(ROWS)]),
        (POINTS, NONE),
        (DAY_FIRST, EITHER),
        (LASTED, LASTED[::-1]),
        (TIMES, TIMES[::-1]),
        (WORDS, KEYS),
        (WORDS, NONE),
    ],
)
def test_column_that_the_champion_reads_as_well_lets_it_in(
    before: list[str], after: list[str]
) -> None:
    run = second_run(table(before, ";"), table(after, ";"))
    assert run.fit["champion"] == {"usable": True, "reason": ""}
    assert run.files("champion")


@pytest.mark.parametrize(("before", "usable"), [(COUNTS, True), (MOMENTS, True), (GROUPS, False)])
def test_plain_numbers_that_their_name_makes_dates_are_numbers_to_an_older_champion(
    before: list[str], usable: bool
) -> None:
    first, second = (
        table(values, ";").replace(b"c;", b"created_at;", 1) for values in (before, MOMENTS)
    )
    run = second_run(first, second)
    assert run.fit["champion"]["usable"] is usable
    parts = [f.get("part") for f in run.json("encoder.json")["features"]]
    assert "days" in parts


def test_values_that_the_champion_never_saw_are_counted_in_a_warning() -> None:
    run = second_run(table(WORDS), table([f"w{n % 5 + n // 100}" for n in range(ROWS)]))
    (message,) = [w["message"] for w in run.warnings if w["code"] == "unseen_values"]
    assert "'c': 20 of 200 values" in message
    same = second_run(table(WORDS), table(WORDS[::-1]))
    assert "unseen_values" not in same.codes


@pytest.mark.parametrize("answer", [{}, {"found": None}, {"found": "no"}, {"rubbish": 1}])
def test_answer_that_says_nothing_of_a_champion_is_not_taken_for_none(
    answer: dict[str, Any],
) -> None:
    before = prepare(table(COUNTS), run="set-1")
    with pytest.raises(ArtefactError, match=r"Find champion answered .* drop the file again"):
        fit_run(before.s3, "bucket", before.plan["prefix"], answer, "ml.m5.large")
