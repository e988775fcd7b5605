"""The same table trains alike however a program writes it."""

import csv
import io
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.unit.prepare.pipeline_run import Prepared, prepare

ROWS = 240
SPLITS = ("train", "validation", "test", "truth")


@dataclass(frozen=True)
class Notation:
    """How a program writes a table."""

    delimiter: str = ","
    point: str = "."
    group: str = ""
    quoting: int = csv.QUOTE_MINIMAL
    encoding: str = "utf-8"
    newline: str = "\n"
    missing: str = ""

    def number(self, value: float) -> str:
        return f"{value:,.2f}".replace(",", "_").replace(".", self.point).replace("_", self.group)


def rows() -> list[dict[str, Any]]:
    draw = np.random.default_rng(5)
    found = []
    for n in range(ROWS):
        amount = float(draw.uniform(-90_000, 90_000))
        found.append(
            {
                "amount": None if n % 11 == 3 else round(amount, 2) + 0.0,
                "share": round(float(draw.uniform(0, 1)), 2),
                "count": int(draw.integers(0, 900)),
                "city": None if n % 17 == 5 else ["Köln", "Paris, Nord", "São Paulo", "Å"][n % 4],
                "day": f"2024-{n % 12 + 1:02d}-{n % 28 + 1:02d}",
                "open": ["yes", "no"][int(draw.integers(0, 2))],
                "price": round(amount / 1000 + 500 + 60 * float(draw.normal()), 2),
            }
        )
    return found


TABLE = rows()


def written(how: Notation) -> bytes:
    out = io.StringIO()
    writer = csv.writer(
        out, delimiter=how.delimiter, quoting=how.quoting, lineterminator=how.newline
    )
    writer.writerow(TABLE[0])
    for row in TABLE:
        writer.writerow(
            how.missing
            if value is None
            else how.number(value)
            if isinstance(value, float)
            else value
            for value in row.values()
        )
    return out.getvalue().encode(how.encoding)


def features(run: Prepared) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = run.json("encoder.json")["features"]
    return [{key: value for key, value in f.items() if key != "style"} for f in found]


PLAIN = prepare(written(Notation()), {"target": "price"})
NOTATIONS = st.builds(
    Notation,
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    point=st.sampled_from([".", ","]),
    group=st.sampled_from(["", ",", ".", "'", "\u00a0", "\u202f", " "]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    newline=st.sampled_from(["\n", "\r\n", "\r"]),
    missing=st.sampled_from(["", "NA", "n/a", "NULL", "None", "?", "-", "#N/A", "nan"]),
).filter(
    lambda how: how.group != how.point and not (how.encoding == "cp1252" and how.group == "\u202f")
)


@settings(max_examples=40)
@given(how=NOTATIONS)
@example(how=Notation(";", ",", ".", csv.QUOTE_MINIMAL, "cp1252", "\r\n", "NA"))
@example(how=Notation(",", ",", "", csv.QUOTE_ALL, "utf-16", "\n", "-"))
@example(how=Notation(";", ".", ",", csv.QUOTE_MINIMAL, "utf-8-sig", "\r", "#N/A"))
def test_table_in_any_notation_gives_the_same_encoder_and_the_same_parts(how: Notation) -> None:
    run = prepare(written(how), {"target": "price"})
    assert features(run) == features(PLAIN)
    assert run.fit["task"] == PLAIN.fit["task"]
    for split in SPLITS:
        pd.testing.assert_frame_equal(
            run.table(split), PLAIN.table(split), check_dtype=False, rtol=1e-9
        )
    assert run.codes <= {"encoding"}


@pytest.mark.parametrize("mark", ["n.v.t.", ":", "..", "PrivacySuppressed", "*", "(D)", "unknown"])
def test_mark_among_numbers_gives_the_same_parts_and_is_named(mark: str) -> None:
    marked = written(Notation()).decode().splitlines()
    table = [marked[0], *(f"{mark}{line}" if line[0] == "," else line for line in marked[1:])]
    run = prepare("\n".join(table).encode(), {"target": "price"})
    assert features(run) == features(PLAIN)
    pd.testing.assert_frame_equal(run.table("train"), PLAIN.table("train"), check_dtype=False)
    (said,) = [w["message"] for w in run.warnings if w["code"] == "unread_values"]
    assert mark in said
