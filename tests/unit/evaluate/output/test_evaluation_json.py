"""evaluation.json follows its schema, and its first sentence says how few rows it stands on."""

import json
from collections.abc import Callable
from pathlib import Path

import fastjsonschema
import pytest

from evaluate.output import evaluation_json as written
from tests.unit.evaluate.made_run import MadeRun, evaluated

Runs = Callable[[str], MadeRun]
TASKS = ("regression", "binary", "multiclass")
SCHEMA = Path(written.__file__).with_name("evaluation.schema.json")


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("compared", [True, False])
def test_evaluation_json_follows_its_schema(run_of: Runs, task: str, compared: bool) -> None:
    run = run_of(task)
    if compared:
        run.add_champion(run.predicted)
    evaluated(run)
    fastjsonschema.compile(json.loads(SCHEMA.read_text()))(run.json("evaluation.json"))


@pytest.mark.parametrize("task", TASKS)
def test_schema_refuses_an_unknown_field(run_of: Runs, task: str) -> None:
    run = run_of(task)
    evaluated(run)
    validate = fastjsonschema.compile(json.loads(SCHEMA.read_text()))
    with pytest.raises(fastjsonschema.JsonSchemaException):
        validate(run.json("evaluation.json") | {"surprise": 1})


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize(("rows", "few"), [(29, True), (30, False)])
def test_few_test_rows_are_said_in_the_first_sentence(
    run_of: Runs, task: str, rows: int, few: bool
) -> None:
    run = run_of(task)
    run.keep(rows)
    sentence = evaluated(run)["sentence"]
    said = f"on only {rows} rows that it never saw (95 % interval "
    assert (said in sentence) == few
    codes = {item["code"] for item in run.json("evaluation.json")["warnings"]}
    assert ("few_test_rows" in codes) == few
    assert (f"Only {rows} test rows: the value" in run.text("report.html")) == few


def test_one_test_row_says_that_it_is_too_few(run_of: Runs) -> None:
    run = run_of("multiclass")
    run.keep(1)
    interval = "on only 1 row that it never saw ("
    assert interval in evaluated(run)["sentence"]
