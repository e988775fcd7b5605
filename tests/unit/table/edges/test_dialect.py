"""What the first bytes say: fields of any length are rows, and every column gets its own name."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

import prepare
from table.edges.head import Head, read_head
from tests.unit.prepare.pipeline_run import prepare as prepared_of

FUNCTIONS = Path(prepare.__path__[0]).parent
ROWS = [f"{n % 7},{n % 5},{'yes' if n % 3 else 'no'}" for n in range(50)]


def head_of(text: str) -> Head:
    return read_head(text, "file.csv", "utf-8", complete=True, target=None)


def test_long_field_near_the_top_is_read_by_a_fresh_interpreter() -> None:
    # The other steps of Prepare are not imported there, as in a Lambda that only plans.
    code = (
        "from table.edges.head import read_head\n"
        "text = 'a,b\\n' + 'x' * 200_000 + ',1\\n2,3\\n'\n"
        "print(read_head(text, 'file.csv', 'utf-8', True, None).columns)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=FUNCTIONS, capture_output=True, text=True, check=False
    )
    assert (ran.stdout, ran.stderr) == ("['a', 'b']\n", "")


def test_first_record_longer_than_the_sample_trains() -> None:
    text = "word and more\n" * 90_000
    data = "\n".join(["a,b,label,note", f'1,2,yes,"{text}"', *(f"{row},short" for row in ROWS)])
    prepared = prepared_of(data.encode())
    assert prepared.json("profile.json")["rows"] == 51
    assert prepared.plan["dataset"] == "set"


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        ("a,a,a", ["a", "a_2", "a_3"]),
        ("a,a_2,a,a", ["a", "a_2", "a_3", "a_4"]),
        ("a,,a,", ["a", "column_2", "a_2", "column_4"]),
        ("column_2,,b,b", ["column_2", "column_2_2", "b", "b_2"]),
        (",column_1,column_1", ["column_1_2", "column_1", "column_1_3"]),
    ],
)
def test_equal_and_missing_names_are_numbered(header: str, columns: list[str]) -> None:
    row = ",".join(["0.5"] * len(columns))
    assert head_of(f"{header}\n{row}\n{row}\n").columns == columns


@pytest.mark.parametrize("name", ["name", ""])
def test_ten_thousand_equal_names_are_numbered_at_once(name: str) -> None:
    width = 10_000
    text = "\n".join([",".join(["first", *[name] * width]), *[",".join(["0.5"] * (width + 1))] * 2])
    started = time.process_time()
    columns = head_of(text).columns
    assert time.process_time() - started < 3
    assert len(set(columns)) == width + 1
    assert columns[-1] == (f"{name}_{width}" if name else f"column_{width + 1}")


def test_plan_of_a_file_with_a_header_takes_no_polars() -> None:
    # It takes longer to import than all else that plan does.
    code = "import sys, prepare.steps.plan; print('polars' in sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=FUNCTIONS, capture_output=True, text=True, check=False
    )
    assert (ran.stdout, ran.stderr) == ("False\n", "")
