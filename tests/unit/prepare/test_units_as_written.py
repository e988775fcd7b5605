"""Numbers with units, per cent and currencies are read alike however they are written."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from pipeline.vocabulary import ASKING
from tests.unit.prepare.pipeline_run import Prepared, prepare
from tests.unit.prepare.test_as_written import features

ROWS = 300
DRAW = np.random.default_rng(3)
SIZE = np.round(DRAW.uniform(2, 4_000, ROWS), 1)
COUNT = DRAW.integers(1, 90, ROWS)
OTHER = np.round(DRAW.uniform(0, 50, ROWS), 2)
CLASS = np.where(SIZE / 40 + DRAW.normal(0, 20, ROWS) > 50, "yes", "no")
NUMBERS = range(ROWS)

Write = Callable[[int, float], str]


def of(
    write: Write, values: np.ndarray = SIZE, delimiter: str = ",", chunk_bytes: int = 1 << 26
) -> Prepared:
    """Prepare a file with a column ``size`` of values written so."""
    lines = [delimiter.join(["size", "other", "y"])]
    point = "," if delimiter == ";" else "."
    for n in NUMBERS:
        other = f"{OTHER[n]:.2f}".replace(".", point)
        lines.append(delimiter.join([write(n, float(values[n])), other, CLASS[n]]))
    return prepare("\n".join(lines).encode(), {"target": "y"}, chunk_bytes=chunk_bytes)


def german(value: float) -> str:
    return f"{value:,.1f}".replace(",", "_").replace(".", ",").replace("_", ".")


def same(run: Prepared, twin: Prepared) -> None:
    assert features(run) == features(twin)
    for split in ("train", "validation", "test"):
        pd.testing.assert_frame_equal(run.table(split), twin.table(split), check_dtype=False)


def told(run: Prepared, code: str) -> str:
    return " ".join(w["message"] for w in run.warnings if w["code"] == code)


@pytest.mark.parametrize(
    ("write", "values", "delimiter", "said"),
    [
        (
            lambda n, v: f"{v:.0f} days" if n % 3 == 0 else f"{v:.0f}",
            COUNT,
            ",",
            "'days' behind 100",
        ),
        (lambda n, v: f"{v:.0f}" if n % 3 == 0 else f"{v:.0f}d", COUNT, ",", "'d' behind 200"),
        (lambda _, v: f"{v:.0f} day{'' if v == 1 else 's'}", COUNT, ",", "'days' behind them"),
        (
            lambda n, v: f"{v:.0f}{[' Kg', 'kg', ' KG.', ''][n % 4]}",
            COUNT,
            ",",
            "behind 225 of 300",
        ),
        (lambda n, v: f"{v:.0f}%" if n % 4 else f"{v:.0f}", COUNT, ",", "% behind 225 of 300"),
        (
            lambda n, v: f"{v:.0f}%" if n % 4 else "0",
            np.where(np.arange(ROWS) % 4, COUNT, 0),
            ",",
            "",
        ),
        (lambda _, v: f"{german(v)} kg", SIZE, ";", "'kg' behind them"),
        (
            lambda n, v: f"{german(v)}kg" if n % 2 else german(v),
            SIZE,
            ";",
            "'kg' behind 150 of 300",
        ),
        (lambda _, v: f'"{german(v)} m²"', SIZE, ",", "'m²' behind them"),
        (lambda _, v: f"€ {german(v)}", SIZE, ";", ""),
        (lambda _, v: f"{german(v)} EUR", SIZE, ";", "'EUR' behind them"),
        (lambda _, v: f"{german(v)} %", SIZE, ";", ""),
    ],
)
@pytest.mark.parametrize("chunk_bytes", [1 << 26, 700])
def test_numbers_with_a_unit_are_those_without_and_it_is_told(
    write: Write, values: np.ndarray, delimiter: str, said: str, chunk_bytes: int
) -> None:
    digits, point = (1 if values is SIZE else 0), ("," if delimiter == ";" else ".")
    twin = of(lambda _, v: f"{v:.{digits}f}".replace(".", point), values, delimiter)
    run = of(write, values, delimiter, chunk_bytes)
    if chunk_bytes == 1 << 26:
        same(run, twin)
    assert run.table("train").shape == twin.table("train").shape
    assert said in told(run, "unit")
    assert not run.codes & set(ASKING)


@pytest.mark.parametrize(
    ("write", "said"),
    [
        (lambda n, v: f"{v:.0f} g" if n % 3 else f"{v / 1000:.2f} kg", "'g (200)', 'kg (100)'"),
        (lambda n, v: f"{v:.0f}min" if n % 4 else f"{v / 60:.1f} h", "'min (225)', 'h (75)'"),
        (lambda n, v: f"${v:.1f}" if n % 4 else f"€{v:.1f}", "'$ (225)', '€ (75)'"),
        (lambda n, v: f"{v:.1f} m" if n % 50 else f"{v * 3.28:.0f} ft", "'ft (6)', which count as"),
        (lambda n, v: f"{v:.1f} USD" if n % 50 else f"£{v:.1f}", "'$ (294)', '£ (6)'"),
        (lambda n, v: f"{v / 50:.1f}%" if n % 3 else f"{v / 5000:.3f}", "which may be shares"),
        (lambda n, v: [f"{v / 40 + 1:.0f}%", f"{v / 40:.0f}", f"{v / 4000:.2f}"][n % 3], "shares"),
        (lambda n, v: f"{v / 50:.1f}%" if n % 90 else f"{v / 5000:.3f}", "which may be shares"),
    ],
)
def test_two_units_or_scales_in_one_column_are_asked_about(write: Write, said: str) -> None:
    run = of(write)
    assert said in told(run, "mixed_units")
    assert "size" in told(run, "mixed_units")


def test_column_that_its_owner_left_out_is_not_asked_about() -> None:
    lines = [f"{SIZE[n]:.0f} {'kg' if n % 3 else 'g'},{OTHER[n]},{CLASS[n]}" for n in NUMBERS]
    text = "\n".join(["size,other,y", *lines]).encode()
    assert "mixed_units" in prepare(text, {"target": "y"}).codes
    assert "mixed_units" not in prepare(text, {"target": "y", "drop_columns": ["size"]}).codes


def test_target_in_two_units_is_asked_about() -> None:
    lines = [f"{COUNT[n]},{SIZE[n] // 90:.0f} {'kg' if n % 3 else 'g'}" for n in NUMBERS]
    run = prepare("\n".join(["count,y", *lines]).encode(), {"target": "y"})
    assert "'kg (200)', 'g (100)'" in told(run, "mixed_units")


def test_target_with_a_unit_behind_a_part_is_a_regression_of_all_rows() -> None:
    rows = [f"{SIZE[n]:.1f}{' days' if n % 3 == 0 else ''}" for n in NUMBERS]
    text = "\n".join(["count,y", *(f"{COUNT[n]},{rows[n]}" for n in NUMBERS)]).encode()
    run, small = (prepare(text, {"target": "y"}, chunk_bytes=size) for size in (1 << 26, 300))
    assert run.fit["task"] == "regression"
    assert sum(len(run.table(split)) for split in ("train", "validation", "test")) == ROWS
    # Each chunk knows how many rows with a target lie before it.
    pd.testing.assert_frame_equal(small.table("truth"), run.table("truth"))


def test_package_sizes_are_categories_and_told() -> None:
    run = of(lambda n, _: ["500 g", "1 kg", "2 kg", "250 g"][n % 4])
    assert "mixed_units" not in run.codes
    assert "kg (150)" in told(run, "read_as_category")


@pytest.mark.parametrize("texts", [("3", "3a", "4", "12b"), ("1st", "2nd", "3rd", "4")])
def test_letters_behind_few_digits_are_codes(texts: tuple[str, ...]) -> None:
    run = of(lambda n, _: texts[n % len(texts)])
    kinds = {f["encoding"] for f in run.json("encoder.json")["features"] if f["column"] == "size"}
    assert kinds <= {"one_hot", "boolean"}


def test_champion_reads_another_spelling_of_its_unit() -> None:
    before = of(lambda _, v: f"{v:.1f} kg")
    champion = {"found": True, "encoder_key": f"{before.plan['prefix']}/encoder.json"}
    lines = [f"{SIZE[n]:.1f}{'KG' if n % 2 else ''},{OTHER[n]},{CLASS[n]}" for n in NUMBERS]
    data = "\n".join(["size,other,y", *lines]).encode()
    run = prepare(data, {"target": "y"}, champion=champion, s3=before.s3, run="set-2")
    assert run.fit["champion"]["usable"]
    assert "champion_unread" not in run.codes
    pd.testing.assert_frame_equal(run.table("champion"), before.table("test"))
