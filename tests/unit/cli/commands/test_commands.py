"""The commands as a user gives them: what they print, where, and how they exit."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from dropforge.cli import follow_and_fetch
from dropforge.cli.app import app
from dropforge.cli.connection import after_interrupt
from dropforge.client.stack import Stack
from dropforge.errors import FollowTimeoutError
from pipeline.run_names import run_name
from tests.unit.cli.fakes import (
    BUCKET,
    NOON,
    RUN,
    call,
    finished_run,
    message,
    rejection,
    succeeded,
    upcoming,
)

RESULT_KEYS = [
    "run",
    "dataset",
    "status",
    "verdict",
    "task",
    "target",
    "metric",
    "champion",
    "metrics",
    "rows",
    "split",
    "search",
    "refit",
    "warnings",
    "seconds",
    "files",
    "message",
]


def test_run_prints_the_verdict_and_fetches_the_files(stack: Stack, csv: Path) -> None:
    name = upcoming(message(), stack)
    result = call("run", str(csv))
    assert result.exit_code == 0, result.output
    assert "Approved: this model is now in use for churn." in result.stdout
    assert "auc 0.9123 (higher is better)" in result.stdout
    assert "column 'note' is always the same" in result.stdout
    assert "Plan data: done, 1.0 s" in result.stderr
    out = csv.parent / "dropforge-out" / name
    assert sorted(path.name for path in out.iterdir()) == [
        "encoder.json",
        "evaluation.json",
        "model.tar.gz",
        "predictions.csv",
        "report.html",
    ]
    table = (out / "predictions.csv").read_text().splitlines()
    assert table[:2] == [
        "row,id,actual,prediction,probability_no,probability_yes",
        "4,C-4,yes,yes,0.25,0.75",
    ]


def test_run_with_json_prints_one_object_and_nothing_else_on_stdout(
    stack: Stack, csv: Path
) -> None:
    name = upcoming(message(), stack)
    result = call("run", str(csv), "--json", "--out", "there")
    printed = json.loads(result.stdout)
    assert list(printed) == RESULT_KEYS
    assert (printed["run"], printed["verdict"]) == (name, "approved")
    assert printed["seconds"] == {"total": 5.0, "Plan data": 1.0, "Evaluate": 1.0}
    assert list(printed["files"]) == ["report", "evaluation", "model", "encoder", "predictions"]
    assert printed["files"]["predictions"] == str(csv.parent / "there" / "predictions.csv")
    assert all(Path(path).is_file() for path in printed["files"].values())


def test_run_puts_the_settings_beside_the_file_before_it(stack: Stack, csv: Path) -> None:
    upcoming(message(), stack)
    settings = csv.parent / "mine.json"
    settings.write_text('{"promotion": "manual"}')
    call("run", str(csv), "--settings", str(settings), "--target", "age", "--dataset", "churn")
    beside, dropped = stack.session.s3.puts
    assert beside.startswith("settings/churn/")
    assert dropped == "inbox/churn/churn.csv"
    assert json.loads(stack.session.s3.objects[beside]) == {"promotion": "manual", "target": "age"}


def test_run_of_a_refused_file_shows_the_message_and_exits_2(stack: Stack, csv: Path) -> None:
    refusal = rejection()
    name = run_name("churn", NOON, BUCKET, "inbox/churn/churn.csv", "v1")
    body = json.dumps({**refusal, "run": name}).encode()
    stack.session.s3.objects[f"runs/{name}/message.json"] = body
    result = call("run", str(csv))
    assert result.exit_code == 2
    assert "column 'prize' is not in churn.csv" in result.stdout
    assert "TargetMissingError" not in result.output
    stack.session.s3.puts = []
    printed = json.loads(call("run", str(csv), "--json").stdout)
    assert (printed["verdict"], printed["message"]) == ("rejected_input", refusal["text"])
    assert (printed["metric"], printed["files"]) == (None, {})


def test_run_gives_the_reason_in_the_words_of_the_report(stack: Stack, csv: Path) -> None:
    name = upcoming(message(verdict="pending"), stack)
    key = f"runs/{name}/evaluation.json"
    document = json.loads(stack.session.s3.objects[key])
    document["verdict"] = {"sentence": "A person decides."}
    stack.session.s3.objects[key] = json.dumps(document).encode()
    assert "A person decides." in call("run", str(csv)).stdout


def test_run_that_failed_exits_3(stack: Stack, csv: Path) -> None:
    upcoming(message(status="FAILED", verdict="failed", result=None, text="out of memory"), stack)
    result = call("run", str(csv))
    assert (result.exit_code, "out of memory" in result.stdout) == (3, True)


@pytest.mark.parametrize("verdict", ["pending", "kept_champion", "below_minimum"])
def test_run_that_is_not_promoted_exits_0_and_says_so(
    stack: Stack, csv: Path, verdict: str
) -> None:
    told = message(verdict=verdict)
    told["result"]["verdict"] = verdict
    told["result"]["champion"] = {"name": "auc", "value": 0.95, "goal": "max"}
    upcoming(told, stack)
    result = call("run", str(csv))
    assert result.exit_code == 0
    assert "Approved" not in result.stdout
    assert {"pending": "Waiting for approval"}.get(verdict, "Not promoted") in result.stdout


@pytest.mark.parametrize("name", ["missing.csv", "notes.txt", ""])
def test_run_of_what_cannot_be_dropped_exits_2_without_a_traceback(
    stack: Stack, tmp_path: Path, name: str
) -> None:
    (tmp_path / "notes.txt").touch()
    result = call("run", str(tmp_path / name), "--json")
    assert result.exit_code == 2
    printed = json.loads(result.stdout)
    assert list(printed) == RESULT_KEYS
    assert (printed["verdict"], printed["run"]) == ("rejected_input", None)
    assert printed["message"] in result.stderr
    assert "Traceback" not in result.output
    assert stack.session.s3.puts == []


def test_demo_follows_the_sample_that_the_stack_drops(stack: Stack) -> None:
    finished_run(stack)
    stack.session.states.history = succeeded("Plan data")
    stack.session.functions.answer = {"key": "inbox/s/s.csv", "dataset": "s", "run": RUN}
    result = call("demo")
    assert result.exit_code == 0, result.output
    assert "Dropped s3://drops/inbox/s/s.csv" in result.stderr
    assert f"dropforge-out/{RUN}/report.html" in result.stdout


def test_demo_whose_function_fails_exits_3_with_the_object(stack: Stack) -> None:
    stack.session.functions.error = True
    stack.session.functions.answer = {"errorMessage": "no"}
    result = call("demo", "--json")
    assert result.exit_code == 3
    assert json.loads(result.stdout)["verdict"] == "failed"


@pytest.mark.parametrize("arguments", [["run"], ["nonsense"], ["demo", "--nonsense"]])
def test_bad_usage_exits_2(arguments: list[str]) -> None:
    assert call(*arguments).exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "--json"], "Missing argument 'FILE'."),
        (["nonsense", "--json"], "No such command 'nonsense'."),
        (["--nonsense", "runs", "--json"], "No such option: --nonsense"),
        (["runs", "--limit", "many", "--json"], "'many' is no whole number; give one from 1 to"),
        (["demo", "--json", "--timeout", "long"], "'long' is no number; give one at least 1"),
        (["demo", "--json", "--timeout", "nan"], "nan is out of range"),
    ],
)
def test_bad_usage_with_json_prints_an_object_too(arguments: list[str], words: str) -> None:
    result = call(*arguments)
    assert result.exit_code == 2
    printed = json.loads(result.stdout)
    assert printed["error"] == "UsageError"
    assert words in printed["message"]
    assert "Error" in result.stderr


def test_every_command_has_help_and_json() -> None:
    names = [command.callback.__name__ for command in app.registered_commands if command.callback]
    assert names == [
        *("demo", "run", "score", "up", "down", "status", "runs", "show", "fetch", "logs"),
        *("stop", "settings", "predict", "promote", "rollback", "events"),
    ]
    for name in names:
        shown = CliRunner().invoke(app, [name, "--help"], env={"COLUMNS": "200"}).stdout
        assert "--json" in shown, name
        assert not re.search("<bool>|range", shown), name


def test_version_is_printed() -> None:
    assert re.fullmatch(r"dropforge \d+\.\d+\.\d+\n", call("--version").stdout)


@pytest.mark.parametrize(
    "arguments", [["up", "--port", "70000"], ["runs", "--limit", "0"], ["demo", "--timeout", "0"]]
)
def test_a_number_out_of_range_exits_2_with_the_range(arguments: list[str]) -> None:
    result = call(*arguments)
    assert result.exit_code == 2
    assert "out of range; give a number" in result.stderr


def test_run_with_a_mistyped_target_stores_nothing_and_suggests_the_column(
    stack: Stack, csv: Path
) -> None:
    result = call("run", str(csv), "--target", "Chruned", "--json")
    assert result.exit_code == 2
    assert "did you mean 'churned'?" in json.loads(result.stdout)["message"]
    settings = csv.parent / "mine.json"
    settings.write_text('{"target": "prize"}')
    assert call("run", str(csv), "--settings", str(settings)).exit_code == 2
    assert stack.session.s3.puts == []


def test_run_that_is_interrupted_says_how_to_go_on(
    stack: Stack, csv: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_arguments: Any, **_options: Any) -> None:
        raise KeyboardInterrupt

    name = upcoming(message(), stack)
    monkeypatch.setattr(after_interrupt, "_is_up", lambda: True)
    monkeypatch.setattr(follow_and_fetch, "follow", interrupt)
    result = call("run", str(csv))
    assert result.exit_code == 130
    assert f"stopped waiting for run {name}; the run goes on" in result.stderr
    assert f"`dropforge fetch {name}`" in result.stderr
    monkeypatch.setattr(after_interrupt, "_is_up", lambda: False)
    assert "cut the run short" in call("run", str(csv)).stderr


def test_run_past_its_time_limit_exits_3_with_its_name(
    stack: Stack, csv: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(*_arguments: Any, **_options: Any) -> None:
        raise FollowTimeoutError("no result after 1 s", RUN, "dev", goes_on=True)

    monkeypatch.setattr(follow_and_fetch, "follow", late)
    result = call("run", str(csv), "--json")
    assert (result.exit_code, json.loads(result.stdout)["run"]) == (3, RUN)
    assert f"`dropforge fetch {RUN} --env dev`" in result.stderr
