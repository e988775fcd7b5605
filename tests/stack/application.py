"""The deployed application as a test sees it: through boto3 alone, as on AWS."""

import json
import time
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.exceptions import ClientError

from pipeline import drop_keys, layout, run_names
from pipeline.errors import DropNameError

END_LIMIT_SECONDS = 120.0


@dataclass(frozen=True)
class Application:
    """A deployed stack."""

    session: boto3.Session
    outputs: dict[str, str]

    def client(self, service: str) -> Any:
        return self.session.client(service)

    @property
    def bucket(self) -> str:
        return self.outputs["BucketName"]

    @property
    def machine(self) -> str:
        return self.outputs["TrainAndBatchTransformStateMachineArn"]

    def drop(self, key: str, body: bytes) -> str:
        """Put an object and return the name of the run that it starts."""
        s3 = self.client("s3")
        version = s3.put_object(Bucket=self.bucket, Key=key, Body=body).get("VersionId")
        head = s3.head_object(Bucket=self.bucket, Key=key)
        if key.startswith(drop_keys.SCORE):
            dataset = drop_keys.dataset_of(key)
        else:
            try:
                dataset = drop_keys.drop_of(key).dataset
            except DropNameError:
                dataset = drop_keys.dataset_name(key.split("/")[1])
        return run_names.run_name(dataset, head["LastModified"], self.bucket, key, version)

    def settings(self, dataset: str, settings: dict[str, Any]) -> None:
        key = f"inbox/{dataset}/pipeline.json"
        self.client("s3").put_object(
            Bucket=self.bucket, Key=key, Body=json.dumps(settings).encode()
        )

    def read(self, key: str) -> bytes | None:
        try:
            body: bytes = self.client("s3").get_object(Bucket=self.bucket, Key=key)["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchKey":
                return None
            raise
        return body

    def keys(self, prefix: str) -> list[str]:
        pages = self.client("s3").get_paginator("list_objects_v2")
        found = pages.paginate(Bucket=self.bucket, Prefix=prefix)
        return [item["Key"] for page in found for item in page.get("Contents", [])]

    def message(self, run: str) -> dict[str, Any]:
        """Wait for a run's message and return it."""
        key = f"{layout.prefix_of(run)}/message.json"
        end = time.monotonic() + END_LIMIT_SECONDS
        while time.monotonic() < end:
            body = self.read(key)
            if body is not None:
                message: dict[str, Any] = json.loads(body)
                if message["sent"] is not None:
                    return message
            time.sleep(0.05)
        raise AssertionError(f"no message of {run} after {END_LIMIT_SECONDS} s: {self.last(run)}")

    def last(self, run: str) -> Any:
        """Return what is known of an execution, for the message of a failed test."""
        try:
            described = self.client("stepfunctions").describe_execution(
                executionArn=self.execution(run)
            )
        except ClientError as error:
            return error
        return {k: described.get(k) for k in ("status", "error", "cause", "output")}

    def execution(self, name: str) -> str:
        return f"{self.machine.replace(':stateMachine:', ':execution:')}:{name}"

    def start(self, name: str, given: dict[str, Any]) -> str:
        arn: str = self.client("stepfunctions").start_execution(
            stateMachineArn=self.machine, name=name, input=json.dumps(given)
        )["executionArn"]
        return arn
