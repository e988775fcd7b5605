"""`score`: a file is dropped, and comes back with predictions."""

import json
from pathlib import Path
from typing import Any

import pytest

from dropforge.client.stack import Stack
from pipeline.run_names import run_name
from tests.unit.cli.fakes import BUCKET, NOON, SCORING_MACHINE, call, message, succeeded

RESULT = b"age,prediction,prediction_error\n40,yes,\n"


@pytest.fixture
def new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "new.csv"
    file.write_text("age\n40\n")
    return file


def scored(stack: Stack, **more: Any) -> str:
    """Let the next run of churn's file below score/ be over."""
    run = run_name("churn", NOON, BUCKET, "score/churn/new.csv", "v1")
    key = f"results/churn/{run}/predictions.csv"
    result = {
        "run": run,
        "dataset": "churn",
        "verdict": "scored",
        "sentence": "Predicted 1 row.",
        "task": "binary",
        "target": "churned",
        "rows": 1,
        "marked": 0,
        "engine": "function",
        "model_package_arn": "arn:package",
        "metric": None,
        "metrics": {},
        "measured_rows": 0,
        "missing": [],
        "unseen": {"plan": 2},
        "warnings": [],
        "files": {"predictions": f"s3://{BUCKET}/{key}", "parts": None},
    }
    told = message(run, verdict="scored", result=result, text="churn: 1 row predicted.") | more
    stack.session.s3.objects[key] = RESULT
    stack.session.s3.objects[f"runs/{run}/message.json"] = json.dumps(told).encode()
    stack.session.states.history = succeeded("Find champion", "Plan data", "Join chunks")
    stack.session.states.executions = [
        {"name": run, "machine": SCORING_MACHINE, "startDate": NOON, "status": "SUCCEEDED"}
    ]
    return run


def test_score_drops_the_file_and_fetches_the_predictions(stack: Stack, new: Path) -> None:
    run = scored(stack)
    result = call("score", str(new), "--dataset", "churn", "--json")
    assert result.exit_code == 0, result.output
    printed = json.loads(result.stdout)
    assert stack.session.s3.objects["score/churn/new.csv"] == new.read_bytes()
    place = Path("dropforge-out", run, "predictions.csv")
    assert printed["files"] == {"predictions": str(place.resolve())}
    assert place.read_bytes() == RESULT
    assert {name: printed[name] for name in ("run", "dataset", "status", "verdict", "rows")} == {
        "run": run,
        "dataset": "churn",
        "status": "SUCCEEDED",
        "verdict": "scored",
        "rows": 1,
    }
    assert printed["model_package"] == "arn:package"
    assert printed["message"] == "churn: 1 row predicted."
    assert "Plan data" in printed["seconds"]


def test_score_writes_to_the_file_that_is_named(stack: Stack, new: Path) -> None:
    scored(stack)
    result = call("score", str(new), "--dataset", "churn", "--out", "there/mine.csv")
    assert result.exit_code == 0, result.output
    assert Path("there/mine.csv").read_bytes() == RESULT
    assert "Predicted 1 row." in result.stdout
    assert "plan (2)" in result.stdout


def test_score_of_what_cannot_be_written_names_the_file(
    stack: Stack, new: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: Any) -> None:
        raise OSError(28, "No space left on device")

    scored(stack)
    monkeypatch.setattr(stack.session.s3, "download_file", full)
    result = call("score", str(new), "--dataset", "churn", "--out", "there/mine.csv", "--json")
    told = json.loads(result.stdout)["message"]
    assert result.exit_code == 3
    assert told.startswith(f"{Path('there/mine.csv').resolve()}: No space left on device; the run")


def test_score_of_a_refused_file_says_why_and_exits_with_2(stack: Stack, new: Path) -> None:
    text = "churn: file rejected.\n\nnew.csv lacks 1 column\n\nRun: r"
    scored(stack, status="FAILED", verdict="rejected_input", result=None, text=text)
    result = call("score", str(new), "--dataset", "churn", "--json")
    assert result.exit_code == 2
    printed = json.loads(result.stdout)
    assert (printed["verdict"], printed["files"], printed["message"]) == (
        "rejected_input", {}, text,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("none.csv", "--dataset", "churn"), "cannot be read"),
        (("new.csv", "--dataset", "Churn"), "is no dataset name"),
        (("new.csv", "--dataset", "a/b"), "is no dataset name"),
    ],
)
def test_score_of_what_cannot_be_dropped_is_refused(
    stack: Stack, new: Path, arguments: tuple[str, ...], words: str
) -> None:
    result = call("score", *arguments, "--json")
    assert result.exit_code == 2
    assert words in json.loads(result.stdout)["message"]
    assert not stack.session.s3.puts


@pytest.mark.parametrize("command", ["show", "fetch", "logs", "stop"])
def test_run_that_scored_is_found_by_the_other_commands(
    stack: Stack, new: Path, command: str
) -> None:
    run = scored(stack)
    result = call(command, run[:8], "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["run"] == run


def test_runs_lists_those_of_both_machines(stack: Stack, new: Path) -> None:
    run = scored(stack)
    stack.session.states.executions.append(
        {"name": "other", "startDate": NOON, "status": "SUCCEEDED"}
    )
    listed = json.loads(call("runs", "--json").stdout)
    assert {row["run"] for row in listed["runs"]} == {run, "other"}
