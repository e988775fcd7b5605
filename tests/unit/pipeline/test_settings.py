import json
import math

import pytest

from evaluate.metrics import scored
from pipeline.errors import SettingsError
from pipeline.settings import SCHEMA_FILE, parse_settings, resolve_settings
from prepare.training.hyperparameters import METRICS

SOURCE = "inbox/churn/pipeline.json"


def test_settings_of_nothing_are_the_defaults_of_the_schema() -> None:
    settings = resolve_settings({})
    properties = json.loads(SCHEMA_FILE.read_text())["properties"]
    expected = {name: spec["default"] for name, spec in properties.items() if "default" in spec}
    assert settings == expected
    assert settings["split"]["train"] == 0.7


def test_settings_resolved_twice_stay_the_same() -> None:
    once = resolve_settings({"target": "y", "split": {"seed": 3}})
    assert resolve_settings(once) == once
    assert once["split"] == {"seed": 3, "train": 0.7, "validation": 0.15, "test": 0.15}


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        ('{"split": {"train": 2}}', "split.train", "2"),
        ('{"metric": "best"}', "metric", '"best"'),
        ('{"targets": "y"}', "targets", "targets"),
        ('{"instance_type": "t3.micro"}', "instance_type", "t3.micro"),
        ('{"id_columns": "a"}', "id_columns", '"a"'),
        ('{"hyperparameters": {"eta": [1]}}', "hyperparameters.eta", "[1]"),
        ('{"max_runtime_seconds": 1}', "max_runtime_seconds", "1"),
        ("[]", "pipeline.json", "[]"),
    ],
)
def test_settings_with_a_bad_value_are_refused_with_its_path(
    text: str, path: str, value: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        parse_settings(text, SOURCE)
    message = str(caught.value)
    assert message.startswith(f"{SOURCE}: ")
    assert path in message
    assert value in message


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        b"\xff\xfe",
        "target: y",
        "[" * 100_000,
        '{"minimum": NaN}',
        '{"minimum": -Infinity}',
        '{"minimum": 1e999}',
        '{"max_cost_usd": 1' + "0" * 400 + "}",
        '{"minimum": ' + "9" * 5000 + "}",
    ],
)
def test_settings_that_are_no_json_are_refused_by_name(text: str | bytes) -> None:
    with pytest.raises(SettingsError, match="is no JSON") as caught:
        parse_settings(text, SOURCE)
    assert len(str(caught.value)) < 200
    assert "recursion" not in str(caught.value)


def test_settings_file_that_is_no_text_is_refused_in_plain_words() -> None:
    with pytest.raises(SettingsError) as caught:
        parse_settings(b'{"target": "Gr\xf6\xdfe"}', SOURCE)
    assert str(caught.value) == f"{SOURCE} is no text file; it must be JSON in UTF-8"


@pytest.mark.parametrize("raw", [{"minimum": math.inf}, {"minimum": math.nan}])
def test_settings_of_an_execution_that_are_not_finite_are_refused(raw: object) -> None:
    with pytest.raises(SettingsError, match="settings is no JSON"):
        resolve_settings(raw)


def test_whole_numbers_written_with_a_point_become_whole() -> None:
    # SageMaker refuses an InstanceCount of 2.0, and its container a max_depth of "5.0".
    text = '{"instance_count": 2.0, "hyperparameters": {"max_depth": 5.0, "eta": 0.5}}'
    settings = parse_settings(text, SOURCE)
    assert json.dumps(settings["instance_count"]) == "2"
    assert json.dumps(settings["hyperparameters"]) == '{"max_depth": 5, "eta": 0.5}'


def test_settings_whose_fractions_do_not_sum_to_one_are_refused() -> None:
    with pytest.raises(SettingsError, match=r"sum to 0\.8; they must sum to 1"):
        resolve_settings({"split": {"train": 0.5}})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"idcolumns": ["a"]}', "unknown setting 'idcolumns'; did you mean 'id_columns'?"),
        ('{"maxCostUsd": 3}', "unknown setting 'maxCostUsd'; did you mean 'max_cost_usd'?"),
        ('{"Target": "y"}', "unknown setting 'Target'; did you mean 'target'?"),
        ('{"split": {"tset": 0.2}}', "unknown setting 'tset' in split; did you mean 'test'?"),
        ('{"xyzzy": 1}', "unknown setting 'xyzzy'; known are target, task, "),
        ('{"a": 1, "taks": 1}', "; unknown setting 'taks'; did you mean 'task'?"),
        (
            '{"hyperparameters": {"max_dept": 3}}',
            "unknown setting 'max_dept' in hyperparameters; did you mean 'max_depth'?",
        ),
        (
            '{"hyperparameters": {"max_depth\\n": 3}}',
            "unknown setting 'max_depth\\n' in hyperparameters; did you mean 'max_depth'?",
        ),
        (
            '{"hyperparameters": {"Eta": 1}}',
            "unknown setting 'Eta' in hyperparameters; did you mean 'eta'?",
        ),
        ('{"hyperparameters": {"xyzzy": 1}}', "'xyzzy' in hyperparameters; known are num_round, "),
        (
            '{"hyperparameters": {"max_depth": "deep"}}',
            'hyperparameters.max_depth must be a whole number, but is "deep"',
        ),
        ('{"hyperparameters": {"eta": 1.5}}', "hyperparameters.eta must be smaller than or equal"),
        ("[]", "pipeline.json must be an object in braces, but is []"),
        ('{"target": 3}', "target must be a text in quotes, but is 3"),
        ('{"keep_alive_seconds": 0}', "keep_alive_seconds must be bigger than or equal to 1"),
        ('{"keep_alive_seconds": 21601}', "must be smaller than or equal to 21600"),
        ('{"test_predictions": "function"}', 'must be one of "auto", "batch", but is "function"'),
        (
            '{"test_predictions": true}',
            'test_predictions must be one of "auto", "batch", but is true',
        ),
        ('{"use_spot": "yes"}', 'use_spot must be true or false, but is "yes"'),
        (
            '{"positive_label": []}',
            "positive_label must be a text in quotes or a number or true or false, but is []",
        ),
        ('{"promotion": "no"}', 'must be one of "auto", "manual", "never", but is "no"'),
        (
            '{"split": {"time_column": "a", "group_column": "b"}}',
            "split.time_column and split.group_column exclude each other; keep one of them",
        ),
    ],
)
def test_settings_that_break_the_schema_are_refused_in_plain_words(text: str, says: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parse_settings(text, SOURCE)
    assert says in str(caught.value)
    for term in ("properties", "definition", "propertyName"):
        assert term not in str(caught.value)


def test_metrics_by_task_are_those_that_models_are_judged_by() -> None:
    judged = {
        task: {metric.name for metric in scored.METRICS.values() if task in metric.tasks}
        for task in METRICS
    }
    assert {task: set(names) for task, names in METRICS.items()} == judged
    properties = json.loads(SCHEMA_FILE.read_text())["properties"]
    assert set(properties["metric"]["enum"]) == set().union(*judged.values())
    assert set(properties["task"]["enum"]) == {"auto", *judged}


def test_hyperparameters_may_be_texts_as_sagemakers_own_examples_have_them() -> None:
    quoted = {"num_round": "50", "eta": "0.2", "objective": "reg:squarederror", "eval_metric": "1"}
    settings = resolve_settings({"hyperparameters": quoted})
    assert settings["hyperparameters"] == quoted | {"num_round": 50, "eta": 0.2}
