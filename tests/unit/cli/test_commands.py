"""The commands as a user gives them: what they print, where, and how they exit."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from dropforge.cli import demo, fetch, finish, logs, outlook, registry, run, runs, show
from dropforge.cli import settings as settings_command
from dropforge.cli.app import app
from dropforge.client import results
from dropforge.client.errors import FollowTimeoutError
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

    for module in (demo, fetch, logs, registry, run, runs, settings_command, show):
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


def test_runs_lists_a_table_or_an_object(stack: Stack) -> None:
    assert "No runs yet" in call("runs").stdout
    finished_run(stack)
    stack.session.states.executions = [{"name": RUN, "startDate": NOON, "status": "SUCCEEDED"}]
    shown = call("runs").stdout
    assert RUN in shown
    assert "auc 0.9123" in shown
    assert json.loads(call("runs", "--json").stdout)["runs"][0]["run"] == RUN


def test_runs_of_a_dataset_without_any_names_those_that_have_some(stack: Stack) -> None:
    assert "No runs yet" in call("runs", "--dataset", "nope").stdout
    finished_run(stack)
    shown = call("runs", "--dataset", "nope").stdout
    assert shown == "No runs of dataset 'nope'; there are runs of churn.\n"
    assert json.loads(call("runs", "--dataset", "nope", "--json").stdout) == {"runs": []}


def test_runs_in_the_table_have_small_letters_and_in_json_those_of_aws(stack: Stack) -> None:
    stack.session.states.executions = [{"name": RUN, "startDate": NOON, "status": "RUNNING"}]
    assert re.search(rf"{RUN} +running ", call("runs").stdout)
    assert json.loads(call("runs", "--json").stdout)["runs"][0]["status"] == "RUNNING"


@pytest.mark.parametrize("command", ["show", "fetch", "promote", "logs"])
def test_a_run_that_was_lost_early_is_told_in_each_command(stack: Stack, command: str) -> None:
    stack.session.s3.objects[f"runs/{RUN}/manifest.json"] = b"[]"
    result = call(command, RUN)
    told = result.stderr if command in ("fetch", "promote") else result.stdout
    assert result.exit_code == (3 if command in ("fetch", "promote") else 0), result.output
    if command == "logs":
        return
    assert "its execution was lost" in told
    assert "drop the file again" in told
    if command == "show":
        assert re.search(r"Status +LOST\n", told)
        assert re.search(r"Dataset +churn\n", told)


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
    refused = call("rollback", "churn")
    assert (refused.exit_code, "insist with --yes" in refused.stderr) == (2, True)
    back = call("rollback", "churn", "--yes")
    assert "No model is in use for churn now." in back.stdout
    again = call("rollback", "churn", "--json")
    assert (again.exit_code, json.loads(again.stdout)["error"]) == (2, "RegistryError")


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
        *("demo", "run", "up", "down", "status", "runs", "show", "fetch", "logs"),
        *("settings", "promote", "rollback"),
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
    monkeypatch.setattr(outlook, "_is_up", lambda: True)
    monkeypatch.setattr(finish, "follow", interrupt)
    result = call("run", str(csv))
    assert result.exit_code == 130
    assert f"stopped waiting for run {name}; the run goes on" in result.stderr
    assert f"`dropforge fetch {name}`" in result.stderr
    monkeypatch.setattr(outlook, "_is_up", lambda: False)
    assert "cut the run short" in call("run", str(csv)).stderr


def test_run_past_its_time_limit_exits_3_with_its_name(
    stack: Stack, csv: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(*_arguments: Any, **_options: Any) -> None:
        raise FollowTimeoutError("no result after 1 s", RUN, "dev", goes_on=True)

    monkeypatch.setattr(finish, "follow", late)
    result = call("run", str(csv), "--json")
    assert (result.exit_code, json.loads(result.stdout)["run"]) == (3, RUN)
    assert f"`dropforge fetch {RUN} --env dev`" in result.stderr


def test_fetch_gives_the_same_as_run(stack: Stack, csv: Path) -> None:
    name = upcoming(message(), stack)
    ran = json.loads(call("run", str(csv), "--json", "--out", "there").stdout)
    result = call("fetch", name, "--json", "--out", "there")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == ran
    assert f"dropforge-out/{name}/predictions.csv" in call("fetch", name).stdout


def test_fetch_of_a_run_that_goes_on_or_is_unknown_says_so(stack: Stack) -> None:
    stack.session.states.history = succeeded("Plan data")[:2]
    result = call("fetch", RUN)
    assert (result.exit_code, "goes on in 'Plan data'" in result.stderr) == (3, True)
    stack.session.states.history = None
    result = call("fetch", RUN)
    assert (result.exit_code, "there is no run" in result.stderr) == (2, True)


def test_fetch_goes_by_the_execution_if_no_message_could_be_sent(stack: Stack) -> None:
    finished_run(stack)
    output = json.dumps(message()["result"])
    del stack.session.s3.objects[f"runs/{RUN}/message.json"]
    stack.session.states.executions = [
        {"name": RUN, "startDate": NOON, "status": "SUCCEEDED", "output": output}
    ]
    stack.session.states.history = succeeded("Plan data")
    printed = json.loads(call("fetch", RUN, "--json").stdout)
    assert (printed["verdict"], len(printed["files"])) == ("approved", 4)


def test_fetch_of_files_that_were_deleted_says_which(stack: Stack) -> None:
    finished_run(stack)
    del stack.session.s3.objects[f"runs/{RUN}/report.html"]
    result = call("fetch", RUN)
    assert (result.exit_code, "report.html is not there any more" in result.stderr) == (2, True)


@pytest.mark.parametrize("gone", ["encoder.json", "data/truth/part-00000.csv"])
def test_fetch_of_predictions_that_cannot_be_read_any_more_says_what_is_gone(
    stack: Stack, gone: str
) -> None:
    finished_run(stack)
    del stack.session.s3.objects[f"runs/{RUN}/{gone}"]
    result = call("fetch", RUN)
    folder = gone.removesuffix("part-00000.csv")
    assert result.exit_code == 2
    assert f"s3://{BUCKET}/runs/{RUN}/{folder} is not there any more" in result.stderr


@pytest.mark.parametrize("command", [("run", "churn.csv"), ("demo",), ("fetch", RUN)])
def test_out_that_is_a_file_is_refused_before_anything_is_dropped(
    stack: Stack, csv: Path, command: tuple[str, ...]
) -> None:
    finished_run(stack)
    (csv.parent / "taken").touch()
    for out in ("taken", "taken/below"):
        result = call(*command, "--out", out, "--json")
        told = json.loads(result.stdout)["message"]
        assert result.exit_code == 2
        assert told == (
            f"{csv.parent / 'taken'} is a file, so nothing can be written there; "
            f"name another directory with --out"
        )
    assert stack.session.s3.puts == []


def test_out_that_may_not_be_written_to_is_refused(
    stack: Stack, csv: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "_may_write", lambda _: False)
    result = call("run", str(csv))
    assert (result.exit_code, "may not be written to" in result.stderr) == (2, True)
    assert stack.session.s3.puts == []


def test_files_that_cannot_be_written_in_the_end_can_be_fetched_elsewhere(
    stack: Stack, csv: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: Any) -> None:
        raise OSError(28, "No space left on device")

    name = upcoming(message(), stack)
    monkeypatch.setattr(stack.session.s3, "download_file", full)
    result = call("run", str(csv), "--json")
    told = json.loads(result.stdout)
    assert (result.exit_code, told["run"], told["verdict"]) == (3, name, "failed")
    assert told["message"] == (
        f"No space left on device; the run is over: `dropforge fetch {name} --out DIR` fetches "
        f"its files elsewhere"
    )


def test_what_others_wrote_does_not_steer_the_terminal(stack: Stack, csv: Path) -> None:
    bad, shown = "\x1b]0;pwned\x07\x9b2J\u202e\t|", r"\x1b]0;pwned\x07\x9b2J\u202e"
    told = message(verdict="pending")
    told["result"]["warnings"] = [bad]
    name = upcoming(told, stack)
    prefix = f"runs/{name}"
    request = json.loads(stack.session.s3.objects[f"{prefix}/request.json"])
    request["key"] = f"inbox/churn/{bad}.csv"
    stack.session.s3.objects[f"{prefix}/request.json"] = json.dumps(request).encode()
    event = {"timestamp": int(NOON.timestamp() * 1000), "message": f"{name} {bad}"}
    stack.session.logs.groups = {"/aws/lambda/prepare": [event]}
    for command in (("run", str(csv)), ("show", name), ("logs", name)):
        printed = call(*command).output
        assert shown in printed, command
        assert not set("\x1b\x07\x9b\u202e") & set(printed), command
    assert re.search(r"u202e +\|", call("logs", name).stdout), "a tab is a gap"
    assert json.loads(call("logs", name, "--json").stdout)["lines"][0]["text"] == f"{name} {bad}"
    failure = message(name, status="FAILED", verdict="failed", result=None, text=f"{bad}\nline 2")
    stack.session.s3.objects[f"{prefix}/message.json"] = json.dumps(failure).encode()
    printed = call("fetch", name).output
    assert shown in printed
    assert "\x1b" not in printed
    assert "line 2" in printed.splitlines()[2]


def test_runs_marks_the_model_in_use_with_dataset_and_start(stack: Stack) -> None:
    finished_run(stack)
    stack.session.sagemaker.add(RUN, "Approved")
    shown = call("runs").stdout
    assert re.search(r"approved +in use +auc 0.9123 +churn +2026-11-22 12:00", shown)


def test_runs_on_a_narrow_terminal_breaks_no_word() -> None:
    row = {"run": RUN, "dataset": "churn", "status": "SUCCEEDED", "verdict": "kept_champion"}
    metric = {"name": "auc", "value": 0.88, "goal": "max"}
    more = {"metric": metric, "started": NOON.isoformat(), "in_use": False}
    lines = runs._table([{**row, **more}], 48).plain.splitlines()
    assert lines == [
        RUN,
        "  kept_champion, auc 0.8800, churn, 2026-11-22",
        "  12:00 UTC",
    ]


def test_show_tells_the_verdict_then_from_the_package_now(stack: Stack) -> None:
    finished_run(stack)
    told = message()
    told["result"]["model_package_arn"] = stack.session.sagemaker.add(RUN, "Rejected")
    stack.session.s3.objects[f"runs/{RUN}/message.json"] = json.dumps(told).encode()
    shown = call("show", RUN).stdout
    assert re.search(r"Verdict then +approved\n", shown)
    assert re.search(r"Package now +Rejected, not in use\n", shown)
