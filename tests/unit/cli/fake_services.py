# ruff: noqa: ARG002, N803 - the fakes take the parameters that boto3 takes
"""The few AWS calls that the command makes, in memory."""

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

BUCKET = "drops"
MACHINE = "arn:aws:states:eu-west-1:111122223333:stateMachine:Train"
NOON = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
RUN = "churn-20261122-120000-0a1b2c3d"


def refused(code: str, operation: str, message: str = "no") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


class Pages:
    def __init__(self, *pages: dict[str, Any]) -> None:
        self.pages = pages

    def paginate(self, **_query: Any) -> Iterator[dict[str, Any]]:
        return iter(self.pages)


class FakeS3:
    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.puts: list[str] = []
        self.metadata: dict[str, dict[str, str]] = {}
        self.now = NOON

    def put_object(self, *, Bucket: str, Key: str, Body: Any, **more: Any) -> dict[str, Any]:
        assert Bucket == BUCKET
        self._check(Key, more.get("IfMatch"), more.get("IfNoneMatch"))
        self.metadata[Key] = more.get("Metadata", {})
        self.objects[Key] = Body if isinstance(Body, bytes) else Body.read()
        self.puts.append(Key)
        return {"VersionId": self._version(Key), "ETag": f'"{self.puts.count(Key)}"'}

    def _check(self, key: str, etag: str | None, none: str | None) -> None:
        there = key in self.objects
        if (none and there) or (etag and (not there or etag != f'"{self.puts.count(key)}"')):
            error = {"Error": {"Code": "PreconditionFailed"}, "ResponseMetadata": {}}
            error["ResponseMetadata"] = {"HTTPStatusCode": 412}
            raise ClientError(error, "PutObject")

    def _version(self, key: str) -> str:
        return f"v{self.puts.count(key)}"

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:
        assert Bucket == BUCKET
        if Key not in self.objects:
            raise refused("NoSuchKey", "GetObject")
        etag = f'"{self.puts.count(Key)}"'
        return {"Body": io.BytesIO(self.objects[Key]), "ETag": etag}

    def head_object(self, *, Bucket: str, Key: str, **_version: Any) -> dict[str, Any]:
        assert Key in self.objects
        return {"LastModified": self.now, "VersionId": self._version(Key)}

    def upload_file(
        self, name: str, Bucket: str, Key: str, Callback: Any, ExtraArgs: dict[str, Any]
    ) -> None:
        with open(name, "rb") as body:  # noqa: PTH123
            self.put_object(Bucket=Bucket, Key=Key, Body=body, **ExtraArgs)
        Callback(len(self.objects[Key]))

    def download_file(self, bucket: str, key: str, name: str) -> None:
        with open(name, "wb") as file:  # noqa: PTH123
            file.write(self.get_object(Bucket=bucket, Key=key)["Body"].read())

    def get_paginator(self, name: str) -> Any:
        assert name == "list_objects_v2"
        return _S3Pages(self)

    def list_objects_v2(self, *, Bucket: str, Prefix: str, MaxKeys: int) -> dict[str, Any]:
        assert Bucket == BUCKET
        found = [{"Key": key} for key in self.objects if key.startswith(Prefix)]
        return {"Contents": found[:MaxKeys]} if found else {}


class _S3Pages:
    def __init__(self, s3: FakeS3) -> None:
        self.s3 = s3

    def paginate(
        self,
        *,
        Bucket: str,
        Prefix: str,
        Delimiter: str | None = None,
    ) -> Iterator[dict[str, Any]]:
        keys = [key for key in self.s3.objects if key.startswith(Prefix)]
        if Delimiter is None:
            yield {"Contents": [{"Key": key, "LastModified": self.s3.now} for key in keys]}
            return
        tails = {key[len(Prefix) :].split(Delimiter)[0] for key in keys}
        yield {"CommonPrefixes": [{"Prefix": f"{Prefix}{tail}/"} for tail in sorted(tails)]}


class FakeStates:
    """Step Functions with one history, that grows by what `script` holds at each look."""

    def __init__(self) -> None:
        self.history: list[dict[str, Any]] | None = None
        self.script: list[list[dict[str, Any]]] = []
        self.executions: list[dict[str, Any]] = []
        self.queries: list[dict[str, Any]] = []
        self.counts: dict[str, int] | None = None
        self.children: dict[str, list[dict[str, Any]]] = {}

    def describe_map_run(self, *, mapRunArn: str) -> dict[str, Any]:
        if self.counts is None:
            raise refused("AccessDeniedException", "DescribeMapRun")
        return {"mapRunArn": mapRunArn, "itemCounts": self.counts}

    def describe_execution(self, *, executionArn: str) -> dict[str, Any]:
        for item in self.executions:
            if executionArn.endswith(f":{item['name']}"):
                return item
        if self.history is None or self.executions:
            raise refused("ExecutionDoesNotExist", "DescribeExecution")
        last = self.history[-1]
        if last["type"] != "ExecutionSucceeded":
            return {"status": "RUNNING", "startDate": NOON}
        return {"status": "SUCCEEDED", "startDate": NOON, "stopDate": last["timestamp"]}

    def stop_execution(self, *, executionArn: str, error: str, cause: str) -> None:
        for item in self.executions:
            if executionArn.endswith(f":{item['name']}"):
                item |= {"status": "ABORTED", "error": error, "cause": cause, "stopDate": NOON}

    def list_map_runs(self, *, executionArn: str) -> dict[str, Any]:
        return {"mapRuns": [{"mapRunArn": "arn:map"}] if self.children else []}

    def list_executions(self, *, mapRunArn: str, **_more: Any) -> dict[str, Any]:
        return {"executions": [{"executionArn": arn} for arn in self.children]}

    def get_execution_history(self, **query: Any) -> dict[str, Any]:
        self.queries.append(query)
        if query["executionArn"] in self.children:
            return {"events": self.children[query["executionArn"]][::-1]}
        if self.script and "nextToken" not in query:
            self.history = (self.history or []) + self.script.pop(0)
        names = [item["name"] for item in self.executions]
        name = query["executionArn"].rpartition(":")[2]
        if self.history is None or (names and name not in names):
            raise refused("ExecutionDoesNotExist", "GetExecutionHistory")
        assert query["reverseOrder"]
        start = int(query.get("nextToken", 0))
        newest_first = self.history[::-1]
        page = newest_first[start : start + query["maxResults"]]
        answer: dict[str, Any] = {"events": page}
        if start + len(page) < len(newest_first):
            answer["nextToken"] = str(start + len(page))
        return answer

    def get_paginator(self, name: str) -> Pages:
        assert name == "list_executions"
        return Pages({"executions": self.executions})


class FakeSageMaker:
    """The model registry."""

    def __init__(self) -> None:
        self.packages: list[dict[str, Any]] = []
        self.models: dict[str, dict[str, Any]] = {}
        self.training_jobs: dict[str, list[str]] = {}

    def add(self, run: str, status: str) -> str:
        return str(
            self.create_model_package(
                ModelPackageGroupName="dropforge--churn",
                ModelApprovalStatus=status,
                CustomerMetadataProperties={"run": run, "encoder": f"runs/{run}/encoder.json"},
                InferenceSpecification={
                    "Containers": [{"Image": "xgboost", "ModelDataUrl": "s3://drops/model"}]
                },
            )["ModelPackageArn"]
        )

    def create_model_package(self, **request: Any) -> dict[str, Any]:
        version = len(self.packages) + 1
        arn = f"arn:aws:sagemaker:eu-west-1:111122223333:model-package/dropforge--churn/{version}"
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
        left = self.training_jobs[TrainingJobName]
        return {"TrainingJobStatus": left.pop(0) if len(left) > 1 else left[0]}

    def list_transform_jobs(self, **_query: Any) -> dict[str, Any]:
        return {"TransformJobSummaries": []}

    def get_paginator(self, name: str) -> "FakeSageMaker":
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


class FakeLambda:
    def __init__(self) -> None:
        self.answer: dict[str, Any] = {}
        self.error = False

    def invoke(self, **_request: Any) -> dict[str, Any]:
        failed = {"FunctionError": "Unhandled"} if self.error else {}
        return {"Payload": io.BytesIO(json.dumps(self.answer).encode()), **failed}

    def get_function_configuration(self, *, FunctionName: str) -> dict[str, Any]:
        return {"FunctionName": FunctionName.rsplit(":", 1)[-1]}


class FakeLogs:
    def __init__(self) -> None:
        self.groups: dict[str, list[dict[str, Any]]] = {}

    def get_paginator(self, name: str) -> "FakeLogs":
        assert name == "filter_log_events"
        return self

    def paginate(self, **query: Any) -> Iterator[dict[str, Any]]:
        if query["logGroupName"] not in self.groups:
            raise refused("ResourceNotFoundException", "FilterLogEvents")
        pattern = query.get("filterPattern", "").strip('"')
        stream = query.get("logStreamNamePrefix", "")
        names = query.get("logStreamNames")
        yield {
            "events": [
                event
                for event in self.groups[query["logGroupName"]]
                if pattern in event["message"]
                and event.get("logStreamName", "").startswith(stream)
                and (names is None or event.get("logStreamName", "") in names)
                and query["startTime"] <= event["timestamp"] <= query["endTime"]
            ]
        }


class FakeSession:
    region_name = "eu-west-1"

    def __init__(self) -> None:
        self.s3 = FakeS3()
        self.states = FakeStates()
        self.sagemaker = FakeSageMaker()
        self.functions = FakeLambda()
        self.logs = FakeLogs()

    def client(self, service: str, **_config: Any) -> Any:
        return {
            "s3": self.s3,
            "stepfunctions": self.states,
            "sagemaker": self.sagemaker,
            "lambda": self.functions,
            "logs": self.logs,
        }[service]
