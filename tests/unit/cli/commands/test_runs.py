"""Listing runs, showing one, and reading its log."""

import json
from datetime import timedelta

import pytest

from dropforge.client.execution.executions import finished
from dropforge.client.runs.logs import readable, run_logs
from dropforge.client.runs.runs import recent_runs, run_facts
from dropforge.errors import RunLostError, RunUnknownError
from pipeline.run_names import run_name
from tests.unit.cli.fakes import (
    NOON,
    RUN,
    fake_stack,
    finished_run,
    message,
    refused,
    rejection,
    succeeded,
)

REFUSED_RUN = "churn-eu-20261122-130000-00000000"


def test_runs_are_listed_newest_first_with_those_refused_before_they_began() -> None:
    stack = fake_stack()
    finished_run(stack)
    stack.session.states.executions = [{"name": RUN, "startDate": NOON, "status": "SUCCEEDED"}]
    refusal = {**rejection(REFUSED_RUN), "dataset": "churn-eu"}
    stack.session.s3.objects[f"runs/{REFUSED_RUN}/message.json"] = json.dumps(refusal).encode()
    found = recent_runs(stack, 20)
    assert [(row["run"], row["verdict"]) for row in found] == [
        (REFUSED_RUN, "rejected_input"),
        (RUN, "approved"),
    ]
    assert found[1]["metric"] == {"name": "auc", "value": 0.91234, "goal": "max"}
    assert found[1]["started"] == "2026-11-22T12:00:00+00:00"
    assert [row["run"] for row in recent_runs(stack, 20, "churn")] == [RUN]
    assert len(recent_runs(stack, 1)) == 1


def test_runs_of_a_dataset_have_its_drops_that_were_lost() -> None:
    stack = fake_stack()
    names = {"churn": "lost-1", "other": "lost-2"}
    for dataset, run in names.items():
        told = {**message(run, status="FAILED", result=None), "dataset": dataset}
        stack.session.s3.objects[f"runs/{run}/message.json"] = json.dumps(told).encode()
    assert [row["run"] for row in recent_runs(stack, 20, "churn")] == ["lost-1"]
    assert {row["run"] for row in recent_runs(stack, 20)} == {"lost-1", "lost-2"}


LONG = "2024-01-01-customer-churn-eu-west-1"


def test_runs_of_a_dataset_whose_name_is_cut_in_them_are_listed() -> None:
    stack = fake_stack()
    began, dropped = (run_name(LONG, NOON, "drops", f"inbox/{LONG}/{n}.csv", None) for n in "ab")
    assert not began.startswith(LONG)
    stack.session.states.executions = [{"name": began, "startDate": NOON, "status": "RUNNING"}]
    refusal = {**rejection(dropped), "dataset": LONG}
    stack.session.s3.objects[f"runs/{dropped}/message.json"] = json.dumps(refusal).encode()
    assert {row["run"] for row in recent_runs(stack, 20, LONG)} == {began, dropped}


def test_runs_and_facts_say_that_an_execution_was_lost() -> None:
    stack = fake_stack()
    stack.session.s3.objects[f"runs/{REFUSED_RUN}/chunks/manifest.json"] = b"[]"
    (row,) = recent_runs(stack, 5)
    facts = run_facts(stack, REFUSED_RUN)
    assert row["status"] == facts["status"] == "LOST"
    assert row["dataset"] == facts["dataset"] == "churn-eu"
    assert "drop the file again" in facts["cause"]
    with pytest.raises(RunLostError, match=r"its execution was lost.*drop the file again"):
        finished(stack, REFUSED_RUN)


def test_runs_without_a_dataset_in_their_names_get_none() -> None:
    stack = fake_stack()
    cut = run_name(LONG, NOON, "drops", f"inbox/{LONG}/a.csv", None)
    stack.session.states.executions = [
        {"name": name, "startDate": NOON, "status": "RUNNING"} for name in ("mine", cut)
    ]
    assert [row["dataset"] for row in recent_runs(stack, 5)] == [None, None]


def test_runs_that_go_on_have_a_status_and_no_verdict() -> None:
    stack = fake_stack()
    stack.session.states.executions = [{"name": RUN, "startDate": NOON, "status": "RUNNING"}]
    assert [(row["status"], row["verdict"]) for row in recent_runs(stack, 5)] == [("RUNNING", None)]


def test_runs_and_facts_agree_on_a_run_whose_cloud_was_killed() -> None:
    stack = fake_stack()
    finished_run(stack)
    del stack.session.s3.objects[f"runs/{RUN}/message.json"]
    killed = {
        "name": RUN,
        "startDate": NOON,
        "stopDate": NOON,
        "status": "FAILED",
        "cause": "ended",
    }
    stack.session.states.executions = [killed]
    stack.session.states.history = succeeded("Plan data")[:2]
    (row,) = recent_runs(stack, 5)
    facts = run_facts(stack, RUN)
    assert (row["status"], row["dataset"]) == ("FAILED", "churn")
    assert (facts["status"], facts["state"], facts["cause"]) == ("FAILED", None, "ended")


def test_runs_are_listed_without_marks_to_those_who_may_not_read_the_registry(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def deny(**_query: object) -> None:
        raise refused("AccessDeniedException", "ListModelPackages")

    stack = fake_stack()
    finished_run(stack)
    monkeypatch.setattr(stack.session.sagemaker, "paginate", deny)
    assert [row["in_use"] for row in recent_runs(stack, 5)] == [None]


def test_facts_of_a_run_are_enough_to_do_it_again() -> None:
    stack = fake_stack()
    finished_run(stack)
    stack.session.states.history = succeeded("Plan data")
    arn = stack.session.sagemaker.add(RUN, "Approved")
    told = message()
    told["result"]["model_package_arn"] = arn
    stack.session.s3.objects[f"runs/{RUN}/message.json"] = json.dumps(told).encode()
    facts = run_facts(stack, RUN)
    assert facts["object"]["version_id"] == "v1"
    assert facts["settings"] == {"target": "churned"}
    assert facts["code_version"] == "0.1.0"
    assert facts["encoder"] == f"s3://drops/runs/{RUN}/encoder.json"
    assert facts["model_package"] == {
        "arn": arn,
        "status": "Approved",
        "in_use": True,
        "image": "xgboost",
        "model_data": "s3://drops/model",
    }
    assert facts["seconds"]["total"] == 3.0


def test_facts_of_an_unknown_run_are_refused() -> None:
    with pytest.raises(RunUnknownError, match="there is no run 'nothing'"):
        run_facts(fake_stack(), "nothing")


def test_facts_of_a_run_whose_package_was_deleted_say_so() -> None:
    stack = fake_stack()
    finished_run(stack)
    told = message()
    told["result"]["model_package_arn"] = "arn:gone"
    stack.session.s3.objects[f"runs/{RUN}/message.json"] = json.dumps(told).encode()
    assert run_facts(stack, RUN)["model_package"]["status"] == "deleted"


def test_logs_are_the_lines_of_this_run_in_the_order_of_time() -> None:
    stack = fake_stack()
    finished_run(stack)
    stack.session.states.history = succeeded("Plan data")
    start = int(NOON.timestamp() * 1000)
    line = {"level": "INFO", "message": "Planned", "run": RUN, "service": "prepare"}
    stack.session.logs.groups = {
        "/aws/lambda/prepare": [
            {"timestamp": start + 2000, "message": json.dumps(line)},
            {"timestamp": start + 2000, "message": "of another run"},
            {"timestamp": start + 86_400_000, "message": f"a day later {RUN}"},
        ],
        "/aws/sagemaker/TrainingJobs": [
            {
                "timestamp": start + 1000,
                "message": "[0] auc:0.8\n",
                "logStreamName": f"{RUN}/algo-1",
            },
            {"timestamp": start + 1000, "message": "other", "logStreamName": "other/algo-1"},
        ],
    }
    found = run_logs(stack, RUN, 10)
    assert [(line.source, line.text) for line in found] == [
        ("TrainingJobs", "[0] auc:0.8"),
        ("PrepareFunction", f"INFO Planned run={RUN}"),
    ]
    assert found[0].time == NOON + timedelta(seconds=1)
    assert len(run_logs(stack, RUN, 1)) == 1


def test_logs_of_a_job_have_tabs_where_its_system_logger_wrote_their_code() -> None:
    stack = fake_stack()
    finished_run(stack)
    stack.session.states.history = succeeded("Plan data")
    event = {
        "timestamp": int(NOON.timestamp() * 1000) + 1000,
        "message": "[0]#011train-auc:0.8#011validation-auc:0.7\n",
        "logStreamName": f"{RUN}/algo-1",
    }
    stack.session.logs.groups = {"/aws/sagemaker/TrainingJobs": [event, event]}
    assert [line.text for line in run_logs(stack, RUN, 10)] == [
        "[0]\ttrain-auc:0.8\tvalidation-auc:0.7"
    ] * 2


def test_logs_have_those_of_the_champions_transform_job_too() -> None:
    stack = fake_stack()
    finished_run(stack)
    stack.session.states.history = succeeded("Plan data")
    start = int(NOON.timestamp() * 1000)
    streams = ("-c", "-r1-c", "-d", "-c2", "-other")
    stack.session.logs.groups = {
        "/aws/sagemaker/TransformJobs": [
            {"timestamp": start + 1, "message": name, "logStreamName": f"{RUN}{name}/algo-1"}
            for name in streams
        ]
    }
    assert [line.text for line in run_logs(stack, RUN, 10)] == ["-c", "-r1-c", "-d"]


def test_logs_that_may_not_be_read_are_no_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    stack = fake_stack()
    finished_run(stack)
    stack.session.states.history = succeeded("Plan data")

    def deny(**_query: object) -> None:
        raise refused("AccessDeniedException", "FilterLogEvents")

    monkeypatch.setattr(stack.session.logs, "paginate", deny)
    with pytest.raises(Exception, match="AccessDenied"):
        run_logs(stack, RUN, 1)


@pytest.mark.parametrize("text", ["plain", "[1, 2]", '{"no": "level"}'])
def test_readable_leaves_what_is_no_record_as_it_is(text: str) -> None:
    assert readable(f"{text}\n") == text
