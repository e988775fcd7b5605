"""``dropforge up``, ``down`` and ``status``: the local cloud itself."""

import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dropforge.cli.connect import deployed, local_stack, state_dir
from dropforge.cli.faults import FAILED, reported
from dropforge.cli.folding import FactsText
from dropforge.cli.options import Env, Json, number_from
from dropforge.cli.output import Output
from dropforge.cli.sharing import starting, uninterrupted
from dropforge.client.errors import StackMissingError
from dropforge.client.stack import Stack, find_stack
from dropforge.environment import LOCAL, read_environment

if TYPE_CHECKING:
    from dropforge.cloud import Cloud

PORT = 4566
"""The port that AWS emulators commonly use."""

Port = Annotated[
    int,
    typer.Option(
        "--port",
        metavar="PORT",
        parser=number_from(int, 0, 65535),
        help="Port on 127.0.0.1; 0 takes a free one.",
    ),
]
Foreground = Annotated[
    bool, typer.Option("--foreground", help="Stay until Ctrl-C, then stop the cloud.")
]


def up(port: Port = PORT, foreground: Foreground = False, as_json: Json = False) -> None:
    """Start the local cloud and deploy the stack into it.

    It stays up in the background, and what it stores outlives it.
    """
    output = Output(as_json)
    with reported(output):
        cloud = _started(port, output)
        if foreground:
            _stay(cloud, output)


def _started(port: int, output: Output) -> "Cloud":
    """Start the cloud, deploy into it and print where it is; if that fails, stop it again."""
    from dropforge import cloud as clouds

    environment, folder = read_environment(LOCAL), state_dir()
    started: Cloud | None = None
    try:
        with starting(folder, lambda: output.note("Waiting for another command's cloud ...")):
            with uninterrupted():
                cloud = started = clouds.up(folder, port=port)
            stack = local_stack(environment, cloud, deploy=True)
        facts, access = _facts(stack, cloud), _access(stack, cloud)
        output.result(facts, lambda: [FactsText(_lines(facts) | access, whole=access)])
    except BaseException:
        if started:
            _stop(started)
        raise
    return cloud


def down(as_json: Json = False) -> None:
    """Stop the local cloud; what it stores is kept."""
    output = Output(as_json)
    with reported(output):
        from dropforge import cloud as clouds

        cloud = clouds.running(state_dir())
        if cloud:
            _stop(cloud)
        said = f"Stopped the local cloud at {cloud.endpoint}." if cloud else "No local cloud is up."
        output.result({"running": False, "stopped": cloud is not None}, lambda: [said])


def status(env: Env = LOCAL, as_json: Json = False) -> None:
    """Say whether the local cloud, or a stack on AWS, is up, and where its parts are."""
    output = Output(as_json)
    with reported(output):
        environment = read_environment(env)
        facts = _local_facts() if environment.is_local else _facts(deployed(environment), None)
        if facts["running"]:
            output.result(facts, lambda: [FactsText(_lines(facts))])
        else:
            said = "The local cloud is not up; `dropforge up` starts it."
            output.result(facts, lambda: [said])


def _local_facts() -> dict[str, Any]:
    from dropforge import cloud as clouds

    cloud = clouds.running(state_dir())
    if cloud is None:
        return _facts(None, None) | {"state_dir": str(state_dir().resolve())}
    try:
        return _facts(find_stack(read_environment(LOCAL), clouds.session(cloud)), cloud)
    except StackMissingError:
        return _facts(None, cloud)


def _facts(stack: Stack | None, cloud: "Cloud | None") -> dict[str, Any]:
    outputs = stack.outputs if stack else {}
    endpoint = cloud.endpoint if cloud else None
    if stack and cloud is None:
        endpoint = stack.client("s3").meta.endpoint_url
    return {
        "running": stack is not None or cloud is not None,
        "endpoint": endpoint,
        "region": cloud.region if cloud else (stack.session.region_name if stack else None),
        "stack": stack.environment.stack_name if stack else None,
        "bucket": outputs.get("BucketName"),
        "state_machines": _arns(outputs, "StateMachineArn"),
        "functions": _arns(outputs, "FunctionArn"),
        "state_dir": str(cloud.state_dir) if cloud else None,
    }


def _arns(outputs: Any, ending: str) -> dict[str, str]:
    return {name.removesuffix("Arn"): arn for name, arn in outputs.items() if name.endswith(ending)}


def _lines(facts: dict[str, Any]) -> dict[str, str | None]:
    return {
        "Endpoint": facts["endpoint"],
        "Region": facts["region"],
        "Stack": facts["stack"] or "not deployed",
        "Bucket": facts["bucket"],
        "State machine": ", ".join(facts["state_machines"]),
        "Functions": ", ".join(facts["functions"]),
        "State": facts["state_dir"],
    }


def _access(stack: Stack, cloud: "Cloud") -> dict[str, str | None]:
    """Say how other AWS tools reach the cloud."""
    keys = stack.session.get_credentials().get_frozen_credentials()
    # boto3 reads AWS_DEFAULT_REGION alone, the other SDKs AWS_REGION alone; where a shell has
    # set the latter for its user's account, the AWS CLI prefers it to the former.
    return {
        "Other tools": f"export AWS_ENDPOINT_URL={cloud.endpoint}\n"
        f"export AWS_DEFAULT_REGION={cloud.region} AWS_REGION={cloud.region}\n"
        f"export AWS_ACCESS_KEY_ID={keys.access_key}\n"
        f"export AWS_SECRET_ACCESS_KEY={keys.secret_key}",
        "Drop a file": f"aws s3 cp FILE.csv s3://{stack.bucket}/inbox/",
    }


def _stay(cloud: "Cloud", output: Output) -> None:
    from dropforge import cloud as clouds

    output.note("Ctrl-C stops the local cloud.")
    try:
        while clouds.running(state_dir()) == cloud:
            time.sleep(0.5)
    except KeyboardInterrupt:
        _stop(cloud)
        return
    output.fault("the local cloud ended; `dropforge up --foreground` starts it again")
    raise typer.Exit(FAILED)


def _stop(cloud: "Cloud") -> None:
    from dropforge import cloud as clouds

    with uninterrupted():
        clouds.down(cloud)
