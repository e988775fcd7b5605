"""Makes sample events that a deployed stack can be given: they name what is there.

They are about a run of the stack's own sample, so that no one's data is touched; a step
that is invoked again writes the same files again.
"""

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from dropforge.client.follow import message_of
from dropforge.client.naming import executions
from dropforge.client.stack import Stack
from dropforge.client.steps import Execution, execution_with_inputs, step_events
from pipeline import layout

SAMPLE = "sample"
"""The dataset that SeedFunction drops."""
NOTES = f"{layout.INBOX}{SAMPLE}/notes.txt"
"""A file that is no CSV, for the events that are about a refusal."""
STEPS = {
    "prepare-plan": "plan",
    "prepare-profile": "profile",
    "prepare-fit": "fit",
    "prepare-encode": "encode",
    "evaluate-champion": "champion",
    "evaluate-run": "evaluate",
}
"""The events that are a step of the state machine."""
_LOOKED_AT = 200

Event = dict[str, Any]


@dataclass(frozen=True)
class Stored:
    """An object of the bucket, as its event names it."""

    key: str
    version: str | None
    size: int
    etag: str
    run: str


def sample_run(stack: Stack) -> Execution | None:
    """Return the newest run of the sample that was judged and told, None if there is none."""
    for item in islice(executions(stack), _LOOKED_AT):
        if item["status"] != "SUCCEEDED" or not item["name"].startswith(f"{SAMPLE}-"):
            continue
        message = message_of(stack, item["name"])
        if not message or not message.get("sent") or message["dataset"] != SAMPLE:
            continue
        found = execution_with_inputs(stack, stack.execution_arn(item["name"]))
        drop = json.loads(found.facts["input"])
        if "Evaluate" in found.inputs and str(drop.get("key")).startswith(layout.INBOX):
            return found
    return None


def example_events(stack: Stack, execution: Execution, shapes: Path) -> dict[str, Event]:
    """Return the events of `shapes`, about this run, by the names of their files.

    Puts the file that is no CSV into the inbox if it is not there; its refusal is told once.

    Parameters
    ----------
    shapes : the directory of the documented events.
    """
    static = {file.stem: json.loads(file.read_text()) for file in sorted(shapes.glob("*.json"))}
    drop = json.loads(execution.facts["input"])
    data = _stored(stack, drop["key"], drop.get("version_id"))
    notes = _notes(stack)
    steps = step_events(stack, execution)
    made = {name: steps[step] for name, step in STEPS.items()}
    made["trigger-object-created"] = _created(stack, static["trigger-object-created"], data)
    made["trigger-not-csv"] = _created(stack, static["trigger-not-csv"], notes)
    made["notify-drop-rejected"] = _refused(stack, static["notify-drop-rejected"], notes)
    made["notify-lost-drop"] = _lost(stack, static["notify-lost-drop"], data)
    made["notify-succeeded"] = _ended(stack, static["notify-succeeded"], execution.facts)
    made["notify-failed"] = _failed(stack, static["notify-failed"], execution)
    # What names nothing of the stack fits as it is.
    return {name: made.get(name, event) for name, event in static.items()}


def _notes(stack: Stack) -> Stored:
    if not stack.has(NOTES):
        stack.client("s3").put_object(Bucket=stack.bucket, Key=NOTES, Body=b"Not a CSV file.\n")
    return _stored(stack, NOTES, None)


def _stored(stack: Stack, key: str, version: str | None) -> Stored:
    where = {"Bucket": stack.bucket, "Key": key} | ({"VersionId": version} if version else {})
    head = stack.client("s3").head_object(**where)
    version = version or head.get("VersionId")
    modified, dataset = head["LastModified"], layout.dataset_of(key)
    run = layout.run_name(dataset, modified, stack.bucket, key, version)
    return Stored(key, version, head["ContentLength"], head["ETag"].strip('"'), run)


def _here(stack: Stack, shape: Event) -> Event:
    """Return an event of this account, region and bucket."""
    _, _, _, region, account, *_ = stack.state_machine_arn.split(":")
    event = copy.deepcopy(shape)
    return event | {"account": account, "region": region}


def _created(stack: Stack, shape: Event, stored: Stored) -> Event:
    event = _here(stack, shape)
    partition = stack.state_machine_arn.split(":")[1]
    event["resources"] = [f"arn:{partition}:s3:::{stack.bucket}"]
    detail = event["detail"]
    detail["bucket"]["name"], detail["requester"] = stack.bucket, event["account"]
    detail["object"] |= {"key": stored.key, "size": stored.size, "etag": stored.etag}
    if stored.version:
        detail["object"]["version-id"] = stored.version
    return event


def _refused(stack: Stack, shape: Event, stored: Stored) -> Event:
    event = _here(stack, shape)
    event["detail"] |= {"bucket": stack.bucket, "run": stored.run, "dataset": SAMPLE}
    cause = event["detail"]["cause"].replace(event["detail"]["key"], stored.key)
    event["detail"] |= {"key": stored.key, "cause": cause}
    return event


def _lost(stack: Stack, shape: Event, stored: Stored) -> Event:
    event = copy.deepcopy(shape)
    event["requestContext"]["functionArn"] = f"{stack.outputs['TriggerFunctionArn']}:$LATEST"
    request = _created(stack, shape["requestPayload"], stored)
    # Its id names the message, which so is one however often the events are made.
    request["id"] = str(uuid5(NAMESPACE_URL, f"{stack.bucket}/{stored.key}/{stored.version}"))
    return event | {"requestPayload": request}


def _failed(stack: Stack, shape: Event, execution: Execution) -> Event:
    """Tell of a run that failed; if there is none, of an ending of the sample before its own."""
    for item in islice(executions(stack), _LOOKED_AT):
        arn = stack.execution_arn(item["name"])
        run = layout.run_of_execution(item["name"])
        if item["status"] == "FAILED" and (message_of(stack, run) or {}).get("sent"):
            facts = stack.client("stepfunctions").describe_execution(executionArn=arn)
            return _ended(stack, shape, facts)
    early = {"stopDate": execution.facts["startDate"], "output": None, "status": "FAILED"}
    told = {name: shape["detail"][name] for name in ("error", "cause")}
    return _ended(stack, shape, {**execution.facts, **early, **told})


def _ended(stack: Stack, shape: Event, facts: Mapping[str, Any]) -> Event:
    event = _here(stack, shape)
    event["resources"] = [facts["executionArn"]]
    detail = event["detail"]
    for name in ("executionArn", "stateMachineArn", "name", "status", "input"):
        detail[name] = facts[name]
    detail["startDate"], detail["stopDate"] = (
        round(facts[name].timestamp() * 1000) for name in ("startDate", "stopDate")
    )
    succeeded = facts["status"] == "SUCCEEDED"
    detail["output"] = facts.get("output") if succeeded else None
    if not succeeded:
        detail |= {"error": facts.get("error"), "cause": facts.get("cause")}
    return event
