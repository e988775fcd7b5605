"""What `runs` prints, and how lost runs and hostile texts look in each command."""

import json
import re
from pathlib import Path

import pytest

from dropforge.cli.commands import runs
from dropforge.client.stack import Stack
from tests.unit.cli.fakes import NOON, RUN, call, finished_run, message, upcoming


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
