"""Whatever the size of the chunks, the run writes the same profile, encoder and rows."""

import csv
import hashlib
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import InputError
from tests.unit.prepare.pipeline_run import Prepared, prepare

VALUES = st.sampled_from(
    [
        "",
        "NA",
        "1",
        "2.5",
        "1,234",
        "3,5",
        "yes",
        "no",
        "red",
        'a "b"',
        "x\ny",
        " pad ",
        "2024-01-02",
    ]
)
ROWS = st.lists(
    st.tuples(VALUES, VALUES, st.sampled_from(["u", "v", "U.", "NA"])), min_size=12, max_size=40
)


def written(prepared: Prepared) -> dict[str, Any]:
    data = {
        channel: b"".join(
            # Each part of truth has a header of its own.
            body.split(b"\n", 1)[1] if channel == "truth" else body
            for body in prepared.files(channel).values()
        )
        for channel in ("train", "validation", "test", "truth")
    }
    return {
        "profile": prepared.json("profile.json"),
        "encoder": prepared.json("encoder.json"),
        "fit": {name: value for name, value in prepared.fit.items() if name != "chunks"},
        **data,
    }


def outcome(data: bytes, chunk_bytes: int, settings: dict[str, Any]) -> Any:
    try:
        return written(prepare(data, settings, chunk_bytes=chunk_bytes))
    except InputError as error:
        return type(error), str(error)


@given(ROWS, st.integers(1, 400), st.booleans())
@settings(max_examples=20)
def test_run_any_chunk_size_writes_the_same(
    rows: list[tuple[str, str, str]], chunk_bytes: int, windows: bool
) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n" if windows else "\n")
    writer.writerows([("a", "b", "label"), *rows])
    data = out.getvalue().encode()
    assert outcome(data, chunk_bytes, {}) == outcome(data, 1 << 26, {})


def mixed_file() -> bytes:
    lines = ["key,amount,when,city,note,group,label"]
    for n in range(3000):
        city = f"city {n * n % 1400}"
        note = f'"line {n % 5}\nand ""more"""' if n % 3 else "plain"
        lines.append(
            f"K{n:05d},{n % 97 / 4},2024-{n % 12 + 1:02d}-{n % 28 + 1:02d} {n % 24:02d}:00,"
            f"{city},{note},g{n % 40},{n % 13 * 1.5}"
        )
        if n % 500 == 7:
            lines.append("too,short")
    return "\n".join(lines).encode()


@pytest.mark.parametrize(
    "split",
    [{}, {"time_column": "when"}, {"group_column": "group"}, {"time_column": "amount"}],
)
def test_large_mixed_file_any_chunk_size_writes_the_same(split: dict[str, str]) -> None:
    data = mixed_file()
    chosen = {"split": split, "id_columns": ["key"]}
    whole = outcome(data, 1 << 26, chosen)
    assert isinstance(whole, dict)
    assert whole["profile"]["bad_rows"]["count"] == 6
    for chunk_bytes in (40_001, 9_973):
        assert json.dumps(outcome(data, chunk_bytes, chosen), default=str) == json.dumps(
            whole, default=str
        )


def of_many_rows() -> str:
    """Return the digest of what a run writes of more rows than one thread is to do."""
    rows = [
        f"K{n:05d},{n * 7 % 97 / 4},city {n * n % 900},2024-{n % 12 + 1:02d}-{n % 28 + 1:02d},"
        f"{n % 5 // 3}"
        for n in range(24_000)
    ]
    data = "\n".join(["key,amount,city,when,label", *rows]).encode()
    return hashlib.sha256(repr(written(prepare(data))).encode()).hexdigest()


def test_run_with_several_threads_writes_the_same() -> None:
    # This process has one, see tests/conftest.py.
    ended = subprocess.run(
        [sys.executable, "-c", f"from {__name__} import of_many_rows; print(of_many_rows())"],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[3],
        env=os.environ | {"POLARS_MAX_THREADS": "4", "PYTHONPATH": ".:functions"},
    )
    assert ended.stdout.strip() == of_many_rows()
