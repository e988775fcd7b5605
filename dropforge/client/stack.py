"""A deployed stack: its outputs, and clients that reach it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

from botocore.config import Config
from botocore.exceptions import ClientError

from dropforge.environment import Environment
from dropforge.errors import StackMissingError
from pipeline import layout, run_names
from pipeline.documents.kinds import Kind, T

Ask = Callable[[str, Mapping[str, str]], dict[str, Any] | None]
"""Asks the local cloud something that AWS cannot be asked; None if it does not know."""

_SEED_SECONDS = 150
"""Longer than SeedFunction may run, so that its own time-out is what is reported."""


@dataclass(frozen=True)
class Stack:
    """A stack that is deployed, and the session that reaches it.

    Parameters
    ----------
    session : a boto3 session.
    outputs : of the template.
    ask : asks the local cloud that the stack is in; None on AWS.
    scores : whether executions are looked for in the state machine that scores.
    """

    environment: Environment
    session: Any
    outputs: Mapping[str, str]
    ask: Ask | None = field(default=None, repr=False, compare=False)
    scores: bool = False
    _clients: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def client(self, service: str) -> Any:
        """Return the client of a service, made once."""
        if service not in self._clients:
            config = Config(
                read_timeout=_SEED_SECONDS if service == "lambda" else 60,
                retries={"mode": "standard", "total_max_attempts": 5},
            )
            self._clients[service] = self.session.client(service, config=config)
        return self._clients[service]

    @property
    def bucket(self) -> str:
        """Name of the bucket."""
        return self.outputs["BucketName"]

    @property
    def state_machine_arn(self) -> str:
        """ARN of the state machine that trains, or of the one that scores."""
        name = "BatchTransform" if self.scores else "TrainAndBatchTransform"
        return self.outputs[f"{name}StateMachineArn"]

    def scoring(self) -> "Stack":
        """Return the stack with the state machine that scores."""
        return replace(self, scores=True)

    @property
    def can_score(self) -> bool:
        """Whether its release has the state machine that scores."""
        return "BatchTransformStateMachineArn" in self.outputs

    def execution_arn(self, name: str) -> str:
        """Return the ARN of an execution (Step Functions API, StartExecution, executionArn)."""
        return f"{self.state_machine_arn.replace(':stateMachine:', ':execution:', 1)}:{name}"

    def package_group(self, dataset: str) -> str:
        """Return the name of a dataset's model package group, as EvaluateFunction makes it."""
        return run_names.package_group(self.outputs["ModelPackageGroupPrefix"], dataset)

    def argument(self, run: str) -> str:
        """Return what names a run of this stack to a command."""
        return run if self.environment.is_local else f"{run} --env {self.environment.name}"

    def read(self, key: str) -> bytes | None:
        """Return an object of the bucket, None if there is none."""
        try:
            answer = self.client("s3").get_object(Bucket=self.bucket, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] in ("NoSuchKey", "404"):
                return None
            raise
        body: bytes = answer["Body"].read()
        return body

    def read_document(self, run: str, kind: Kind[T]) -> T | None:
        """Return a run's document of a kind; None if the run has none.

        It may be of an earlier version, so it is not held against today's schema.
        """
        return self.read_json(layout.run_key(run, kind.file), kind)

    def known(self, run: str, kind: Kind[T]) -> T:
        """Return what a run's document says, nothing if there is none: read it with ``get``."""
        return self.read_document(run, kind) or cast(T, {})

    def read_json(self, key: str, _kind: Kind[T]) -> T | None:
        """Return the document of a kind that lies at a key; None if nothing does."""
        body = self.read(key)
        return None if body is None else cast(T, json.loads(body))

    def read_json_list(self, key: str) -> list[Any]:
        """Return a JSON list of the bucket; [] if there is none."""
        return list(json.loads(self.read(key) or b"[]"))

    def has(self, prefix: str) -> bool:
        """Say whether the bucket has objects whose keys begin with a prefix."""
        s3 = self.client("s3")
        answer = s3.list_objects_v2(Bucket=self.bucket, Prefix=prefix, MaxKeys=1)
        return bool(answer.get("Contents"))


def find_stack(environment: Environment, session: Any, ask: Ask | None = None) -> Stack:
    """Find an environment's stack by its name.

    Parameters
    ----------
    ask : as `Stack` has it.

    Raises
    ------
    StackMissingError
        There is none, or its deployment did not end well.
    """
    where = f"{environment.stack_name!r} in {session.region_name}"
    client = session.client("cloudformation")
    try:
        found = client.describe_stacks(StackName=environment.stack_name)["Stacks"][0]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationError":
            raise
        raise StackMissingError(
            f"there is no stack {where}; deploy it with "
            f"`make build && sam deploy --config-env {environment.name}`"
        ) from error
    outputs = {item["OutputKey"]: item["OutputValue"] for item in found.get("Outputs", [])}
    if "BucketName" not in outputs or "TrainAndBatchTransformStateMachineArn" not in outputs:
        raise StackMissingError(
            f"the stack {where} is {found['StackStatus']} and has no outputs of Dropforge; "
            f"finish or delete that deployment, or name another stack in samconfig.toml"
        )
    return Stack(environment, session, outputs, ask)
