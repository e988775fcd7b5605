"""The model that a file is scored with, or the sentence that says why there is none."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from evaluate.steps.champion import find_champion
from evaluate.steps.scoring_champion import champion_for_scoring
from pipeline import run_names
from pipeline.errors import ArtefactError, ModelMissingError
from tests.unit.evaluate.steps.test_champion import sagemaker as sagemaker


def register(sagemaker: Any, dataset: str, status: str, data: str | None = "s3://b/m.tgz") -> str:
    group = run_names.package_group("dropforge", dataset)
    find_champion(sagemaker, group)
    container = {"Image": "image:3.2-0", **({"ModelDataUrl": data} if data else {})}
    made = sagemaker.create_model_package(
        ModelPackageGroupName=group,
        ModelApprovalStatus=status,
        CustomerMetadataProperties={"run": "r", "encoder": "runs/r/encoder.json"},
        InferenceSpecification={
            "Containers": [container],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
    )
    return str(made["ModelPackageArn"])


def test_champion_has_its_artefact_and_image(sagemaker: Any) -> None:
    arn = register(sagemaker, "churn", "Approved")
    assert champion_for_scoring(sagemaker, "dropforge", "churn") == {
        "found": True,
        "model_package_arn": arn,
        "encoder_key": "runs/r/encoder.json",
        "run": "r",
        "model_data": "s3://b/m.tgz",
        "image": "image:3.2-0",
    }


def test_unknown_dataset_is_answered_with_those_that_can_be_scored(sagemaker: Any) -> None:
    register(sagemaker, "churn", "Approved")
    register(sagemaker, "rent", "PendingManualApproval")
    with pytest.raises(ModelMissingError, match=r"no dataset 'chrun'; .* are 'churn'\. Drop"):
        champion_for_scoring(sagemaker, "dropforge", "chrun")
    groups = sagemaker.list_model_package_groups()["ModelPackageGroupSummaryList"]
    assert len(groups) == 2


def test_unknown_dataset_is_refused_all_the_same_if_others_may_not_be_listed(
    sagemaker: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = {"Error": {"Code": "AccessDeniedException", "Message": "no"}}

    def refusing(operation: str) -> None:
        raise ClientError(error, operation)  # type: ignore[arg-type]

    monkeypatch.setattr(sagemaker, "get_paginator", refusing)
    with pytest.raises(ModelMissingError, match=r"no dataset 'chrun'; see `dropforge runs` for"):
        champion_for_scoring(sagemaker, "dropforge", "chrun")


def test_stack_of_a_longer_name_is_not_listed(sagemaker: Any) -> None:
    group = run_names.package_group("my-dropforge", "secret")
    find_champion(sagemaker, group)
    with pytest.raises(ModelMissingError, match="none has a model"):
        champion_for_scoring(sagemaker, "dropforge", "churn")


def test_dataset_without_an_approved_model_says_how_to_get_one(sagemaker: Any) -> None:
    register(sagemaker, "rent", "PendingManualApproval")
    with pytest.raises(ModelMissingError, match=r"'rent' has no approved model .*promote RUN"):
        champion_for_scoring(sagemaker, "dropforge", "rent")


def test_package_without_an_artefact_is_damage(sagemaker: Any) -> None:
    register(sagemaker, "churn", "Approved", None)
    with pytest.raises(ArtefactError, match="names no artefact"):
        champion_for_scoring(sagemaker, "dropforge", "churn")
