"""Models of runs are deleted in time, with the deployed role, and a run can still be promoted."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from dropforge import cloud
from tests.stack.application import Application
from tests.stack.test_promotion import STRONG, WEAK, Dataset, table

ALL = {"older_than_days": 0}


class Tidy:
    """TidyFunction of the stack, and the models that are there."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.sagemaker = application.client("sagemaker")
        self.function = application.outputs["TidyFunctionArn"]

    def invoke(self, event: dict[str, Any]) -> tuple[bool, dict[str, Any]]:
        """Return whether it failed, and its answer."""
        answer = self.application.client("lambda").invoke(
            FunctionName=self.function, Payload=json.dumps(event)
        )
        return "FunctionError" in answer, json.loads(answer["Payload"].read())

    def model(self, name: str, stack: str | None, beside: str) -> None:
        """Make a model of the image and role that another has."""
        like = self.sagemaker.describe_model(ModelName=beside)
        tags = [{"Key": "dropforge:stack", "Value": stack}] if stack else []
        self.sagemaker.create_model(
            ModelName=name,
            ExecutionRoleArn=like["ExecutionRoleArn"],
            PrimaryContainer={
                "Image": like["PrimaryContainer"]["Image"],
                "ModelDataUrl": like["PrimaryContainer"]["ModelDataUrl"],
            },
            Tags=tags,
        )

    def models(self) -> list[str]:
        pages = self.sagemaker.get_paginator("list_models").paginate()
        return [model["ModelName"] for page in pages for model in page["Models"]]

    def stack_of(self, name: str) -> str | None:
        """Return the stack that a model's tag names."""
        arn = self.sagemaker.describe_model(ModelName=name)["ModelArn"]
        tags = self.sagemaker.list_tags(ResourceArn=arn)["Tags"]
        return {tag["Key"]: tag["Value"] for tag in tags}.get("dropforge:stack")


@pytest.fixture
def tidy(application: Application) -> Iterator[Tidy]:
    found = Tidy(application)
    yield found
    for name in found.models():
        if name.startswith("theirs-"):
            found.sagemaker.delete_model(ModelName=name)


def test_old_models_of_the_stack_go_and_the_next_drop_is_compared_all_the_same(
    application: Application, tidy: Tidy
) -> None:
    dataset = Dataset(application, "tidied")
    first = dataset.run(table(1), hyperparameters=STRONG)
    second = dataset.run(table(2), hyperparameters=WEAK)
    assert second["verdict"] == "kept_champion"
    jobs = [dataset.job(result) for result in (first, second)]
    tidy.model("theirs-by-hand", None, jobs[0])
    tidy.model("theirs-of-another-stack", "dropforge-dev", jobs[0])
    before = tidy.models()
    assert {*jobs, f"{jobs[1]}-c"} <= set(before)
    # The schedule's own event finds nothing that is old enough.
    assert tidy.invoke({"trigger": "schedule"}) == (
        False,
        {"trial": False, "count": 0, "models": [], "kept": 0},
    )
    failed, trial = tidy.invoke(ALL | {"trial": True})
    assert not failed
    assert tidy.models() == before
    failed, done = tidy.invoke(ALL)
    assert not failed
    gone = set(before) - set(tidy.models())
    assert done["count"] == trial["count"] == len(gone)
    # Of many, the first are named.
    assert done["models"] == trial["models"]
    assert set(done["models"]) <= gone
    # Those of other stacks stay, the one that the command deploys among them.
    assert {"theirs-by-hand", "theirs-of-another-stack"} <= set(tidy.models())
    assert not [name for name in tidy.models() if tidy.stack_of(name) == "dropforge"]
    assert tidy.invoke(ALL)[1]["count"] == 0
    # The model in use is made anew of its package.
    third = dataset.run(table(3), hyperparameters=WEAK)
    assert third["champion"]["value"] > third["metric"]["value"]


def test_model_of_another_stack_is_out_of_reach_of_the_role(
    application: Application, tidy: Tidy
) -> None:
    """Even if the function takes another stack's models for its own."""
    dataset = Dataset(application, "reach")
    job = dataset.job(dataset.run(table(1), hyperparameters=WEAK))
    for name in ("theirs-1", "theirs-2"):
        tidy.model(name, "another", job)
    functions = application.client("lambda")
    own = functions.get_function_configuration(FunctionName=tidy.function)["Environment"]
    wrong = {"Variables": own["Variables"] | {"STACK_NAME": "another"}}
    functions.update_function_configuration(FunctionName=tidy.function, Environment=wrong)
    try:
        failed, answer = tidy.invoke(ALL)
    finally:
        functions.update_function_configuration(FunctionName=tidy.function, Environment=own)
    assert failed
    assert answer["errorType"] == "TidyError"
    assert "2 SageMaker models (theirs-1: " in answer["errorMessage"]
    assert "not authorized to perform: sagemaker:DeleteModel" in answer["errorMessage"]
    assert {"theirs-1", "theirs-2"} <= set(tidy.models())


def test_models_of_an_execution_that_runs_stay(
    application: Application, tidy: Tidy, local_cloud: cloud.Cloud
) -> None:
    faults = local_cloud.state_dir / "faults.json"
    slow = {"operation": "CreateTransformJob", "name": "runs-on-*", "fault": "slow_job"}
    faults.write_text(json.dumps([slow | {"seconds": 6}]))
    try:
        run = application.drop("inbox/runs-on/1.csv", table(1))
        end = time.monotonic() + 60
        while not (its := [name for name in tidy.models() if name.startswith(run)]):
            assert time.monotonic() < end
            time.sleep(0.05)
        failed, done = tidy.invoke(ALL)
    finally:
        faults.unlink()
    assert not failed
    assert not set(its) & set(done["models"])
    assert application.last(run)["status"] == "RUNNING"
    assert application.message(run)["verdict"] == "approved"
    # It is over.
    assert set(its) <= set(tidy.invoke(ALL)[1]["models"])
