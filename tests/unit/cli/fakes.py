"""Stands in for a deployed stack, and for what its runs leave behind."""

import json
from datetime import timedelta
from typing import Any

from typer.testing import CliRunner, Result

from dropforge.cli.app import app
from dropforge.client.execution.history import Timeline
from dropforge.client.stack import Stack
from dropforge.environment import Environment
from pipeline.run_names import run_name
from tests.unit.cli.fake_answers import BUCKET, MACHINE, NOON, RUN, SCORING_MACHINE, refused
from tests.unit.cli.fake_services import FakeSession

__all__ = ["BUCKET", "MACHINE", "NOON", "RUN", "SCORING_MACHINE", "refused"]


def call(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def fake_stack(name: str = "local") -> Stack:
    outputs = {
        "BucketName": BUCKET,
        "TrainAndBatchTransformStateMachineArn": MACHINE,
        "BatchTransformStateMachineArn": SCORING_MACHINE,
        "SeedFunctionArn": "arn:aws:lambda:eu-west-1:111122223333:function:seed",
        "TriggerFunctionArn": "arn:aws:lambda:eu-west-1:111122223333:function:trigger",
        "PrepareFunctionArn": "arn:aws:lambda:eu-west-1:111122223333:function:prepare",
        "ModelPackageGroupPrefix": "dropforge",
    }
    return Stack(Environment(name, "dropforge"), FakeSession(), outputs)


class History:
    """Writes events as Step Functions does, a second after one another."""

    def __init__(self) -> None:
        self.last = 0

    def event(self, kind: str, **details: Any) -> dict[str, Any]:
        self.last += 1
        return {
            "id": self.last,
            "type": kind,
            "timestamp": NOON + timedelta(seconds=self.last),
            **details,
        }

    def enter(self, name: str, kind: str = "Task") -> dict[str, Any]:
        return self.event(f"{kind}StateEntered", stateEnteredEventDetails={"name": name})

    def leave(self, name: str, kind: str = "Task") -> dict[str, Any]:
        return self.event(f"{kind}StateExited", stateExitedEventDetails={"name": name})


def succeeded(*states: str) -> list[dict[str, Any]]:
    """Return the history of an execution that went through the states and succeeded."""
    history = History()
    events = [history.event("ExecutionStarted")]
    for state in states:
        events += [history.enter(state), history.leave(state)]
    return [*events, history.event("ExecutionSucceeded")]


def judged(*states: str, is_over: bool = False) -> Timeline:
    """Return what is seen of a run that is going on, or over, and went through the states."""
    timeline = Timeline()
    timeline.add(succeeded("Plan data", *states)[: None if is_over else -1])
    return timeline


def message(run: str = RUN, **more: Any) -> dict[str, Any]:
    """Return the message of a run that was approved."""
    prefix = f"s3://{BUCKET}/runs/{run}"
    result = {
        "run": run,
        "dataset": "churn",
        "verdict": "approved",
        "task": "binary",
        "target": "churned",
        "metric": {"name": "auc", "value": 0.91234, "goal": "max"},
        "champion": None,
        "metrics": {"auc": 0.91234, "accuracy": 0.85},
        "rows": {"train": 1400, "validation": 300, "test": 2, "dropped": 0},
        "warnings": ["column 'note' is always the same"],
        "files": {
            "report": f"{prefix}/report.html",
            "evaluation": f"{prefix}/evaluation.json",
            "model": f"{prefix}/model/output/model.tar.gz",
            "predictions": f"{prefix}/predictions/",
        },
    }
    return {
        "run": run,
        "dataset": "churn",
        "status": "SUCCEEDED",
        "verdict": "approved",
        "subject": "churn: new model approved (auc 0.9123)",
        "text": "churn: new model approved (auc 0.9123).",
        "result": result,
        "error": None,
        "cause": None,
        "sent": ["sns"],
        **more,
    }


def rejection(run: str = RUN) -> dict[str, Any]:
    """Return the message of a run whose file was refused."""
    text = (
        "churn: file rejected.\n\ncolumn 'prize' is not in churn.csv\n\n"
        "Run: churn-1\nError: TargetMissingError"
    )
    refusal = {"status": "FAILED", "verdict": "rejected_input", "result": None, "text": text}
    return message(run, **refusal, error="TargetMissingError")


def finished_run(stack: Stack, run: str = RUN) -> None:
    """Put all that a finished run leaves into the fake bucket."""
    objects = stack.session.s3.objects
    prefix = f"runs/{run}"
    encoder = {"target": {"name": "churned", "task": "binary", "classes": ["no", "yes"]}}
    package = {
        "group": "dropforge--churn",
        "description": "auc 0.9123",
        "metadata": {"run": run, "dataset": "churn", "encoder": f"{prefix}/encoder.json"},
    }
    files = message(run)["result"]["files"]
    request = {
        "dataset": "churn",
        "bucket": BUCKET,
        "key": "inbox/churn/churn.csv",
        "version_id": "v1",
        "etag": "e",
        "size": 120_000,
        "last_modified": NOON.isoformat(),
        "trigger": "object",
        "settings": {"target": "churned"},
        "code_version": "0.1.0",
        "execution": {"id": stack.execution_arn(run), "name": run, "started": NOON.isoformat()},
    }
    texts = {
        "message.json": json.dumps(message(run)),
        "request.json": json.dumps(request),
        "evaluation.json": json.dumps({"package": package, "files": files}),
        "encoder.json": json.dumps(encoder),
        "report.html": "<html></html>",
        "model/output/model.tar.gz": "model",
        "data/truth/part-00000.csv": "row,label,id\n4,1,C-4\n9,0,C-9\n",
        "predictions/part-00000.csv.out": "0.75\n0.25\n",
    }
    objects.update({f"{prefix}/{name}": text.encode() for name, text in texts.items()})


def upcoming(told: dict[str, Any], stack: Stack) -> str:
    """Make the run that the next drop of churn.csv starts end with a message."""
    name = run_name("churn", NOON, BUCKET, "inbox/churn/churn.csv", "v1")
    finished_run(stack, name)
    body = json.dumps({**told, "run": name}).replace(RUN, name).encode()
    stack.session.s3.objects[f"runs/{name}/message.json"] = body
    stack.session.states.history = succeeded("Plan data", "Evaluate")
    return name
