"""Rows with a # before them were commented out; a # of the values' own is left alone."""

import pandas as pd
import pytest

from tests.unit.prepare.pipeline_run import Prepared, prepare

ROWS = 300


def table(first: list[str], header: str = "key,amount,plan,y") -> list[str]:
    body = [f"{key},{n * 7 % 83 / 4},{'abc'[n % 3]},{n * 5 % 3 % 2}" for n, key in enumerate(first)]
    return [header, *body]


NUMBERS = [str(n * 13 % 97) for n in range(ROWS)]
DECIMALS = [f"{n * 13 % 97 / 8 - 3}" for n in range(ROWS)]
DAYS = [f"2024-{n % 12 + 1:02d}-{n % 28 + 1:02d}" for n in range(ROWS)]
KEYS = [f"C{n:04d}" for n in range(ROWS)]
WORDS = [["north", "south", "east"][n % 3] for n in range(ROWS)]


def of(lines: list[str], chunk_bytes: int = 1 << 26) -> Prepared:
    return prepare("\n".join(lines).encode(), {"target": "y"}, chunk_bytes=chunk_bytes)


def told(run: Prepared) -> str:
    return " ".join(w["message"] for w in run.warnings if w["code"] == "commented_rows")


@pytest.mark.parametrize("first", [NUMBERS, DECIMALS, DAYS, KEYS, WORDS])
@pytest.mark.parametrize("mark", ["#", "# ", "##"])
@pytest.mark.parametrize("chunk_bytes", [1 << 26, 500])
def test_rows_commented_out_are_left_out_and_told_by_line(
    first: list[str], mark: str, chunk_bytes: int
) -> None:
    lines = table(first)
    some = (40, 41, 200)
    run = of([f"{mark}{text}" if n in some else text for n, text in enumerate(lines)], chunk_bytes)
    twin = of([text for n, text in enumerate(lines) if n not in some])
    assert run.json("encoder.json") == twin.json("encoder.json")
    for split in ("train", "test") if chunk_bytes > 500 else ():
        pd.testing.assert_frame_equal(run.table(split), twin.table(split))
    assert "3 rows commented out" in told(run)
    assert "lines 41, 42, 201" in told(run)
    account = run.json("profile.json")["records"]
    assert (account["in_file"], account["left_out"]["commented"]) == (ROWS, 3)


def test_rows_commented_out_behind_the_sample_are_left_out() -> None:
    lines = table([NUMBERS[n % ROWS] for n in range(90_000)])
    lines[80_000] = f"#{lines[80_000]}"
    assert "1 row commented out" in told(of(lines))
    assert "line 80,001" in told(of(lines, chunk_bytes=300_000))


def test_row_in_quotes_and_of_a_file_without_header_is_left_out() -> None:
    lines = [*table(NUMBERS)[1:]]
    lines[20], lines[30] = '# "12","1.5","b",1', '5,"1.5","b",1'
    run = prepare("\n".join(lines).encode(), {"target": "column_4"})
    assert "line 21" in told(run)


@pytest.mark.parametrize(
    "first",
    [
        [f"#{n}" for n in range(ROWS)],
        [f"#{n % 40}" if n % 9 == 0 else str(n % 40) for n in range(ROWS)],
        ["#FF88" if n == 20 else f"col{'abcdefgh'[n % 8]}" for n in range(ROWS)],
        ["#N/A" if n % 30 == 0 else str(n % 40) for n in range(ROWS)],
        [f"{'#' if n == 9 else ''}{'so ' * (n % 90)}say {n} of us" for n in range(ROWS)],
        ["#ofcourse" if n == 50 else f"word number {chr(97 + n % 26)}{n}" for n in range(ROWS)],
        ["#general" if n == 50 else ["random", "dev"][n % 2] for n in range(ROWS)],
    ],
)
def test_number_sign_of_the_values_leaves_rows_in(first: list[str]) -> None:
    run = of(table(first))
    assert not told(run)
    assert run.json("profile.json")["records"]["used"] == ROWS


def test_row_commented_out_of_another_width_is_told_as_before() -> None:
    lines = table(NUMBERS)
    lines.insert(50, "# a note, with a comma")
    run = of(lines)
    assert not told(run)
    assert "bad_rows" in run.codes
