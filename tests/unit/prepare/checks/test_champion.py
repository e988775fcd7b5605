"""The approved model is compared only where its encoder reads the new file as it did the old."""

import json
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
SPEEDS = [f"{n % 23}.5 km/h" for n in range(ROWS)]
COUNTS = [f"{n % 23}" for n in range(ROWS)]
WORDS = [f"w{n % 5}" for n in range(ROWS)]
KEYS = [f"key {n}" for n in range(ROWS)]
NONE = [""] * ROWS
COUNTED = list(enumerate(COUNTS))
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
        (SPEEDS, GROUPS, "'c' holds numbers such as 1,234 or 5% now, and held numbers of km/h"),
        (MONTH_FIRST, ISO, "dates such as 2024-01-31 now, and held dates such as 01/31/2024 when"),
        (MONTH_FIRST, DAY_FIRST, "dates such as 31/01/2024 now"),
        (WORDS, ISO, "'c' holds dates such as 2024-01-31 now, and held text when"),
        (WORDS, COUNTS, "'c' holds plain numbers now, and held text when"),
        (WORDS, POINTS, "'c' holds plain numbers now, and held text when"),
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
        (SPEEDS, [f"{n % 23}.5" for n in range(ROWS)]),
        (POINTS, COUNTS),
        (POINTS, [f"{n}" for n in range(ROWS)]),
        (POINTS, NONE),
        # Infinite is no number to either.
        (COUNTS, ["1e400" if n % 10 == 3 else text for n, text in COUNTED]),
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


@pytest.mark.parametrize("before", [COUNTS, MOMENTS, GROUPS])
def test_plain_numbers_that_their_name_makes_dates_are_numbers_to_an_older_champion(
    before: list[str],
) -> None:
    first, second = (
        table(values, ";").replace(b"c;", b"created_at;", 1) for values in (before, MOMENTS)
    )
    run = second_run(first, second)
    assert run.fit["champion"]["usable"]
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


def strays(values: list[str], count: int, text: str = "n.v.t.") -> list[str]:
    """Put a text into some cells, evenly spread."""
    at = {n * ROWS // count for n in range(count)} if count else set()
    return [text if n in at else value for n, value in enumerate(values)]


def reasons(run: Prepared) -> list[str]:
    return [w["message"] for w in run.warnings if w["code"] == "champion_unread"]


@pytest.mark.parametrize(
    ("before", "stray", "kind"),
    [
        # At most 50 different numbers: one text makes a category of the column.
        (COUNTS, "n.v.t.", "plain numbers"),
        (POINTS, "n.v.t.", "plain numbers"),
        (POINTS, "3,5", "plain numbers"),
        (COUNTS, "2,500.5", "plain numbers"),
        (COMMAS, "unknown", "numbers with decimal commas"),
        (COMMAS, "12/24", "numbers with decimal commas"),
        (GROUPS, "closed", "numbers such as 1,234 or 5%"),
        (ISO, "soon", "dates such as 2024-01-31"),
    ],
)
def test_few_cells_that_the_champion_cannot_read_are_counted_and_let_it_in(
    before: list[str], stray: str, kind: str
) -> None:
    run = second_run(table(before, ";"), table(strays(before, 4, stray), ";"))
    assert run.fit["champion"] == {"usable": True, "reason": ""}
    (message,) = reasons(run)
    assert message.startswith("Column 'c': 4 of 200 values")
    assert f"cannot be read as {kind}, as the approved model reads them; missing" in message
    column = run.json("champion_encoder.json")["features"][-1]["column"]
    assert column == "c"
    assert "champion" not in run.codes


@pytest.mark.parametrize(("count", "usable"), [(0, True), (1, True), (4, True), (5, False)])
def test_more_than_two_in_a_hundred_unreadable_cells_wait_for_a_person_by_name(
    count: int, usable: bool
) -> None:
    run = second_run(table(COUNTS), table(strays(COUNTS, count)))
    assert run.fit["champion"]["usable"] is usable
    assert len(reasons(run)) == (1 if usable and count else 0)
    if not usable:
        assert run.fit["champion"]["reason"] == (
            "5 of 200 values of 'c' ('n.v.t.') cannot be read as plain numbers, as they could "
            "when it was trained."
        )


def test_cells_as_unreadable_as_when_the_champion_was_trained_are_allowed_beyond() -> None:
    many = [f"{n * 37 % 97}" for n in range(ROWS)]
    before = strays(many, 8)
    assert second_run(table(before), table(strays(many, 12))).fit["champion"]["usable"]
    assert not second_run(table(before), table(strays(many, 13))).fit["champion"]["usable"]
    assert not second_run(table(many), table(before)).fit["champion"]["usable"]


def test_encoder_that_does_not_say_what_was_unreadable_allows_five_in_a_hundred() -> None:
    for count, usable in ((10, True), (11, False)):
        before = prepare(table(COUNTS), run="set-1")
        key = f"{before.plan['prefix']}/encoder.json"
        old = json.loads(before.s3.objects[key])  # type: ignore[arg-type]
        assert old.pop("unread") == {}
        before.s3.objects[key] = json.dumps(old).encode()
        champion = {"found": True, "encoder_key": key}
        second = table(strays(COUNTS, count))
        run = prepare(second, champion=champion, s3=before.s3, run="set-2")
        assert run.fit["champion"]["usable"] is usable


def test_stray_cell_is_missing_to_the_champion_and_the_rest_is_as_written() -> None:
    run = second_run(table(COUNTS), table(["n.v.t." if n % 50 == 7 else v for n, v in COUNTED]))
    rows = run.table("truth")["row"].to_numpy() - 1
    cells = run.table("champion")[1]
    assert run.fit["champion"]["usable"]
    for row, cell in zip(rows, cells, strict=True):
        assert (cell != cell) if row % 50 == 7 else cell == float(COUNTS[row])


def test_champion_of_a_category_reads_numbers_that_it_knows_as_values() -> None:
    # One text among the numbers had made a category of the column.
    run = second_run(table(strays(COUNTS, 1)), table(COUNTS))
    assert run.fit["champion"] == {"usable": True, "reason": ""}
    assert not reasons(run)


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_points_of_thousands_are_not_read_as_decimals(delimiter: str) -> None:
    thousands = [f"{n % 9 + 1}.{n % 900 + 100}" for n in range(ROWS)]
    mixed = [f"{n % 7},5" if n % 60 == 0 else v for n, v in enumerate(thousands)]
    if delimiter == ",":
        mixed = [f'"{value}"' for value in mixed]
    assert not second_run(table(POINTS), table(mixed, delimiter)).fit["champion"]["usable"]


def test_missing_columns_and_all_else_stay_reasons_of_their_own() -> None:
    lacking = table(COUNTS).replace(b"a,c,label", b"a,d,label")
    run = second_run(table(COUNTS), lacking)
    assert run.fit["champion"]["reason"] == "the file lacks 'c' (new there: 'd')."
