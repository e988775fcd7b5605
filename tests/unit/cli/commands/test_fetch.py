"""`fetch`, and where a run's files are written."""

import json
from pathlib import Path
from typing import Any

import pytest

from dropforge.client.runs import results
from dropforge.client.stack import Stack
from tests.unit.cli.fakes import (
    BUCKET,
    NOON,
    RUN,
    call,
    finished_run,
    message,
    succeeded,
    upcoming,
)


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
    assert (printed["verdict"], len(printed["files"])) == ("approved", 5)


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


def full(*_arguments: Any, **_named: Any) -> None:
    raise OSError(28, "No space left on device")


def test_files_that_cannot_be_written_in_the_end_can_be_fetched_elsewhere(
    stack: Stack, csv: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = upcoming(message(), stack)
    monkeypatch.setattr(stack.session.s3, "download_file", full)
    result = call("run", str(csv), "--json")
    told = json.loads(result.stdout)
    assert (result.exit_code, told["run"], told["verdict"]) == (3, name, "failed")
    assert told["message"] == (
        f"{Path.cwd() / 'dropforge-out' / name / 'report.html'}: No space left on device; the run "
        f"is over: `dropforge fetch {name} --out DIR` fetches its files elsewhere"
    )


def test_table_that_cannot_be_written_is_told_by_its_name(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    finished_run(stack)
    monkeypatch.setattr(results, "write_joined", full)
    result = call("fetch", RUN)
    assert result.exit_code == 3
    assert f"{RUN}/predictions.csv: No space left on device; the run is over" in result.stderr
