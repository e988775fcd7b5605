"""A local cloud with the deployed application, in which one cell runs at a time."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from bench.faults import project
from bench.faults.drop import Drop, Ending
from bench.faults.inbox import Inbox, run_of
from bench.faults.webhook import Webhook
from dropforge import cloud
from pipeline import run_names

STACK = "dropforge"
_PARAMETER = "/dropforge/webhook"
_POLL_SECONDS = 0.15
# A message that has not come by then does not come: functions are retried after 1 s and 2 s.
_SILENCE_SECONDS = 25.0


class Lane:
    """One cloud; not for use by several threads at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.faults = folder / "faults"
        self.faults.mkdir(parents=True)
        self.arrange_functions([])
        # Waits of minutes pass at once.
        before, os.environ["SFN_WAIT_SCALE"] = os.environ.get("SFN_WAIT_SCALE"), "0"
        try:
            self.cloud = cloud.up(folder / "state", persist=False)
        finally:
            os.environ.pop("SFN_WAIT_SCALE")
            if before is not None:
                os.environ["SFN_WAIT_SCALE"] = before
        self._session = cloud.session(self.cloud)
        self._clients: dict[str, Any] = {}
        self.webhook = Webhook()
        try:
            self._deploy()
        except BaseException:
            self.end()
            raise

    def _deploy(self) -> None:
        self.client("ssm").put_parameter(
            Name=_PARAMETER, Type="SecureString", Value=self.webhook.url
        )
        # Ten tries at once instead of within an hour.
        parameters = {"WebhookUrlParameter": _PARAMETER, "DeliveryBackoffInSeconds": "0"}
        self.outputs = cloud.deploy(self.cloud, project.copy(self.folder), STACK, parameters)
        self.bucket = self.outputs["BucketName"]
        self.machine = self.outputs["TrainAndBatchTransformStateMachineArn"]
        self.scoring_machine = self.outputs["BatchTransformStateMachineArn"]
        self.role_names = self._roles()
        for function in project.functions():
            self.configure(function, {"Handler": f"faulty_{function}.handler"})
        self.inbox = Inbox(
            self.client, self.outputs["TopicArn"], self.outputs["UndeliveredQueueUrl"]
        )

    def client(self, service: str) -> Any:
        """Return a client of the cloud's root user."""
        if service not in self._clients:
            self._clients[service] = self._session.client(service)
        return self._clients[service]

    def end(self) -> None:
        """Stop the cloud and what listens to it."""
        cloud.down(self.cloud)
        self.webhook.end()

    # --- what cells break -------------------------------------------------------------------

    def configure(self, function: str, changes: dict[str, Any], **variables: str) -> None:
        """Change a function's configuration and its environment."""
        name = self.outputs[f"{function.title()}FunctionArn"]
        client = self.client("lambda")
        known = client.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        kept = {key: value for key, value in known.items() if not key.startswith("FAULT")}
        kept |= {"FAULTS_FOLDER": str(self.faults), **variables}
        client.update_function_configuration(
            FunctionName=name, Environment={"Variables": kept}, **changes
        )

    def timeout_of(self, function: str) -> int:
        """Return a function's time limit in seconds."""
        name = self.outputs[f"{function.title()}FunctionArn"]
        answer = self.client("lambda").get_function_configuration(FunctionName=name)
        return int(answer["Timeout"])

    def arrange_functions(self, faults: list[dict[str, Any]]) -> None:
        """Tell the functions what to do; see faulty.py."""
        for used in self.faults.glob("*-*"):
            used.unlink()
        _replace(self.faults / "arranged.json", faults)

    def arrange_sagemaker(self, faults: list[dict[str, Any]]) -> None:
        """Tell SageMaker what to do; see docs/local-cloud.md."""
        (self.cloud.state_dir / "faults_met.jsonl").unlink(missing_ok=True)
        _replace(self.cloud.state_dir / "faults.json", faults)

    def sagemaker_met(self) -> list[dict[str, Any]]:
        """Return the faults that SageMaker met since they were arranged."""
        file = self.cloud.state_dir / "faults_met.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    @contextmanager
    def policy(self, role: str, change: Any) -> Iterator[None]:
        """Change the statements of a role's policy."""
        iam = self.client("iam")
        place = {"RoleName": self.role_names[role]}
        place["PolicyName"] = iam.list_role_policies(**place)["PolicyNames"][0]
        policy = iam.get_role_policy(**place)["PolicyDocument"]
        changed = {**policy, "Statement": change(policy["Statement"])}
        iam.put_role_policy(**place, PolicyDocument=json.dumps(changed))
        try:
            yield
        finally:
            iam.put_role_policy(**place, PolicyDocument=json.dumps(policy))

    # --- runs ---------------------------------------------------------------------------------

    def drop(self, dataset: str, file: str, body: bytes) -> Drop:
        """Put a file into the inbox."""
        return self._put(dataset, f"inbox/{dataset}/{file}.csv", body)

    def score(self, dataset: str, body: bytes, *, batch: bool = False) -> Drop:
        """Drop a file to be predicted."""
        if batch:
            self.put_settings(dataset, {"scoring": "batch"})
        return self._put(dataset, f"score/{dataset}/new.csv", body)

    def put_settings(self, dataset: str, settings: dict[str, str]) -> None:
        """Put the settings of a dataset."""
        key, text = f"inbox/{dataset}/pipeline.json", json.dumps(settings)
        self.client("s3").put_object(Bucket=self.bucket, Key=key, Body=text.encode())

    def _put(self, dataset: str, key: str, body: bytes) -> Drop:
        s3, began = self.client("s3"), time.monotonic()
        version = s3.put_object(Bucket=self.bucket, Key=key, Body=body).get("VersionId")
        modified = s3.head_object(Bucket=self.bucket, Key=key)["LastModified"]
        run = run_names.run_name(dataset, modified, self.bucket, key, version)
        return Drop(dataset, run, began)

    def start(self, dataset: str) -> Drop:
        """Start an execution that generates its data; its name has the dataset's."""
        run, began = f"{dataset}-started", time.monotonic()
        given = json.dumps({"rows": 300, "dataset": dataset})
        self.client("stepfunctions").start_execution(
            stateMachineArn=self.machine, name=run, input=given
        )
        return Drop(dataset, run, began)

    def await_end(self, drop: Drop, known: set[str], limit: float, settle: float) -> Ending:
        """Wait for the message, or for what shows that none comes.

        Parameters
        ----------
        known : earlier runs of the dataset.
        """
        ended: float | None = None
        while (now := time.monotonic()) < drop.began + limit:
            if self.inbox.messages(drop.dataset, known):
                return self._ending("message", drop, known, settle)
            if self.inbox.is_buried(drop.dataset):
                return self._ending("dead_letter", drop, known, settle)
            status = self.execution(drop.run).get("status")
            ended = ended or (now if status not in (None, "RUNNING") else None)
            if ended is not None and now > ended + _SILENCE_SECONDS:
                return self._ending("silence", drop, known, settle)
            time.sleep(_POLL_SECONDS)
        kind = "hang" if self.execution(drop.run).get("status") == "RUNNING" else "silence"
        return self._ending(kind, drop, known, settle)

    def _ending(self, kind: str, drop: Drop, known: set[str], settle: float) -> Ending:
        seconds = time.monotonic() - drop.began
        time.sleep(settle)
        found = self.inbox.messages(drop.dataset, known)
        # A drop that became no run has a message of another run's name.
        run = run_of(found[0]) if found else drop.run
        return Ending(kind, found, self.read_json(f"runs/{run}/message.json"), seconds)

    def execution(self, run: str) -> dict[str, Any]:
        """Describe a run's execution; empty if there is none."""
        for machine in (self.machine, self.scoring_machine):
            arn = f"{machine.replace(':stateMachine:', ':execution:')}:{run}"
            with suppress(ClientError):
                return dict(self.client("stepfunctions").describe_execution(executionArn=arn))
        return {}

    def stop(self, run: str) -> None:
        """Stop an execution if it runs."""
        found = self.execution(run)
        if found.get("status") == "RUNNING":
            self.client("stepfunctions").stop_execution(executionArn=found["executionArn"])

    def champions(self, dataset: str) -> list[tuple[str, str]]:
        """Return a dataset's packages, the newest first, each with its approval."""
        group = run_names.package_group(STACK, dataset)
        try:
            found = self.client("sagemaker").list_model_packages(
                ModelPackageGroupName=group, SortBy="CreationTime", SortOrder="Descending"
            )["ModelPackageSummaryList"]
        except ClientError:
            return []
        return [(each["ModelPackageArn"], each["ModelApprovalStatus"]) for each in found]

    def keys(self, prefix: str) -> list[str]:
        """List keys below a prefix."""
        answer = self.client("s3").list_objects_v2(Bucket=self.bucket, Prefix=prefix)
        return [item["Key"] for item in answer.get("Contents", [])]

    def read_json(self, key: str) -> dict[str, Any] | None:
        """Read a document; None if there is none."""
        try:
            body = self.client("s3").get_object(Bucket=self.bucket, Key=key)["Body"].read()
        except ClientError:
            return None
        document: dict[str, Any] = json.loads(body)
        return document

    def _roles(self) -> dict[str, str]:
        pages = self.client("cloudformation").list_stack_resources(StackName=STACK)
        return {
            each["LogicalResourceId"]: each["PhysicalResourceId"].rpartition("/")[2]
            for each in pages["StackResourceSummaries"]
            if each["ResourceType"] == "AWS::IAM::Role"
        }


def _replace(file: Path, value: Any) -> None:
    """Write a file that others read at any moment."""
    fresh = file.with_suffix(".new")
    fresh.write_text(json.dumps(value), encoding="utf-8")
    fresh.replace(file)
