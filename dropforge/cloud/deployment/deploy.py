"""Deploy the SAM template as it is, with the code of the working tree, to a local cloud."""

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from dropforge.cloud.deployment import template as templates
from dropforge.cloud.deployment.archive import zip_of
from dropforge.cloud.endpoint import Cloud, session
from dropforge.errors import DeployError

TEMPLATE = "template.yaml"
_CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
_DIGEST_TAG = "dropforge:digest"
_DEPLOY_SECONDS = 120.0
_POLL_SECONDS = 0.03
# CreateStack takes larger templates from S3 only (CloudFormation API, TemplateBody).
_INLINE_BYTES = 51_200
_DONE = {"CREATE_COMPLETE", "UPDATE_COMPLETE"}
# A stack in one of these can only be deleted (CloudFormation user guide, stack status codes).
_DEAD = {"CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED"}


def deploy(
    cloud: Cloud,
    project_root: Path,
    stack_name: str,
    parameters: Mapping[str, str],
    *,
    changing: Callable[[], None] = lambda: None,
) -> dict[str, str]:
    """Create or update the stack of the project's template.

    An unchanged project with unchanged parameters is left as it is.

    Parameters
    ----------
    changing : called before the stack is made or changed.

    Returns
    -------
    The stack's outputs.

    Raises
    ------
    DeployError
        The template or a path in it is bad, or a resource could not be made;
        the message names the resource and its reason.
    """
    made = session(cloud)
    s3, cloudformation = made.client("s3"), made.client("cloudformation")
    bucket = f"{stack_name}-artifacts-{cloud.account}"
    body, objects = _packaged(project_root, bucket)
    digest = hashlib.sha256(json.dumps([body, sorted(parameters.items())]).encode()).hexdigest()
    stack = _describe(cloudformation, stack_name)
    if stack and stack["StackStatus"] in _DONE and _digest(stack) == digest:
        return _outputs(stack)
    changing()
    request: dict[str, Any] = {
        "StackName": stack_name,
        "Parameters": [
            {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
        ],
        "Capabilities": _CAPABILITIES,
        "Tags": [{"Key": _DIGEST_TAG, "Value": digest}],
    }
    if len(body.encode()) > _INLINE_BYTES:
        key = f"{digest[:32]}.template"
        objects[key] = body.encode()
        request["TemplateURL"] = f"{cloud.endpoint}/{bucket}/{key}"
    else:
        request["TemplateBody"] = body
    _ensure_bucket(s3, bucket)
    for key, content in objects.items():
        _upload(s3, bucket, key, content)
    return _apply(cloudformation, stack, request)


def _packaged(project_root: Path, bucket: str) -> tuple[str, dict[str, bytes]]:
    """Return the template with locations in the bucket, and what belongs there by key."""
    objects: dict[str, bytes] = {}

    def collect(path: Path, kind: str) -> tuple[str, str]:
        content = zip_of(path, "python/" if kind == "layer" else "")
        suffix = ".zip" if kind != "definition" else path.suffix
        key = f"{hashlib.sha256(content).hexdigest()[:32]}{suffix}"
        objects[key] = content
        return bucket, key

    source = templates.read(project_root / TEMPLATE)
    return json.dumps(templates.package(source, project_root, collect)), objects


def _apply(cloudformation: Any, stack: dict[str, Any] | None, request: Any) -> dict[str, str]:
    name = request["StackName"]
    started = time.time()
    try:
        if stack and stack["StackStatus"] in _DEAD:
            cloudformation.delete_stack(StackName=name)
            _wait(cloudformation, name)
            stack = None
        if stack:
            cloudformation.update_stack(**request)
        else:
            cloudformation.create_stack(**request)
    except ClientError as error:
        if "No updates are to be performed" not in str(error):
            raise DeployError(f"stack {name}: {error.response['Error']['Message']}") from error
    stack = _wait(cloudformation, name)
    if stack is None or stack["StackStatus"] not in _DONE:
        status = stack["StackStatus"] if stack else "DELETED"
        raise DeployError(f"stack {name} is {status}: {_reason(cloudformation, name, started)}")
    return _outputs(stack)


def _describe(cloudformation: Any, name: str) -> dict[str, Any] | None:
    try:
        stacks = cloudformation.describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    return dict(stacks[0])


def _wait(cloudformation: Any, name: str) -> dict[str, Any] | None:
    deadline = time.monotonic() + _DEPLOY_SECONDS
    while time.monotonic() < deadline:
        stack = _describe(cloudformation, name)
        if (
            stack is None
            or stack["StackStatus"] == "DELETE_COMPLETE"
            or not stack["StackStatus"].endswith("_IN_PROGRESS")
        ):
            return stack
        time.sleep(_POLL_SECONDS)
    raise DeployError(f"stack {name} was not done after {_DEPLOY_SECONDS:.0f} s")


def _reason(cloudformation: Any, name: str, started: float) -> str:
    """Find the resource that failed first; later failures are only its consequences."""
    try:
        events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    except ClientError as error:
        return str(error)
    failures = [
        f"{event['LogicalResourceId']} ({event['ResourceType']}): "
        f"{event.get('ResourceStatusReason', 'no reason given')}"
        for event in events
        if event["ResourceStatus"].endswith("_FAILED")
        and event["Timestamp"].timestamp() >= started - 1
        and event["LogicalResourceId"] != name
    ]
    stack = _describe(cloudformation, name) or {}
    return failures[-1] if failures else stack.get("StackStatusReason", "no reason given")


def _ensure_bucket(s3: Any, bucket: str) -> None:
    try:
        s3.create_bucket(Bucket=bucket)
    except ClientError as error:
        # A cloud that was killed may have the bucket, without its region, and not the stack.
        if error.response["Error"]["Code"] != "BucketAlreadyOwnedByYou":
            raise


def _upload(s3: Any, bucket: str, key: str, content: bytes) -> None:
    try:
        s3.head_object(Bucket=bucket, Key=key)
    except ClientError:
        s3.put_object(Bucket=bucket, Key=key, Body=content)


def _digest(stack: dict[str, Any]) -> str | None:
    tags = {tag["Key"]: tag["Value"] for tag in stack.get("Tags", [])}
    return tags.get(_DIGEST_TAG)


def _outputs(stack: dict[str, Any]) -> dict[str, str]:
    return {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])}
