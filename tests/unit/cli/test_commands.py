"""The commands as a user gives them: what they print, where, and how they exit."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from dropforge.cli import demo, logs, registry, run, runs, show
from dropforge.cli.app import app
from dropforge.client.stack import Stack
from pipeline.layout import run_name
from tests.unit.cli.fakes import (
    BUCKET,
    NOON,
    RUN,
    fake_stack,
    finished_run,
    message,
    rejection,
    succeeded,
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
    "warnings",
    "seconds",
    "files",
    "message",
]


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Stack:
    made = fake_stack()

    @contextmanager
    def connected(_env: str, _output: Any) -> Iterator[Stack]:
        yield made

    for module in (demo, logs, registry, run, runs, show):
        monkeypatch.setattr(module, "connected", connected)
    monkeypatch.chdir(tmp_path)
    return made


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    file = tmp_path / "churn.csv"
    file.write_text("age,churned\n31,no\n")
    return file


def call(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def upcoming(told: dict[str, Any], stack: Stack) -> str:
    """Make the run that the next drop of churn.csv starts end with a message."""
    name = run_name("churn", NOON, BUCKET, "inbox/churn/churn.csv", "v1")
    finished_run(stack, name)
    body = json.dumps({**told, "run": name}).replace(RUN, name).encode()
    stack.session.s3.objects[f"runs/{name}/message.json"] = body
    stack.session.states.history = succeeded("Plan data", "Evaluate")
    return name


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
    assert printed["files"]["predictions"] == str(csv.parent / "there" / "predictions.csv")
    assert all(Path(path).is_file() for path in printed["files"].values())


def test_run_writes_the_settings_before_the_file(stack: Stack, csv: Path) -> None:
    upcoming(message(), stack)
    settings = csv.parent / "mine.json"
    settings.write_text('{"promotion": "manual"}')
    call("run", str(csv), "--settings", str(settings), "--target", "age", "--dataset", "churn")
    assert stack.session.s3.puts == ["inbox/churn/pipeline.json", "inbox/churn/churn.csv"]
    written = json.loads(stack.session.s3.objects["inbox/churn/pipeline.json"])
    assert written == {"promotion": "manual", "target": "age"}


def test_run_of_a_refused_file_shows_the_message_and_exits_2(stack: Stack, csv: Path) -> None:
    refusal = rejection()
    name = run_name("churn", NOON, BUCKET, "inbox/churn/churn.csv", "v1")
    body = json.dumps({**refusal, "run": name}).encode()
    stack.session.s3.objects[f"runs/{name}/message.json"] = body
    result = call("run", str(csv))
    assert result.exit_code == 2
    assert "column 'prize' is not in churn.csv" in result.stdout
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
    assert "0.95" in result.stdout


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


def test_runs_lists_a_table_or_an_object(stack: Stack) -> None:
    assert "No runs yet" in call("runs").stdout
    finished_run(stack)
    stack.session.states.executions = [{"name": RUN, "startDate": NOON, "status": "SUCCEEDED"}]
    shown = call("runs").stdout
    assert RUN in shown
    assert "auc 0.9123" in shown
    assert json.loads(call("runs", "--json").stdout)["runs"][0]["run"] == RUN


def test_show_prints_what_made_the_model(stack: Stack) -> None:
    finished_run(stack)
    shown = call("show", RUN).stdout
    assert "s3://drops/inbox/churn/churn.csv, version v1, 120.0 kB" in shown
    assert '{"target": "churned"}' in shown
    assert json.loads(call("show", RUN, "--json").stdout)["code_version"] == "0.1.0"


def test_show_of_an_unknown_run_exits_2(stack: Stack) -> None:
    result = call("show", "nothing", "--json")
    assert result.exit_code == 2
    assert json.loads(result.stdout)["error"] == "RunUnknownError"


def test_logs_prints_lines_or_says_that_there_are_none(stack: Stack) -> None:
    finished_run(stack)
    assert "No log lines" in call("logs", RUN).stdout
    assert json.loads(call("logs", RUN, "--json").stdout) == {"run": RUN, "lines": []}


def test_promote_and_rollback_say_which_model_is_in_use(stack: Stack) -> None:
    finished_run(stack, "old")
    stack.session.sagemaker.add("old", "PendingManualApproval")
    assert "In use for churn now: version 1 of run old." in call("promote", "old").stdout
    back = call("rollback", "churn")
    assert "No model is in use for churn now." in back.stdout
    again = call("rollback", "churn", "--json")
    assert (again.exit_code, json.loads(again.stdout)["error"]) == (2, "RegistryError")


@pytest.mark.parametrize("arguments", [["run"], ["nonsense"], ["demo", "--nonsense"]])
def test_bad_usage_exits_2(arguments: list[str]) -> None:
    assert call(*arguments).exit_code == 2


def test_every_command_has_help_and_json() -> None:
    names = [command.callback.__name__ for command in app.registered_commands if command.callback]
    assert names == [
        *("demo", "run", "up", "down", "status", "runs", "show", "logs", "promote", "rollback")
    ]
    for name in names:
        shown = CliRunner().invoke(app, [name, "--help"], env={"COLUMNS": "200"}).stdout
        assert "--json" in shown, name
