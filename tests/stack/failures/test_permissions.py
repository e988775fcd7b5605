"""A function that lacks a permission ends its run with the action that was denied."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from seed.sample import SampleSize, sample_csv
from tests.stack.application import Application

SAMPLE = sample_csv(SampleSize(rows=400))


@pytest.fixture
def prepare_policy(
    application: Application,
) -> Iterator[Callable[[Callable[[list[Any]], list[Any]]], None]]:
    """Change the statements of PrepareFunction's role for one test."""
    iam = application.client("iam")
    function = application.client("lambda").get_function_configuration(
        FunctionName=application.outputs["PrepareFunctionArn"]
    )
    place = {"RoleName": function["Role"].rsplit("/", 1)[1], "PolicyName": "Prepare"}
    policy = iam.get_role_policy(**place)["PolicyDocument"]

    def put(statements: list[Any]) -> None:
        document = {**policy, "Statement": statements}
        iam.put_role_policy(**place, PolicyDocument=json.dumps(document))

    yield lambda change: put(change(policy["Statement"]))
    put(policy["Statement"])


def test_function_without_a_permission_fails_with_the_denied_action(
    application: Application, prepare_policy: Any
) -> None:
    prepare_policy(lambda statements: [s for s in statements if s["Sid"] != "WriteRuns"])
    message = application.message(application.drop("inbox/denied.csv", SAMPLE))
    assert message["verdict"] == "failed"
    assert "AccessDenied" in message["cause"]
    assert "PutObject" in message["cause"]


def test_chunk_that_fails_is_told_with_its_own_cause_not_the_map_runs(
    application: Application, prepare_policy: Any
) -> None:
    deny = {
        "Effect": "Deny",
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{application.bucket}/runs/*/chunks/*",
    }
    prepare_policy(lambda statements: [*statements, deny])
    message = application.message(application.drop("inbox/denied-chunk.csv", SAMPLE))
    assert message["verdict"] == "failed"
    assert "AccessDenied" in message["cause"]
    assert "tolerated failure threshold" not in message["text"]
