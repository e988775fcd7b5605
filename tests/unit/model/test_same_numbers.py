"""A model in Python answers what batch transform does, to the last digit of the text."""

import gzip
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.unit.model.made import Made
from tests.unit.prepare.datasets import DATASETS

ODD = Path(__file__).parents[1] / "table" / "reading" / "odd_csv"
EXPECTED: dict[str, dict[str, Any]] = json.loads((ODD / "expected.json").read_text())


def texts_of(table: pl.DataFrame, classes: list[str], row: int) -> str:
    """Write a row's numbers as batch transform writes its line."""
    if not classes:
        return str(table["prediction"][row])
    numbers = [str(table[f"probability_{name}"][row]) for name in classes]
    return numbers[1] if len(classes) == 2 else f"[{', '.join(numbers)}]"


def differing(made: Made, table: pl.DataFrame) -> list[tuple[int, str, str]]:
    classes = made.load().classes
    found = [(row, line, texts_of(table, classes, row)) for row, line in made.container()]
    assert found
    return [(row, line, text) for row, line, text in found if line != text]


@pytest.mark.filterwarnings("ignore:The 'convert_dates' keyword")
@pytest.mark.filterwarnings("ignore::dropforge.model.model.RowsWarning")
@pytest.mark.parametrize("name", DATASETS)
def test_test_rows_of_a_public_file_get_the_text_of_batch_transform(
    name: str, tmp_path: Path
) -> None:
    load, target = DATASETS[name]
    made = Made(tmp_path, load(), {"target": target})
    assert differing(made, made.load().predict(made.file)) == []


@pytest.mark.filterwarnings("ignore::dropforge.model.model.RowsWarning")
@pytest.mark.parametrize("name", [name for name, e in EXPECTED.items() if "warns" in e])
def test_test_rows_of_an_odd_file_get_the_text_of_batch_transform(
    name: str, tmp_path: Path
) -> None:
    made = Made(tmp_path, (ODD / name).read_bytes(), EXPECTED[name].get("settings"))
    assert differing(made, made.load().predict(made.file)) == []


@pytest.mark.parametrize("kind", ["gzip", "utf-16", "utf-8-sig", "cp1252", "crlf", "tab"])
def test_a_file_in_another_form_gets_the_same_predictions(kind: str, tmp_path: Path) -> None:
    lines = [f"{n % 70},{'café' if n % 3 else 'bar'},{n * 7 % 11},{n % 2}" for n in range(200)]
    text = "\n".join(["age,place,visits,left", *lines])
    made = Made(tmp_path, text.encode())
    body = {
        "gzip": gzip.compress(text.encode()),
        "crlf": text.replace("\n", "\r\n").encode(),
        "tab": text.replace(",", "\t").encode(),
    }.get(kind) or text.encode(kind)
    other = tmp_path / "other.csv"
    other.write_bytes(body)
    model = made.load()
    assert model.predict(other).equals(model.predict(made.file))
