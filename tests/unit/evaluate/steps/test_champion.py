"""The champion in a model registry (moto's), and the handler in front of it."""

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from evaluate.output.package import metadata_of
from evaluate.steps.champion import find_champion
from pipeline import run_names
from pipeline.errors import ServiceBusyError, ServiceRefusedError
from tests.unit.evaluate.buckets import FakeLogs
from tests.unit.evaluate.made_documents import PREFIX
from tests.unit.evaluate.made_run import make_run
from tests.unit.evaluate.tables import churn

GROUP = "dropforge--churn"


@pytest.fixture
def sagemaker(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "BUCKET": "drops",
        "MODEL_PACKAGE_GROUP_PREFIX": "dropforge",
        "CODE_VERSION": "0.1.0",
        "POWERTOOLS_TRACE_DISABLED": "1",
        "POWERTOOLS_SERVICE_NAME": "evaluate",
        "POWERTOOLS_METRICS_NAMESPACE": "Dropforge",
    }.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        yield boto3.client("sagemaker")


def register(sagemaker: Any, run: str, status: str, **metadata: str) -> str:
    known = metadata or {"run": run, "encoder": f"runs/{run}/encoder.json"}
    made = sagemaker.create_model_package(
        ModelPackageGroupName=GROUP,
        ModelPackageDescription=run,
        ModelApprovalStatus=status,
        CustomerMetadataProperties=known,
    )
    return str(made["ModelPackageArn"])


def set_status(sagemaker: Any, arn: str, status: str) -> None:
    # moto forgets the metadata that an update does not repeat; SageMaker keeps it.
    kept = sagemaker.describe_model_package(ModelPackageName=arn)["CustomerMetadataProperties"]
    sagemaker.update_model_package(
        ModelPackageArn=arn, ModelApprovalStatus=status, CustomerMetadataProperties=kept
    )


def test_the_group_is_made_when_it_is_missing(sagemaker: Any) -> None:
    assert find_champion(sagemaker, GROUP) == {"found": False}
    group = sagemaker.describe_model_package_group(ModelPackageGroupName=GROUP)
    assert group["ModelPackageGroupStatus"] == "Completed"
    assert find_champion(sagemaker, GROUP) == {"found": False}


def test_manual_approval_changes_the_champion(sagemaker: Any) -> None:
    find_champion(sagemaker, GROUP)
    old = register(sagemaker, "old", "Approved")
    new = register(sagemaker, "new", "PendingManualApproval")
    assert find_champion(sagemaker, GROUP)["model_package_arn"] == old
    set_status(sagemaker, new, "Approved")
    champion = find_champion(sagemaker, GROUP)
    assert champion == {
        "found": True,
        "model_package_arn": new,
        "run": "new",
        "encoder_key": "runs/new/encoder.json",
    }
    set_status(sagemaker, new, "Rejected")
    assert find_champion(sagemaker, GROUP)["model_package_arn"] == old


def test_a_champion_tells_its_data(sagemaker: Any) -> None:
    find_champion(sagemaker, GROUP)
    known = {"encoder": "runs/r/encoder.json", "etag": "0a1b", "data_last_modified": "2026-10-15"}
    arn = register(sagemaker, "r", "Approved", **known)
    assert find_champion(sagemaker, GROUP) == {
        "found": True,
        "model_package_arn": arn,
        "encoder_key": "runs/r/encoder.json",
        "data_etag": "0a1b",
        "data_last_modified": "2026-10-15",
    }


def test_the_newest_of_many_approved_is_the_champion(sagemaker: Any) -> None:
    find_champion(sagemaker, GROUP)
    arns = [register(sagemaker, f"run{i}", "Approved") for i in range(5)]
    assert find_champion(sagemaker, GROUP)["model_package_arn"] == arns[-1]


def test_a_package_of_something_else_is_passed_over(sagemaker: Any) -> None:
    find_champion(sagemaker, GROUP)
    ours = register(sagemaker, "ours", "Approved")
    register(sagemaker, "theirs", "Approved", team="other")
    assert find_champion(sagemaker, GROUP)["model_package_arn"] == ours


def test_another_error_than_missing_is_not_swallowed(sagemaker: Any) -> None:
    def refused(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "AccessDeniedException"}}, "Describe")

    denied = SimpleNamespace(describe_model_package_group=refused)
    with pytest.raises(ClientError, match="AccessDenied"):
        find_champion(denied, GROUP)


def test_metadata_keeps_what_sagemaker_allows() -> None:
    made = metadata_of({"none": None, "empty": "", "text": 'a"b', "long": "x" * 300, "num": 3})
    assert made == {"text": "a_b", "long": "x" * 256, "num": "3"}


def test_handler_finds_the_champion_and_judges(
    sagemaker: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from evaluate import handler

    context = SimpleNamespace(
        function_name="evaluate",
        memory_limit_in_mb=128,
        invoked_function_arn="arn:aws:lambda:eu-central-1:1:function:evaluate",
        aws_request_id="1",
    )
    step = {"step": "champion", "dataset": "churn", "bucket": "drops", "prefix": PREFIX}
    assert handler.handler(step, context) == {"found": False}
    run = make_run(churn(400))
    clients = {"s3": run.s3, "logs": FakeLogs(None), "sagemaker": sagemaker}
    monkeypatch.setattr(handler, "client", clients.__getitem__)
    result = handler.handler(run.event, context)
    assert result["verdict"] == "approved"
    assert json.loads(json.dumps(result)) == result
    assert "evaluation.json" in str(list(run.s3.objects))


@pytest.mark.parametrize(
    ("code", "kind"),
    [("ThrottlingException", ServiceBusyError), ("AccessDeniedException", ServiceRefusedError)],
)
def test_handler_says_whether_what_stopped_it_passes(
    monkeypatch: pytest.MonkeyPatch, code: str, kind: type[Exception]
) -> None:
    from evaluate import handler

    def refuse(**_: str) -> None:
        raise ClientError({"Error": {"Code": code, "Message": "no"}}, "DescribeModelPackageGroup")

    monkeypatch.setenv("MODEL_PACKAGE_GROUP_PREFIX", "dropforge")
    refusing = SimpleNamespace(describe_model_package_group=refuse)
    monkeypatch.setattr(handler, "client", lambda _service: refusing)
    context = SimpleNamespace(
        function_name="evaluate",
        memory_limit_in_mb=128,
        invoked_function_arn="arn:aws:lambda:eu-central-1:1:function:evaluate",
        aws_request_id="1",
    )
    with pytest.raises(kind, match=r"Find champion: .*DescribeModelPackageGroup"):
        handler.handler({"step": "champion", "dataset": "churn"}, context)


def test_evaluate_step_asks_for_a_new_comparison_if_the_champion_is_another(
    sagemaker: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from evaluate import handler

    run = make_run(churn(400))
    clients = {"s3": run.s3, "logs": FakeLogs(None), "sagemaker": sagemaker}
    monkeypatch.setattr(handler, "client", clients.__getitem__)
    find_champion(sagemaker, GROUP)
    arn = register(sagemaker, "other", "Approved")
    before = set(run.s3.objects)
    assert handler._evaluate(run.event) == {"verdict": "champion_changed"}
    assert set(run.s3.objects) == before, "nothing is judged"
    # A person took it back meanwhile: the comparison that was made is the right one.
    set_status(sagemaker, arn, "Rejected")
    assert handler._evaluate(run.event)["verdict"] == "approved"


def test_evaluate_step_that_met_another_champion_each_time_leaves_it_to_a_person(
    sagemaker: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from evaluate import handler

    run = make_run(churn(400))
    clients = {"s3": run.s3, "logs": FakeLogs(None), "sagemaker": sagemaker}
    monkeypatch.setattr(handler, "client", clients.__getitem__)
    find_champion(sagemaker, GROUP)
    register(sagemaker, "other", "Approved")
    run.event["comparisons"] = {"count": run_names.COMPARISON_LIMIT}
    result = handler._evaluate(run.event)
    assert result["verdict"] == "pending"
    assert "it was another one after each of 20 comparisons" in result["sentence"]
    assert run.json("evaluation.json")["comparison"]["obstacle"] == "changed"
