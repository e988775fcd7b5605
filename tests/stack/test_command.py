"""The command on the deployed application: what fakes would prove little of."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from dropforge import cloud
from dropforge.cli.app import app
from dropforge.cli.commands import events, fetch, logs, show, stop
from dropforge.client.stack import Stack
from dropforge.environment import Environment
from pipeline import run_names
from seed.sample import SampleSize, sample_csv
from tests.stack.application import Application
from tests.stack.failures.training_jobs import wait_for_job
from tests.waiting import wait_until

ROOT = Path(__file__).parents[2]
FEW = b"a,b\n1,2\n"
SLOW = {"operation": "CreateTrainingJob", "fault": "slow_job", "seconds": 60, "count": 1}


@pytest.fixture
def run(application: Application, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Return what runs a command on the application, and gives what it printed as JSON."""
    stack = Stack(Environment("local", "dropforge"), application.session, application.outputs)

    @contextmanager
    def connected(_env: str, _output: Any) -> Iterator[Stack]:
        yield stack

    for module in (events, fetch, logs, show, stop):
        monkeypatch.setattr(module, "connected", connected)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DROPFORGE_STATE_DIR", str(tmp_path / "no-cloud"))

    def call(*arguments: str, code: int = 0) -> Any:
        result = CliRunner().invoke(app, [*arguments, "--json"])
        assert result.exit_code == code, result.output
        return json.loads(result.stdout)

    return call


@pytest.fixture
def rejected(application: Application) -> str:
    """Return a run that failed in a function, without the message that tells of it."""
    name = application.drop("inbox/toofew/few.csv", FEW)
    application.message(name)
    key = f"runs/{name}/message.json"
    application.client("s3").delete_object(Bucket=application.bucket, Key=key)
    return name


def test_fetch_of_a_run_that_failed_gives_its_cause(run: Any, rejected: str) -> None:
    printed = run("fetch", "toofew", code=2)
    assert (printed["run"], printed["status"]) == (rejected, "FAILED")
    assert printed["message"].startswith("few.csv has 1 row of data")


def test_logs_of_a_run_that_failed_have_the_traceback_and_the_reports(
    run: Any, rejected: str
) -> None:
    lines = run("logs", rejected)["lines"]
    texts = "\n".join(line["text"] for line in lines)
    assert "[ERROR] RowsUnusableError: few.csv has 1 row" in texts
    assert "Traceback (most recent call last):" in texts
    assert "INFO Drop handled key=inbox/toofew/few.csv" in texts
    told = [line["source"] for line in lines if line["text"].startswith("REPORT RequestId: ")]
    assert {"TriggerFunction", "PrepareFunction", "NotifyFunction"} <= set(told)
    assert not any(line["text"].startswith(("START", "END", '{"_aws"')) for line in lines)


def test_stop_ends_the_run_and_its_job_and_the_message_comes(
    run: Any, application: Application, local_cloud: cloud.Cloud
) -> None:
    faults = local_cloud.state_dir / "faults.json"
    faults.write_text(json.dumps([{**SLOW, "name": "halted-*"}]))
    try:
        name = application.drop("inbox/halted/a.csv", sample_csv(SampleSize(rows=400)))
        wait_for_job(application, name)
        done = run("stop", "halted")
    finally:
        faults.unlink()
    # The command waits until a job is told to end, not until it has: on AWS that takes minutes.
    (job,) = done.pop("jobs")
    assert job.pop("status") in ("Stopping", "Stopped")
    assert job == {"kind": "Training", "name": name}
    assert done == {"run": name, "stopped": True, "status": "ABORTED"}
    job_of = application.client("sagemaker").describe_training_job
    wait_until(lambda: job_of(TrainingJobName=name)["TrainingJobStatus"] == "Stopped", 30)
    told = application.message(name)
    assert (told["status"], told["subject"]) == ("ABORTED", "halted: run stopped")
    assert run("stop", name)["stopped"] is False


def test_commands_find_a_run_that_a_person_started_under_an_odd_name(
    run: Any, application: Application
) -> None:
    name = "Mein+Lauf_1.0=ü"
    application.start(name, {"rows": 400})
    told = application.message(run_names.run_of_execution(name))
    facts = run("show", "Mein+Lauf")
    assert (facts["run"], facts["execution"]) == (told["run"], application.execution(name))
    assert run("fetch", name)["verdict"] == told["verdict"]
    sources = {line["source"] for line in run("logs", told["run"][:9], "--limit", "5000")["lines"]}
    assert {"SeedFunction", "PrepareFunction", "TrainingJobs", "NotifyFunction"} <= sources
    assert run("stop", name)["status"] == "SUCCEEDED"


def test_a_run_that_failed_before_its_plan_under_an_odd_name_is_found(
    run: Any, application: Application
) -> None:
    application.start("odd.name", {"key": 5})
    application.message(run_names.run_of_execution("odd.name"))
    assert run("fetch", "odd.name", code=3)["status"] == "FAILED"
    assert run("show", "odd")["execution"] == application.execution("odd.name")
    texts = "".join(line["text"] for line in run("logs", "odd.name")["lines"])
    assert "Plan data: Parameter validation failed" in texts


def test_every_event_that_is_made_is_taken_by_its_function(
    run: Any, application: Application, tmp_path: Path
) -> None:
    made = run("events", "--out", "made")
    assert sorted(made["files"]) == sorted(
        path.stem
        for path in (ROOT / "events").glob("*.json")
        # The stack has no webhook.
        if not path.stem.startswith("webhook-")
    )
    for name, file in made["files"].items():
        arn = application.outputs[f"{name.partition('-')[0].title()}FunctionArn"]
        answer = application.client("lambda").invoke(
            FunctionName=arn, Payload=Path(file).read_bytes()
        )
        body = json.loads(answer["Payload"].read())
        assert "FunctionError" not in answer, (name, body)
        if name == "trigger-not-csv":
            assert [outcome["outcome"] for outcome in body["outcomes"]] == ["refused"]
        if name == "trigger-object-created":
            assert [outcome["outcome"] for outcome in body["outcomes"]] == ["known"]
        if name.startswith("notify-") and name != "notify-lost-drop":
            assert not body.get("sent"), "it was told before"
        text = Path(file).read_text(encoding="utf-8")
        for example in ("churn", "0a1b2c3d", "123456789012", "bucket-example"):
            assert example not in text, (name, example)
    again = run("events", "--out", "made")
    assert len(again["files"]) == len(made["files"])


def test_containers_get_every_variable_that_the_functions_read(
    run: Any, application: Application, tmp_path: Path
) -> None:
    made = run("events", "--out", "made")
    variables = json.loads(Path(made["env_vars"]).read_text(encoding="utf-8"))
    for function, given in variables.items():
        handler = ROOT / "functions" / function.removesuffix("Function").lower() / "handler.py"
        needed = set(re.findall(r'environ\["([A-Z_]+)"', handler.read_text(encoding="utf-8")))
        assert needed <= set(given), function
    assert len(variables) == 8, "the stack has no webhook"
    assert variables["TriggerFunction"]["BUCKET"] == application.bucket
    # The cloud of the test listens at no bridge.
    assert made["template"] is None
    assert "AWS_ENDPOINT_URL" not in variables["TriggerFunction"]
