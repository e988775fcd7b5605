# ruff: noqa: ARG002, N803 - the fakes take the parameters that boto3 takes
"""Stands in for a deployed stack: the few AWS calls that the command makes, in memory."""

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from dropforge.client.stack import Stack
from dropforge.environment import Environment

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
        return {"VersionId": self._version(Key)}

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
            yield {"Contents": [{"Key": key} for key in keys]}
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

    def describe_map_run(self, *, mapRunArn: str) -> dict[str, Any]:
        if self.counts is None:
            raise refused("AccessDeniedException", "DescribeMapRun")
        return {"mapRunArn": mapRunArn, "itemCounts": self.counts}

    def describe_execution(self, *, executionArn: str) -> dict[str, Any]:
        for item in self.executions:
            if executionArn.endswith(f":{item['name']}"):
                return item
        if self.history is None:
            raise refused("ExecutionDoesNotExist", "DescribeExecution")
        last = self.history[-1]
        if last["type"] != "ExecutionSucceeded":
            return {"status": "RUNNING", "startDate": NOON}
        return {"status": "SUCCEEDED", "startDate": NOON, "stopDate": last["timestamp"]}

    def get_execution_history(self, **query: Any) -> dict[str, Any]:
        self.queries.append(query)
        if self.script and "nextToken" not in query:
            self.history = (self.history or []) + self.script.pop(0)
        if self.history is None:
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
        yield {
            "events": [
                event
                for event in self.groups[query["logGroupName"]]
                if pattern in event["message"]
                and event.get("logStreamName", "").startswith(stream)
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


def fake_stack(name: str = "local") -> Stack:
    outputs = {
        "BucketName": BUCKET,
        "TrainAndBatchTransformStateMachineArn": MACHINE,
        "SeedFunctionArn": "arn:aws:lambda:eu-west-1:111122223333:function:seed",
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
