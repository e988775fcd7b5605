import json

import pytest

from pipeline.errors import SettingsError
from pipeline.settings import SCHEMA_FILE, parse_settings, resolve_settings

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
        ("[]", "the whole", "[]"),
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


@pytest.mark.parametrize("text", ["", "{", b"\xff\xfe", "target: y"])
def test_settings_that_are_no_json_are_refused_by_name(text: str | bytes) -> None:
    with pytest.raises(SettingsError, match="is no JSON"):
        parse_settings(text, SOURCE)


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
        ('{"hyperparameters": {"Eta": 1}}', 'hyperparameters has the name "Eta"; names are '),
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
