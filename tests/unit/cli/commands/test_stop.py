"""Stopping a run."""

import json

import pytest

from dropforge.client.runs import stopping
from dropforge.client.runs.stopping import Job, stop
from dropforge.client.stack import Stack
from pipeline import run_names
from tests.unit.cli.fakes import NOON, RUN, call, fake_stack, refused, succeeded
from tests.unit.client.test_follow import Ticking


def running(stack: Stack) -> None:
    stack.session.states.history = succeeded("Plan data")[:2]
    stack.session.states.executions = [{"name": RUN, "startDate": NOON, "status": "RUNNING"}]


def test_stop_ends_the_execution_with_a_cause_and_says_what_its_job_does() -> None:
    stack = fake_stack()
    running(stack)
    stack.session.sagemaker.training_jobs = {
        RUN: ["InProgress", "InProgress", "Stopping"],
        f"{RUN}-else": ["InProgress"],
    }
    done = stop(stack, RUN, Ticking())
    assert (done.stopped, done.status) == (True, "ABORTED")
    assert done.jobs == [Job("Training", RUN, "Stopping")]
    (execution,) = stack.session.states.executions
    assert execution["cause"] == "stopped with dropforge stop"


@pytest.fixture
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a command, which takes the real clock, wait for a moment."""
    monkeypatch.setattr(stopping, "_WAIT_SECONDS", 0.05)
    monkeypatch.setattr(stopping, "_PAUSE_SECONDS", 0)


@pytest.mark.usefixtures("brief")
def test_stop_of_a_run_that_searches_looks_at_its_tuning_job(stack: Stack) -> None:
    running(stack)
    own, other = run_names.searches_of(RUN)[1], run_names.searches_of(f"{RUN}-else")[0]
    stack.session.sagemaker.tuning_jobs = {own: ["InProgress"], other: ["InProgress"]}
    result = call("stop", RUN)
    said = " ".join(result.stdout.split())
    command = "aws sagemaker stop-hyper-parameter-tuning-job --hyper-parameter-tuning-job-name"
    assert f"{command} {own}" in said
    assert other not in said


@pytest.mark.parametrize("name", [f"{RUN}-r2", f"{RUN}-c", f"{RUN}-r1-d"])
def test_stop_of_a_run_whose_job_goes_on_says_so(stack: Stack, name: str) -> None:
    running(stack)
    stack.session.sagemaker.training_jobs = {name: ["InProgress"], f"{RUN}-x": ["InProgress"]}
    done = stop(stack, RUN, clock := Ticking())
    assert done.jobs == [Job("Training", name, "InProgress")]
    assert clock.time == pytest.approx(stopping._WAIT_SECONDS, abs=0.5)


@pytest.mark.parametrize(
    ("statuses", "said"),
    [
        (["Stopped"], f"Training job {RUN} was stopped with it."),
        (["Completed"], f"Training job {RUN} had ended: Completed."),
        (
            ["InProgress"],
            f"goes on, and costs: aws sagemaker stop-training-job --training-job-name {RUN}",
        ),
        ([], "No SageMaker job of it was under way."),
    ],
)
@pytest.mark.usefixtures("brief")
def test_stop_prints_what_became_of_the_jobs(stack: Stack, statuses: list[str], said: str) -> None:
    running(stack)
    if statuses:
        stack.session.sagemaker.training_jobs = {RUN: ["InProgress", *statuses]}
    result = call("stop", RUN)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith(f"Stopped run {RUN}; its message says so.\n")
    assert said in result.stdout


@pytest.mark.parametrize("status", ["SUCCEEDED", "FAILED", "ABORTED", "TIMED_OUT"])
def test_stop_of_a_run_that_is_over_changes_nothing_and_exits_0(stack: Stack, status: str) -> None:
    running(stack)
    stack.session.states.executions[0]["status"] = status
    result = call("stop", RUN)
    assert (result.exit_code, result.stdout) == (
        0,
        f"Nothing to stop: run {RUN} is over ({status}).\n",
    )
    assert stack.session.states.executions[0]["status"] == status
    assert json.loads(call("stop", RUN, "--json").stdout) == {
        "run": RUN,
        "stopped": False,
        "status": status,
        "jobs": [],
    }


def test_stop_with_json_names_the_jobs(stack: Stack) -> None:
    running(stack)
    stack.session.sagemaker.training_jobs = {RUN: ["InProgress", "Stopped"]}
    assert json.loads(call("stop", RUN, "--json").stdout) == {
        "run": RUN,
        "stopped": True,
        "status": "ABORTED",
        "jobs": [{"kind": "Training", "name": RUN, "status": "Stopped"}],
    }


def test_stop_by_one_who_may_not_list_jobs_stops_the_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def deny(**_query: object) -> None:
        raise refused("AccessDeniedException", "ListTrainingJobs")

    stack = fake_stack()
    running(stack)
    monkeypatch.setattr(stack.session.sagemaker, "list_training_jobs", deny)
    assert stop(stack, RUN, Ticking()).stopped
