"""Faults on purpose, of calls."""

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, HTTPClientError
from botocore.parsers import ResponseParserError

from dropforge.cloud import Cloud
from dropforge.cloud.api_errors import ApiError
from dropforge.cloud.sagemaker.fault_injection import Faults
from tests.integration.cloud.conftest import (
    train,
    training_request,
)


def test_throttling_refuses_as_many_calls_as_it_says(
    sagemaker: Any, bucket: str, outputs: dict[str, str], inject: Callable[..., None]
) -> None:
    inject(operation="CreateTrainingJob", name="throttled-*", fault="throttling", count=2)
    request = training_request("throttled-1", bucket, outputs["TrainingRoleArn"])
    for _ in range(2):
        with pytest.raises(ClientError, match=r"ThrottlingException.*Rate exceeded"):
            sagemaker.create_training_job(**request)
    assert train(sagemaker, request)["TrainingJobStatus"] == "Completed"


def test_quota_refuses_the_call_by_its_class(
    sagemaker: Any, bucket: str, outputs: dict[str, str], inject: Callable[..., None]
) -> None:
    inject(fault="resource_limit")
    with pytest.raises(sagemaker.exceptions.ResourceLimitExceeded, match="service limit"):
        sagemaker.create_training_job(
            **training_request("over-quota", bucket, outputs["TrainingRoleArn"])
        )


@pytest.mark.parametrize(
    ("fault", "code", "status"),
    [
        ("throttling", "ThrottlingException", 400),
        ("server_error", "InternalFailure", 500),
        ("access_denied", "AccessDeniedException", 400),
        ("validation", "ValidationException", 400),
        ("resource_limit", "ResourceLimitExceeded", 400),
    ],
)
@pytest.mark.parametrize(
    ("call", "request_of"),
    [
        ("describe_training_job", {"TrainingJobName": "refused"}),
        ("list_training_jobs", {"NameContains": "refused"}),
        ("describe_model_package", {"ModelPackageName": "refused"}),
        ("list_tags", {"ResourceArn": "arn:aws:sagemaker:us-east-1:000000000000:model/refused"}),
    ],
)
def test_any_call_can_be_refused(
    sagemaker: Any,
    inject: Callable[..., None],
    fault: str,
    code: str,
    status: int,
    call: str,
    request_of: dict[str, Any],
) -> None:
    inject(name="refused", fault=fault)
    with pytest.raises(ClientError) as refusal:
        getattr(sagemaker, call)(**request_of)
    assert refusal.value.response["Error"]["Code"] == code
    assert refusal.value.response["ResponseMetadata"]["HTTPStatusCode"] == status


def test_refusal_by_access_names_the_action(sagemaker: Any, inject: Callable[..., None]) -> None:
    inject(operation="ListModels", fault="access_denied")
    with pytest.raises(ClientError, match="sagemaker:ListModels"):
        sagemaker.list_models()


def test_lost_answer_breaks_the_connection_off_after_the_call_was_carried_out(
    sagemaker: Any, inject: Callable[..., None]
) -> None:
    inject(operation="CreateModelPackageGroup", fault="lost_answer")
    with pytest.raises((HTTPClientError, ResponseParserError)):
        sagemaker.create_model_package_group(ModelPackageGroupName="unheard")
    group = sagemaker.describe_model_package_group(ModelPackageGroupName="unheard")
    assert group["ModelPackageGroupStatus"] == "Completed"


def test_slow_answer_takes_its_time(sagemaker: Any, inject: Callable[..., None]) -> None:
    inject(operation="ListModels", fault="slow_answer", seconds=0.5)
    began = time.monotonic()
    sagemaker.list_models()
    assert time.monotonic() - began >= 0.5
    assert sagemaker.list_models()


def test_faults_that_were_met_are_written_down(
    cloud: Cloud, sagemaker: Any, inject: Callable[..., None]
) -> None:
    inject(operation="ListModels", fault="slow_answer", count=1, seconds=0)
    for _ in range(2):
        sagemaker.list_models(NameContains="written-down")
    lines = (cloud.state_dir / "faults_met.jsonl").read_text().splitlines()
    met = [each for each in map(json.loads, lines) if each["name"] == "written-down"]
    assert met == [{"operation": "ListModels", "name": "written-down", "fault": "slow_answer"}]


def test_file_of_another_form_is_refused_with_its_name(tmp_path: Path) -> None:
    file = tmp_path / "faults.json"
    for text in ("{", '[{"fault": "earthquake"}]'):
        file.write_text(text)
        with pytest.raises(ApiError, match=str(file)):
            Faults(file).meet("CreateModel", "m")


def test_faults_that_are_written_again_are_met_again(tmp_path: Path) -> None:
    file = tmp_path / "faults.json"
    faults = Faults(file)
    for _ in range(2):
        # Emptied in between, which no call sees.
        file.write_text("[]")
        file.write_text('[{"fault": "lost_answer"}]')
        assert [faults.meet("ListModels", "") for _ in range(2)] == [True, False]
        time.sleep(0.05)


def test_package_whose_answer_was_lost_is_made_once(
    sagemaker: Any, inject: Callable[..., None]
) -> None:
    sagemaker.create_model_package_group(ModelPackageGroupName="repeated")
    container = {"Image": "sagemaker-xgboost:3.2-0", "ModelDataUrl": "s3://b/model.tar.gz"}
    request = {
        "ModelPackageGroupName": "repeated",
        "ClientToken": "once",
        "InferenceSpecification": {
            "Containers": [container],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
    }
    inject(operation="CreateModelPackage", fault="lost_answer")
    with pytest.raises((HTTPClientError, ResponseParserError)):
        sagemaker.create_model_package(**request)
    arn = sagemaker.create_model_package(**request)["ModelPackageArn"]
    other = sagemaker.create_model_package(**{**request, "ClientToken": "again"})
    listed = sagemaker.list_model_packages(ModelPackageGroupName="repeated")
    assert [arn.rpartition("/")[2], other["ModelPackageArn"].rpartition("/")[2]] == ["1", "2"]
    assert len(listed["ModelPackageSummaryList"]) == 2


def test_answer_that_is_awaited_comes_once_the_fault_is_taken_back(tmp_path: Path) -> None:
    file = tmp_path / "faults.json"
    file.write_text('[{"fault": "slow_answer", "seconds": 60}]')
    threading.Timer(0.3, lambda: file.write_text("[]")).start()
    began = time.monotonic()
    assert Faults(file).meet("ListModels", "") is False
    assert 0.2 < time.monotonic() - began < 10
