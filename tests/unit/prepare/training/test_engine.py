"""What predicts the test rows: as the settings allow, and as large as they are."""

from typing import Any

import pytest

from pipeline.settings import resolve_settings
from prepare.training import engine
from prepare.training.engine import engine_to_test
from prepare.training.job import encoded_bytes
from tests.unit.prepare.pipeline_run import compare_again, prepare
from tests.unit.prepare.steps.test_fit import labelled

AUTO = {"test_predictions": "auto"}
ROWS, SIZE = 1_000, 8_000
TESTED = 150


def encoder(task: str, classes: int) -> Any:
    names = [f"class {number}" for number in range(classes)] if classes else None
    feature = {"name": "a", "column": "a", "encoding": "numeric", "style": "plain"}
    return {"target": {"task": task, "classes": names}, "features": [feature]}


def asked(known: Any, settings: dict[str, Any]) -> str:
    return engine_to_test(resolve_settings(settings), known, ROWS, SIZE)


@pytest.mark.parametrize(
    ("settings", "wanted"),
    [({}, "batch"), ({"test_predictions": "batch"}, "batch"), (AUTO, "function")],
)
def test_job_predicts_unless_the_settings_allow_a_function(
    settings: dict[str, Any], wanted: str
) -> None:
    run = prepare(labelled("0", "1"), settings)
    assert run.fit["engine"] == wanted
    assert compare_again(run, {"found": False}).fit["engine"] == wanted


def test_limit_is_of_the_test_rows_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    known = encoder("regression", 0)
    read = encoded_bytes(known, TESTED, round(0.15 * SIZE))
    assert read > TESTED * 24
    monkeypatch.setattr(engine, "FUNCTION_BYTES", read)
    assert asked(known, AUTO) == "function"
    split = {"train": 0.7, "validation": 0.149, "test": 0.151}
    assert asked(known, AUTO | {"split": split}) == "batch"
    monkeypatch.setattr(engine, "FUNCTION_BYTES", read - 1)
    assert asked(known, AUTO) == "batch"


@pytest.mark.parametrize(
    ("task", "classes", "written"),
    [("multiclass", 40, TESTED * 40 * 24), ("binary", 2, TESTED * 24), ("regression", 0, 0)],
)
def test_many_classes_make_much_of_few_rows(
    task: str, classes: int, written: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = encoder(task, classes)
    most = max(written, encoded_bytes(known, TESTED, round(0.15 * SIZE)))
    monkeypatch.setattr(engine, "FUNCTION_BYTES", most)
    assert asked(known, AUTO) == "function"
    monkeypatch.setattr(engine, "FUNCTION_BYTES", most - 1)
    assert asked(known, AUTO) == "batch"


def test_limit_is_that_of_scored_files() -> None:
    assert engine.FUNCTION_BYTES == 256 * 1024**2
