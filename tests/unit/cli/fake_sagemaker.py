# ruff: noqa: N803 - the fakes take the parameters that boto3 takes
"""The model registry and the jobs of SageMaker, in memory."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from tests.unit.cli.fake_answers import NOON, refused


class FakeSageMaker:
    """The model registry."""

    def __init__(self) -> None:
        self.packages: list[dict[str, Any]] = []
        self.models: dict[str, dict[str, Any]] = {}
        self.training_jobs: dict[str, list[str]] = {}
        self.tuning_jobs: dict[str, list[str]] = {}

    def add(self, run: str, status: str, dataset: str = "churn") -> str:
        return str(
            self.create_model_package(
                ModelPackageGroupName=f"dropforge--{dataset}",
                ModelApprovalStatus=status,
                CustomerMetadataProperties={"run": run, "encoder": f"runs/{run}/encoder.json"},
                InferenceSpecification={
                    "Containers": [{"Image": "xgboost", "ModelDataUrl": "s3://drops/model"}]
                },
            )["ModelPackageArn"]
        )

    def create_model_package(self, **request: Any) -> dict[str, Any]:
        version = len(self.packages) + 1
        group = request["ModelPackageGroupName"]
        arn = f"arn:aws:sagemaker:eu-west-1:111122223333:model-package/{group}/{version}"
        made = NOON + timedelta(minutes=version)
        self.packages.append(
            {**request, "ModelPackageArn": arn, "ModelPackageVersion": version}
            | {"CreationTime": made, "ModelPackageStatus": "Completed"}
        )
        return {"ModelPackageArn": arn}

    def update_model_package(self, **request: Any) -> None:
        self._package(request["ModelPackageArn"]).update(request)

    def describe_model_package(self, *, ModelPackageName: str) -> dict[str, Any]:
        return self._package(ModelPackageName)

    def describe_model_package_group(self, *, ModelPackageGroupName: str) -> dict[str, Any]:
        return {"ModelPackageGroupName": ModelPackageGroupName}

    def describe_model(self, *, ModelName: str) -> dict[str, Any]:
        if ModelName not in self.models:
            raise refused("ValidationException", "DescribeModel")
        return self.models[ModelName]

    def list_training_jobs(self, *, NameContains: str, StatusEquals: str) -> dict[str, Any]:
        assert StatusEquals == "InProgress"
        found = [
            {"TrainingJobName": name, "TrainingJobStatus": status[0]}
            for name, status in self.training_jobs.items()
            if NameContains in name
        ]
        return {"TrainingJobSummaries": found}

    def describe_training_job(self, *, TrainingJobName: str) -> dict[str, Any]:
        if TrainingJobName not in self.training_jobs:
            raise refused("ValidationException", "DescribeTrainingJob")
        left = self.training_jobs[TrainingJobName]
        return {
            "TrainingJobStatus": left.pop(0) if len(left) > 1 else left[0],
            "AlgorithmSpecification": {"TrainingImage": "xgboost"},
            "ModelArtifacts": {"S3ModelArtifacts": f"s3://drops/{TrainingJobName}"},
        }

    def list_hyper_parameter_tuning_jobs(
        self,
        *,
        NameContains: str,
        StatusEquals: str,
    ) -> dict[str, Any]:
        assert StatusEquals == "InProgress"
        found = [
            {"HyperParameterTuningJobName": name, "HyperParameterTuningJobStatus": status[0]}
            for name, status in self.tuning_jobs.items()
            if NameContains in name
        ]
        return {"HyperParameterTuningJobSummaries": found}

    def describe_hyper_parameter_tuning_job(self, **asked: str) -> dict[str, Any]:
        left = self.tuning_jobs[asked["HyperParameterTuningJobName"]]
        return {"HyperParameterTuningJobStatus": left.pop(0) if len(left) > 1 else left[0]}

    def list_transform_jobs(self, **_query: Any) -> dict[str, Any]:
        return {"TransformJobSummaries": []}

    def get_paginator(self, name: str) -> Any:
        if name == "list_model_package_groups":
            return _Groups(self)
        assert name == "list_model_packages"
        return self

    def paginate(self, **query: Any) -> Iterator[dict[str, Any]]:
        assert (query["SortBy"], query["SortOrder"]) == ("CreationTime", "Descending")
        found = [
            p for p in self.packages if p["ModelPackageGroupName"] == query["ModelPackageGroupName"]
        ]
        if not found:
            raise refused("ValidationException", "ListModelPackages")
        status = query.get("ModelApprovalStatus")
        wanted = [p for p in found if status in (None, p["ModelApprovalStatus"])]
        yield {
            "ModelPackageSummaryList": sorted(wanted, key=lambda p: p["CreationTime"], reverse=True)
        }

    def _package(self, arn: str) -> dict[str, Any]:
        for package in self.packages:
            if package["ModelPackageArn"] == arn:
                return package
        raise refused("ValidationException", "DescribeModelPackage")


class _Groups:
    def __init__(self, sagemaker: FakeSageMaker) -> None:
        self.sagemaker = sagemaker

    def paginate(self, *, NameContains: str) -> Iterator[dict[str, Any]]:
        names = dict.fromkeys(p["ModelPackageGroupName"] for p in self.sagemaker.packages)
        found = [{"ModelPackageGroupName": name} for name in names if NameContains in name]
        yield {"ModelPackageGroupSummaryList": found}
