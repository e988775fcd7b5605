"""Files as people and programs write them train as their clean twins do, or are told of.

Each kind is from a public bug report or an open-data portal. A pair is one table, written twice.
"""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline.errors import InputError
from pipeline.vocabulary import ASKING
from tests.unit.prepare.pipeline_run import Prepared, prepare

Rows = list[list[str]]
Pair = tuple[str, str]
ROWS = 400
DRAW = np.random.default_rng(11)
COUNT = DRAW.integers(1, 80, ROWS)
FEE = np.round(DRAW.uniform(-900, 4_000, ROWS), 2)
PLAN = DRAW.choice(["basic", "plus", "pro"], ROWS)
AMOUNT = np.round(COUNT * 3 + FEE / 40 + DRAW.normal(0, 9, ROWS) + 300, 1)
CLASS = np.where(COUNT + DRAW.normal(0, 15, ROWS) > 40, "yes", "no")
SECONDS = DRAW.integers(61, 3_500, ROWS)
NUMBERS = range(ROWS)


def table(*columns: tuple[str, Any], delimiter: str = ",") -> str:
    """Write columns, each a name and what is written for each row."""
    lines = [delimiter.join(name for name, _ in columns)]
    lines += [delimiter.join(str(values[n]) for _, values in columns) for n in NUMBERS]
    return "\n".join(lines) + "\n"


def with_column(name: str, dirty: Any, clean: Any, target: Any = CLASS) -> Pair:
    def of(values: Any) -> str:
        return table(("count", COUNT), (name, values), ("plan", PLAN), ("y", target))

    return of(dirty), of(clean)


def each(write: Callable[[float], str], values: Any = FEE) -> list[str]:
    return [write(float(value)) for value in values]


def negative(before: str, behind: str) -> list[str]:
    return each(lambda v: f"{before}{-v:.2f}{behind}" if v < 0 else f"{v:.2f}")


def some(values: Any, text: str, places: Callable[[int], bool]) -> list[str]:
    return [text if places(n) else str(values[n]) for n in NUMBERS]


def indian(value: float) -> str:
    head, tail = str(int(value))[:-3], str(int(value))[-3:]
    return f'"{re.sub(r"(?<=.)(?=(..)+$)", ",", head)},{tail}"'


CLEAN = table(("count", COUNT), ("fee", FEE), ("plan", PLAN), ("y", AMOUNT))
HEAD, *BODY = CLEAN.splitlines()
LARGE = DRAW.integers(200_000, 9_000_000, ROWS)
DAY = [f"{n % 12 + 1:02d}/{n % 28 + 1:02d}/2023" for n in NUMBERS]
STAMPS = [(n * 7 % 24, n * 11 % 60) for n in NUMBERS]
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
THOUSANDS = [int(value * 4) for value in AMOUNT]
LABELS = {"yes": ["Churned", "churned", "CHURNED "], "no": ["Stayed", "stayed.", "STAYED"]}
MARKED = [f"{n} end" for n in NUMBERS]
INCH = [n % 3 == 0 for n in NUMBERS]

SAME: dict[str, Pair] = {
    "am_pm": with_column(
        "day",
        [
            f"{DAY[n]} {h % 12 or 12}:{m:02d} {'AM' if h < 12 else 'PM'}"
            for n, (h, m) in enumerate(STAMPS)
        ],
        [f"{DAY[n]} {h:02d}:{m:02d}" for n, (h, m) in enumerate(STAMPS)],
    ),
    "apostrophe_negative": with_column("fee", negative("'-", ""), FEE),
    "concat_header": ("\n".join([HEAD, *BODY[:150], HEAD, *BODY[150:]]), CLEAN),
    "dot_thousands_target": tuple(
        table(
            ("rate", [f"{v / 7:.1f}".replace(".", ",") for v in COUNT]),
            ("plan", PLAN),
            ("y", [written(v) for v in THOUSANDS]),
            delimiter=";",
        )
        for written in (lambda v: f"{v:,}".replace(",", "."), str)
    ),  # type: ignore[dict-item]
    "duration": with_column(
        "duration", [f"{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}" for s in SECONDS], SECONDS
    ),
    "excel_preamble": (f"Report:,Monthly churn,,\nDate:,2024-01-31,,\n{CLEAN}", CLEAN),
    "fortran": with_column(
        "flux", each(lambda v: f"{v:.4e}".replace("e", "D")), each(lambda v: f"{v:.4e}")
    ),
    "header_trailing_comma": (CLEAN.replace(HEAD, f"{HEAD},", 1), CLEAN),
    "indian_lakh": with_column("income", [indian(v) for v in LARGE], LARGE),
    "label_case": tuple(
        with_column("fee", FEE, FEE, [labels[c][n % len(labels[c])] for n, c in enumerate(CLASS)])[
            0
        ]
        for labels in (LABELS, {"yes": ["Churned"], "no": ["Stayed"]})
    ),  # type: ignore[dict-item]
    "multiindex_header": (CLEAN.replace(HEAD, f"{HEAD}\n,mean,,sum", 1), CLEAN),
    "na_label": with_column("fee", FEE, FEE, np.array(["AF", "EU", "NA"])[COUNT % 3]),
    "none_class": with_column("fee", FEE, FEE, np.array(["Apnea", "Insomnia", "None"])[COUNT % 3]),
    "one_stray_feature": with_column(
        "fee", some(FEE, "n.v.t.", lambda n: n == 77), some(FEE, "", lambda n: n == 77)
    ),
    "parens_negative": with_column("profit", negative("(", ")"), FEE),
    "semicolon_us_thousands": tuple(
        table(
            ("km", [written(v) for v in LARGE]),
            ("engine", each(lambda v: f"{v:.2f}")),
            ("y", CLASS),
            delimiter=";",
        )
        for written in (lambda v: f"{v:,}", str)
    ),  # type: ignore[dict-item]
    "spark_end_quote": (
        table(
            ("count", COUNT),
            ("item", ['"monitor 24\\""' if i else "lamp" for i in INCH]),
            ("fee", FEE),
            ("y", CLASS),
        ),
        table(
            ("count", COUNT),
            ("item", ['"monitor 24"""' if i else "lamp" for i in INCH]),
            ("fee", FEE),
            ("y", CLASS),
        ),
    ),
    "suppressed": with_column(
        "fee",
        some(FEE, "PrivacySuppressed", lambda n: n % 2 == 0),
        some(FEE, "", lambda n: n % 2 == 0),
    ),
    "target_units": with_column("fee", FEE, FEE, [f"{v:.1f} days" for v in AMOUNT])[:1]
    + with_column("fee", FEE, FEE, AMOUNT)[:1],
    "totals_row": (f"{CLEAN}Total,,,{AMOUNT.sum():.1f}\n", CLEAN),
    "trailing_minus": with_column("saldo", negative("", "-"), FEE),
    "two_digit_year": with_column(
        "start",
        [f"{n % 28 + 1:02d}-{MONTHS[n % 12]}-{15 + n % 9}" for n in NUMBERS],
        [f"20{15 + n % 9}-{n % 12 + 1:02d}-{n % 28 + 1:02d}" for n in NUMBERS],
    ),
    "units_in_cells": with_column("mileage", each(lambda v: f"{v:.2f} kmpl"), FEE),
    "usgs_rdb": (
        "# river data\n#\n# retrieved now\n"
        + CLEAN.replace(HEAD, f"{HEAD}\n5s,14n,15s,14n", 1).replace(",", "\t"),
        CLEAN,
    ),
}
"""By kind, a file as written and its clean twin."""


def features(run: Prepared) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = run.json("encoder.json")["features"]
    return [{key: value for key, value in f.items() if key != "style"} for f in found]


@pytest.mark.parametrize("kind", SAME)
def test_file_as_written_gives_the_parts_of_its_clean_twin(kind: str) -> None:
    run, twin = (prepare(text.encode(), {"target": "y"}) for text in SAME[kind])
    assert features(run) == features(twin)
    assert run.fit["task"] == twin.fit["task"]
    for split in ("train", "validation", "test"):
        pd.testing.assert_frame_equal(run.table(split), twin.table(split), check_dtype=False)
    labels, wanted = run.table("truth")["label"], twin.table("truth")["label"]
    pd.testing.assert_series_equal(labels, wanted, check_dtype=False)


ASKED: dict[str, tuple[str, str]] = {
    "dup_leak": ("\n".join([HEAD, *BODY[:100] * 4]), "copies"),
    "group_leak": (
        table(
            ("patient_id", [f"P{n // 4:03d}" for n in NUMBERS]),
            ("age", [20 + n // 4 * 37 % 60 for n in NUMBERS]),
            ("bp", [90 + n // 4 * 53 % 70 for n in NUMBERS]),
            ("visit", [n % 4 for n in NUMBERS]),
            ("y", ["yes" if n // 4 * 29 % 7 > 3 else "no" for n in NUMBERS]),
        ),
        "'patient_id' repeats",
    ),
    "time_leak": (
        table(
            ("date", [str(np.datetime64("2020-01-01") + n) for n in NUMBERS]),
            ("signal", np.round(DRAW.normal(size=ROWS), 3)),
            ("y", np.round(100 + DRAW.normal(size=ROWS).cumsum(), 2)),
        ),
        "in the order of 'date'",
    ),
    "target_code": (
        CLEAN + "\n".join(["5,1.5,pro,99999"] * 3),
        "'99999' (3 rows)",
    ),
}


@pytest.mark.parametrize("kind", ASKED)
def test_rows_that_are_no_fair_test_are_told_and_asked_about(kind: str) -> None:
    text, said = ASKED[kind]
    run = prepare(text.encode(), {"target": "y"})
    assert any(said in warning["message"] for warning in run.warnings), run.warnings
    split = run.json("profile.json")["split"]
    assert split["question"] or split["by"] == "content" or run.codes & set(ASKING)


def test_columns_that_blanks_part_are_refused_with_the_line() -> None:
    lines = "\n".join(f"{a:<8}{b:<9.1f}{c}" for a, b, c in zip(COUNT, FEE, PLAN, strict=True))
    with pytest.raises(InputError, match=r"line 1: blanks part the fields"):
        prepare(lines.encode(), {"target": "column_1"})


def test_labels_first_and_no_header_are_sagemakers_own_form() -> None:
    rows = [f"{int(c == 'yes')},{a},{f}" for a, f, c in zip(COUNT, FEE, CLASS, strict=True)]
    run = prepare("\n".join(rows).encode())
    assert run.json("plan.json")["target_by"] == "first"
    assert run.fit["task"] == "binary"


def test_identifiers_of_19_digits_are_identifiers_and_stay_exact() -> None:
    ids = [str(1_577_153_682_694_196_096 + n * 40_934_213_852) for n in NUMBERS]
    text, _ = with_column("id", ids, ids)
    run = prepare(text.encode(), {"target": "y"})
    assert run.json("encoder.json")["id_columns"] == ["id"]
    truth = b"".join(run.files("truth").values()).decode().splitlines()[1:]
    assert {line.rsplit(",", 1)[1] for line in truth} <= set(ids)


def test_one_stray_text_leaves_a_regression_one_and_is_named() -> None:
    text, _ = with_column("fee", FEE, FEE, some(AMOUNT, "unknown", lambda n: n == 123))
    run = prepare(text.encode(), {"target": "y"})
    assert run.fit["task"] == "regression"
    assert any("'unknown' (1 row)" in warning["message"] for warning in run.warnings)


@pytest.mark.parametrize("cells", [1, 8])
def test_champion_of_numbers_reads_on_past_stray_cells(cells: int) -> None:
    before = prepare(CLEAN.encode(), {"target": "y"}, run="set-1")
    champion = {"found": True, "encoder_key": f"{before.plan['prefix']}/encoder.json"}
    stray = table(
        ("count", COUNT),
        ("fee", some(FEE, "n.v.t.", lambda n: n < cells)),
        ("plan", PLAN),
        ("y", AMOUNT),
    )
    run = prepare(stray.encode(), {"target": "y"}, champion=champion, s3=before.s3, run="set-2")
    assert run.fit["champion"]["usable"]


def test_counts_stay_the_task_that_they_were() -> None:
    first, second = (
        with_column("fee", FEE, FEE, np.minimum(COUNT // 10, most))[0].encode() for most in (6, 7)
    )
    before = prepare(first, {"target": "y", "task": "regression"}, run="set-1")
    champion = {"found": True, "encoder_key": f"{before.plan['prefix']}/encoder.json"}
    run = prepare(second, {"target": "y"}, champion=champion, s3=before.s3, run="set-2")
    assert (before.fit["task"], run.fit["task"]) == ("regression", "regression")
