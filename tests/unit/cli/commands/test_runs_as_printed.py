"""`runs`, `show`, `logs`, `promote` and `rollback`, as a user gives them."""

import json
import re
from pathlib import Path

import pytest

from dropforge.cli.commands import runs
from dropforge.client.stack import Stack
from tests.unit.cli.fakes import (
    NOON,
    RUN,
    call,
    finished_run,
    message,
    upcoming,
)


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
