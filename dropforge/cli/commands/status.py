"""``dropforge status``: whether the local cloud is up, and where everything is."""

from typing import TYPE_CHECKING, Any

from dropforge.cli.connection.connect import asking, deployed, state_dir
from dropforge.cli.exit_codes import reported
from dropforge.cli.options import Env, Json
from dropforge.cli.screen.output import Output
from dropforge.cli.screen.wrapping import FactsText
from dropforge.client.execution.backlog import backlog_of
from dropforge.client.stack import Stack, find_stack
from dropforge.environment import LOCAL, read_environment
from dropforge.errors import StackMissingError

if TYPE_CHECKING:
    from dropforge.cloud import Cloud


def status(env: Env = LOCAL, as_json: Json = False) -> None:
    """Say whether the local cloud, or a stack on AWS, is up, and where its parts are."""
    output = Output(as_json)
    with reported(output):
        environment = read_environment(env)
        facts = _local_facts() if environment.is_local else facts_of(deployed(environment), None)
        if facts["running"]:
            output.result(facts, lambda: [FactsText(lines_of(facts))])
        else:
            said = "The local cloud is not up; `dropforge up` starts it."
            output.result(facts, lambda: [said])


def _local_facts() -> dict[str, Any]:
    from dropforge import cloud as clouds

    cloud = clouds.running(state_dir())
    if cloud is None:
        return facts_of(None, None) | {"state_dir": str(state_dir().resolve())}
    try:
        return facts_of(
            find_stack(read_environment(LOCAL), clouds.session(cloud), asking(cloud)), cloud
        )
    except StackMissingError:
        return facts_of(None, cloud)


def facts_of(stack: Stack | None, cloud: "Cloud | None") -> dict[str, Any]:
    """Say where the parts of a stack, and of the local cloud that it is in, are."""
    outputs = stack.outputs if stack else {}
    endpoint = cloud.endpoint if cloud else None
    if stack and cloud is None:
        endpoint = stack.client("s3").meta.endpoint_url
    return {
        "running": stack is not None or cloud is not None,
        "endpoint": endpoint,
        "docker_endpoint": (cloud.docker_endpoint or None) if cloud else None,
        "region": cloud.region if cloud else (stack.session.region_name if stack else None),
        "stack": stack.environment.stack_name if stack else None,
        "bucket": outputs.get("BucketName"),
        "state_machines": _arns(outputs, "StateMachineArn"),
        "functions": _arns(outputs, "FunctionArn"),
        "state_dir": str(cloud.state_dir) if cloud else None,
        "backlog": backlog_of(stack) if stack else None,
    }


def _arns(outputs: Any, ending: str) -> dict[str, str]:
    return {name.removesuffix("Arn"): arn for name, arn in outputs.items() if name.endswith(ending)}


def lines_of(facts: dict[str, Any]) -> dict[str, str | None]:
    """Return the facts as names and values for a person."""
    return {
        "Endpoint": facts["endpoint"],
        "In containers": facts["docker_endpoint"],
        "Region": facts["region"],
        "Stack": facts["stack"] or "not deployed",
        "Bucket": facts["bucket"],
        "State machine": ", ".join(facts["state_machines"]),
        "Functions": ", ".join(facts["functions"]),
        "State": facts["state_dir"],
        "Waiting": _waiting(facts["backlog"]),
    }


def _waiting(backlog: dict[str, Any] | None) -> str:
    """Say what waits for its turn or is being done; "" if there is nothing, or nobody knows."""
    if not backlog:
        return ""
    counts = backlog.get("functions") or {}
    events = {
        state: sum(count.get(state, 0) for count in counts.values())
        for state in ("queued", "running")
    }
    oldest = max((count.get("oldest_seconds") or 0 for count in counts.values()), default=0)
    told = {
        "event": events,
        "run": backlog.get("executions") or {},
        "job": backlog.get("jobs") or {},
    }
    parts = [_counted(name, count) for name, count in told.items()]
    if events["queued"] and oldest >= 1:
        parts.append(f"the oldest event waits for {oldest:,.0f} s")
    return ", ".join(filter(None, parts))


def _counted(name: str, count: dict[str, int]) -> str:
    queued, running = count.get("queued", 0), count.get("running", 0)
    noun = name if queued + running == 1 else f"{name}s"
    if queued and running:
        return f"{queued + running:,} {noun}: {queued:,} waiting and {running:,} under way"
    if queued:
        return f"{queued:,} {noun} waiting"
    return f"{running:,} {noun} under way" if running else ""
