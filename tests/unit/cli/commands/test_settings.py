"""`dropforge settings`: shows and changes what counts for a dataset's next drops."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from dropforge.cli.app import app
from dropforge.cli.commands import settings as command
from dropforge.client.stack import Stack
from tests.unit.cli.fakes import BUCKET, fake_stack

KEY = "inbox/churn/pipeline.json"


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> Stack:
    made = fake_stack()

    @contextmanager
    def connected(_env: str, _output: Any) -> Iterator[Stack]:
        yield made

    monkeypatch.setattr(command, "connected", connected)
    return made


def call(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["settings", *arguments], env={"COLUMNS": "200"})


def put(stack: Stack, text: str) -> None:
    stack.client("s3").put_object(Bucket=BUCKET, Key=KEY, Body=text.encode())


def stored(stack: Stack) -> Any:
    return json.loads(stack.session.s3.objects[KEY])


def test_settings_of_a_dataset_without_any_are_the_defaults(stack: Stack) -> None:
    shown = json.loads(call("churn", "--json").stdout)
    assert (shown["dataset"], shown["settings"], shown["changed"]) == ("churn", {}, False)
    assert shown["effective"]["promotion"] == "auto"
    assert stack.session.s3.puts == []
    assert "nothing; the defaults count" in call("churn").stdout


def test_settings_shows_what_is_set_apart_from_the_defaults(stack: Stack) -> None:
    put(stack, '{"metric": "auc", "split": {"seed": 3}}')
    said = call("churn").stdout
    assert said.index('metric: "auc"') < said.index('promotion: "auto"')
    assert f"s3://{BUCKET}/{KEY}" in said
    assert json.loads(call("churn", "--json").stdout)["effective"]["split"]["train"] == 0.7


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("minimum=0.8", "minimum", 0.8),
        ("use_spot=true", "use_spot", True),
        ("metric=auc", "metric", "auc"),
        ("target=left = right", "target", "left = right"),
        ('target="5"', "target", "5"),
        ('id_columns=["a", "b"]', "id_columns", ["a", "b"]),
        ("split.seed=3", "split", {"seed": 3}),
        ("hyperparameters.eta=0.1", "hyperparameters", {"eta": 0.1}),
    ],
)
def test_settings_sets_a_value_as_json_or_as_text(
    stack: Stack, text: str, name: str, value: Any
) -> None:
    put(stack, '{"promotion": "manual"}')
    result = call("churn", "--set", text, "--json")
    assert result.exit_code == 0, result.output
    assert stored(stack) == {"promotion": "manual", name: value}
    assert json.loads(result.stdout)["changed"]


def test_settings_of_a_part_keep_the_other_parts(stack: Stack) -> None:
    put(stack, '{"split": {"seed": 1, "time_column": "day"}}')
    assert call("churn", "--set", "split.seed=2", "--unset", "split.time_column").exit_code == 0
    assert stored(stack) == {"split": {"seed": 2}}


def test_settings_unset_returns_to_the_default(stack: Stack) -> None:
    put(stack, '{"minimum": 0.8, "metric": "auc"}')
    assert call("churn", "--unset", "minimum").exit_code == 0
    assert stored(stack) == {"metric": "auc"}


def test_settings_from_a_file_replace_all_and_single_ones_come_after(
    stack: Stack, tmp_path: Path
) -> None:
    put(stack, '{"minimum": 0.8}')
    file = tmp_path / "mine.json"
    file.write_text('{"metric": "auc", "promotion": "manual"}')
    assert call("churn", "--file", str(file), "--set", "promotion=never").exit_code == 0
    assert stored(stack) == {"metric": "auc", "promotion": "never"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--set", "promotion=maybe"), "promotion must be one of"),
        (("--set", "split.seed=-1"), "split.seed"),
        (("--set", "hyperparameters.eta=5"), "hyperparameters.eta"),
        (("--set", "metrics=auc"), "did you mean 'metric'?"),
        (("--set", "split.train=0.9"), "must sum to 1"),
        (("--set", "target=5"), "target must be a text in quotes"),
        (("--set", "minimum=NaN"), "minimum"),
        (("--set", "metric.name=auc"), "metric"),
        (("--unset", "minimum"), "minimum is not set"),
        (("--unset", "split.seed"), "split.seed is not set"),
        (("--file", "none.json"), "none.json cannot be read"),
    ],
)
def test_settings_that_are_wrong_are_refused_with_the_path_and_change_nothing(
    stack: Stack, arguments: tuple[str, str], words: str
) -> None:
    put(stack, '{"metric": "auc"}')
    result = call("churn", *arguments)
    assert result.exit_code == 2
    assert words in " ".join(result.stderr.split())
    assert stored(stack) == {"metric": "auc"}


@pytest.mark.parametrize("text", ["metric", "=auc", " =1"])
def test_settings_set_without_a_name_or_a_value_is_bad_usage(stack: Stack, text: str) -> None:
    assert call("churn", "--set", text).exit_code == 2
    assert stack.session.s3.puts == []


@pytest.mark.parametrize("name", ["Churn", "a/b", "", "-x", "a" * 32])
def test_settings_of_a_bad_dataset_name_are_refused(stack: Stack, name: str) -> None:
    assert call("--set", "metric=auc", "--", name).exit_code == 2
    assert stack.session.s3.puts == []


def test_settings_that_a_wrong_file_holds_can_be_mended(stack: Stack) -> None:
    put(stack, '{"metrics": "auc"}')
    assert "metric" in call("churn").stderr
    assert call("churn", "--unset", "metrics").exit_code == 0
    assert stored(stack) == {}


def test_settings_that_are_no_json_can_be_replaced(stack: Stack, tmp_path: Path) -> None:
    put(stack, "{")
    refused = call("churn", "--set", "metric=auc")
    assert refused.exit_code == 2
    assert "--file FILE" in refused.stderr
    file = tmp_path / "mine.json"
    file.write_text("{}")
    assert call("churn", "--file", str(file)).exit_code == 0
    assert stored(stack) == {}


def test_settings_that_another_changes_meanwhile_both_count(stack: Stack) -> None:
    put(stack, "{}")
    s3 = stack.session.s3
    get, meddled = s3.get_object, []

    def between(**given: Any) -> Any:
        answer = get(**given)
        if not meddled:
            meddled.append(1)
            put(stack, '{"minimum": 0.8}')
        return answer

    s3.get_object = between
    assert call("churn", "--set", "metric=auc").exit_code == 0
    assert stored(stack) == {"minimum": 0.8, "metric": "auc"}
