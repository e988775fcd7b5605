"""A run's model in Python answers what batch transform did, for each of the run's test rows."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest
import xgboost
from sklearn import datasets

from dropforge.model.files import load_files
from dropforge.model.model import Model
from pipeline import layout
from seed.sample import SampleSize, sample_csv
from tests.stack.application import Application


def _exported(name: str) -> bytes:
    data = getattr(datasets, f"load_{name}")(as_frame=True)
    frame = data.frame.copy()
    if name != "diabetes":
        frame["target"] = [f"class {data.target_names[value]}" for value in frame["target"]]
    body: bytes = frame.to_csv(index=False).encode()
    return body


def _german() -> bytes:
    """Write dates, decimal commas, categories, gaps and times as programs in Germany do."""
    lines = ["Tag;Preis;Filiale;Dauer;Kunde;Umsatz"]
    for n in range(900):
        price = "" if n % 17 == 0 else f"{n % 9 + 1}.{n % 900 + 100:03d},{n % 10}"
        lines.append(
            f"{n % 28 + 1:02d}.{n % 12 + 1:02d}.2024;{price};{['Nord', 'Süd', 'West'][n % 3]};"
            f"{n % 50}:{n % 60:02d}:00;K{n % 40};{n % 9 * 100 + n % 3 * 25},{n % 7}"
        )
    return "\n".join(lines).encode("cp1252")


FILES: dict[str, tuple[Any, str, dict[str, Any]]] = {
    "breast_cancer": (lambda: _exported("breast_cancer"), "binary", {}),
    "diabetes": (lambda: _exported("diabetes"), "regression", {}),
    "wine": (lambda: _exported("wine"), "multiclass", {}),
    "digits": (lambda: _exported("digits"), "multiclass", {}),
    "sample": (
        lambda: sample_csv(SampleSize(rows=1200, seed=7)),
        "binary",
        {"target": "cancelled"},
    ),
    "german": (_german, "regression", {"target": "Umsatz"}),
}


def run_of(application: Application, name: str, folder: Path) -> tuple[str, Path]:
    """Train on a file, and fetch its model as `dropforge fetch` does."""
    load, _, settings = FILES[name]
    body = load()
    dataset = f"py-{name.replace('_', '-')}"
    application.settings(dataset, settings)
    run = application.drop(f"inbox/{dataset}/{name}.csv", body)
    message = application.message(run)
    assert message["status"] == "SUCCEEDED", message["text"]
    key = message["result"]["files"]["model"].split("/", 3)[3]
    (folder / "model.tar.gz").write_bytes(application.read(key) or b"")
    encoder = application.read(layout.run_key(run, layout.ENCODER))
    (folder / "encoder.json").write_bytes(encoder or b"")
    (folder / "rows.csv").write_bytes(body)
    return run, folder / "rows.csv"


def transformed(application: Application, run: str) -> list[tuple[int, str]]:
    """Return the number of each test row, from 0, and the line of batch transform for it."""
    found = []
    for key in sorted(application.keys(f"runs/{run}/data/truth/")):
        name = key.rsplit("/", 1)[-1]
        truth = csv.reader(io.StringIO((application.read(key) or b"").decode()))
        lines = (application.read(f"runs/{run}/predictions/{name}.out") or b"").decode()
        rows = [int(record[0]) - 1 for record in list(truth)[1:]]
        found += zip(rows, lines.splitlines(), strict=True)
    return found


def line_of(model: Model, row: dict[str, Any]) -> str:
    """Write a row's numbers as batch transform writes its line."""
    if model.task == "regression":
        return str(row["prediction"])
    numbers = [str(row[f"probability_{name}"]) for name in model.classes]
    return numbers[1] if model.task == "binary" else f"[{', '.join(numbers)}]"


@pytest.mark.parametrize("name", FILES)
def test_every_test_row_of_a_run_gets_the_text_of_its_batch_transform(
    application: Application, tmp_path: Path, name: str
) -> None:
    run, file = run_of(application, name, tmp_path)
    model = load_files(tmp_path)
    assert model.task == FILES[name][1]
    expected = transformed(application, run)
    assert len(expected) > 20
    table = model.predict(file)
    assert [line_of(model, table.row(row, named=True)) for row, _ in expected] == [
        line for _, line in expected
    ]
    # One by one, as `dropforge predict` asks, and as frames of texts.
    separator = json.loads((tmp_path / "encoder.json").read_text())["dialect"]["delimiter"]
    frame = pl.read_csv(file, separator=separator, infer_schema=False, encoding="cp1252")
    some = expected[::7]
    rows = frame.to_dicts()
    assert [line_of(model, model.predict(rows[row])) for row, _ in some] == [
        line for _, line in some
    ]
    assert model.predict(frame).equals(table)


def test_pandas_with_its_own_types_gets_the_same_numbers(
    application: Application, tmp_path: Path
) -> None:
    run, file = run_of(application, "sample", tmp_path)
    model = load_files(tmp_path)
    expected = transformed(application, run)
    found = model.predict(pd.read_csv(file)).to_dict("records")
    assert [line_of(model, found[row]) for row, _ in expected] == [line for _, line in expected]
    # And plain xgboost, from the features that the model makes.
    matrix = xgboost.DMatrix(
        model.encode(file).to_numpy(), feature_names=model.booster.feature_names
    )
    plain = model.booster.predict(matrix).tolist()
    assert [str(plain[row]) for row, _ in expected] == [line for _, line in expected]


def test_a_file_gets_the_predictions_and_reasons_that_scoring_it_gives(
    application: Application, tmp_path: Path
) -> None:
    _, file = run_of(application, "sample", tmp_path)
    scoring = application.drop("score/py-sample/rows.csv", file.read_bytes())
    message = application.message(scoring)
    assert message["status"] == "SUCCEEDED", message["text"]
    key = message["result"]["files"]["predictions"].split("/", 3)[3]
    scored = pl.read_csv(application.read(key) or b"", infer_schema=False)
    found = load_files(tmp_path).predict(file, reasons=3)
    assert found.height == scored.height == 1200
    for name in found.columns:
        texts = ["" if value is None else str(value) for value in found[name]]
        assert texts == scored[name].fill_null("").to_list(), name
