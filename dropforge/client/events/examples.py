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

from dropforge.client.events.steps import (
    Execution,
    execution_with_inputs,
    step_events,
    steps_of,
)
from dropforge.client.execution.follow import message_of
from dropforge.client.execution.naming import executions
from dropforge.client.inbox.drop import Dropped
from dropforge.client.stack import Stack
from pipeline import drop_keys, run_names

SAMPLE = "sample"
"""The dataset that SeedFunction drops."""
NOTES = f"{drop_keys.INBOX}{SAMPLE}/notes.txt"
"""A file that is no CSV, for the events that are about a refusal."""
_EXAMPLE = "churn-20260102-030405-0a1b2c3d"
"""The run that the documented events are about, and what else they name."""
_EXAMPLE_SEARCH = "churn-20260102-0304-1f2e3d4c"
_EXAMPLE_NOTES = "notes-20260102-030405-0a1b2c3d"
_EXAMPLE_DATASET = "churn"
_EXAMPLE_MACHINE = "dropforge-train-and-batch-transform"
_EXAMPLE_ENDED = "2026-01-02T03:14:05.000+00:00"
_LOOKED_AT = 200
_TO_SCORE = "trigger-to-score"

Event = dict[str, Any]


@dataclass(frozen=True)
class Stored:
    """An object of the bucket, as its event names it."""

    key: str
    version: str | None
    size: int
    etag: str
    run: str


def sample_run(stack: Stack, shapes: Path) -> Execution | None:
    """Return a run of the sample that was judged and told, None if there is none.

    The newest that went through all steps that `shapes` documents, else the newest.
    """
    return _run_of_sample(stack, shapes, drop_keys.INBOX, "Evaluate")


def scored_sample(stack: Stack, shapes: Path) -> Execution | None:
    """Return a run that scored a file with the sample's model, as `sample_run` does."""
    return _run_of_sample(stack.scoring(), shapes, drop_keys.SCORE, "Assemble result")


def _run_of_sample(stack: Stack, shapes: Path, place: str, last: str) -> Execution | None:
    documented = {event["step"] for event in _documented(shapes).values() if "step" in event}
    wanted = documented & set(steps_of(stack))
    newest: Execution | None = None
    for item in islice(executions(stack), _LOOKED_AT):
        if item["status"] != "SUCCEEDED" or not item["name"].startswith(f"{SAMPLE}-"):
            continue
        message = message_of(stack, item["name"])
        if not message or not message.get("sent") or message["dataset"] != SAMPLE:
            continue
        found = execution_with_inputs(stack, item["executionArn"])
        drop = json.loads(found.facts["input"])
        if last not in found.inputs or not str(drop.get("key")).startswith(place):
            continue
        newest = newest or found
        if wanted <= set(step_events(stack, found)):
            return found
    return newest


def score_sample(stack: Stack, execution: Execution) -> Dropped:
    """Drop the file of a run of the sample once more, to be scored."""
    drop = json.loads(execution.facts["input"])
    key = f"{drop_keys.SCORE}{SAMPLE}/{drop['key'].rpartition('/')[2]}"
    source = {"Bucket": stack.bucket, "Key": drop["key"]}
    stack.client("s3").copy_object(Bucket=stack.bucket, Key=key, CopySource=source)
    return Dropped(key, SAMPLE, _stored(stack, key, None).run)


def example_events(
    stack: Stack, execution: Execution, scored: Execution | None, shapes: Path
) -> dict[str, Event]:
    """Return the events of `shapes`, about these runs, by the names of their files.

    Puts the file that is no CSV into the inbox if it is not there; its refusal is told once.

    Parameters
    ----------
    scored : None leaves out what is about a file that was scored.
    shapes : the directory of the documented events.
    """
    drop = json.loads(execution.facts["input"])
    data = _stored(stack, drop["key"], drop.get("version_id"))
    notes = _notes(stack)
    names = _names(stack, execution, data, notes)
    documented = _documented(shapes)
    if "WebhookFunctionArn" not in stack.outputs:
        # Of a stack that posts to no webhook.
        documented = {name: event for name, event in documented.items() if "webhook" not in name}
    steps = step_events(stack, execution)
    if scored is not None:
        steps |= step_events(stack.scoring(), scored)
    made = {
        name: steps.get(event.get("step", "")) or _renamed(event, names)
        for name, event in documented.items()
        if scored is not None or not _is_of_scoring(stack, name, event)
    }
    made["trigger-object-created"] = _created(stack, made["trigger-object-created"], data)
    made["trigger-not-csv"] = _created(stack, made["trigger-not-csv"], notes)
    if scored is not None:
        dropped = json.loads(scored.facts["input"])
        new = _stored(stack, dropped["key"], dropped.get("version_id"))
        made[_TO_SCORE] = _created(stack, made[_TO_SCORE], new)
    made["notify-drop-rejected"]["detail"]["dataset"] = SAMPLE
    made["notify-lost-drop"] = _lost(stack, made["notify-lost-drop"], data)
    made["notify-succeeded"] = _ended(made["notify-succeeded"], execution.facts)
    made["notify-failed"] = _failed(stack, made["notify-failed"], execution)
    return made


def _is_of_scoring(stack: Stack, name: str, event: Event) -> bool:
    return name == _TO_SCORE or event.get("step", "") in steps_of(stack.scoring())


def _documented(shapes: Path) -> dict[str, Event]:
    return {file.stem: json.loads(file.read_text()) for file in sorted(shapes.glob("*.json"))}


def _names(stack: Stack, execution: Execution, data: Stored, notes: Stored) -> dict[str, str]:
    """Return what is called how in this stack; what holds another name comes before it."""
    _, _, _, region, account, *_, machine = stack.state_machine_arn.split(":")
    message = message_of(stack, execution.facts["name"])
    ended = message["ended"] if message else None
    return {
        f"{drop_keys.INBOX}{_EXAMPLE_DATASET}/churn.csv": data.key,
        "churn.csv": data.key.rpartition("/")[2],
        f"{drop_keys.INBOX}{_EXAMPLE_DATASET}/notes.txt": notes.key,
        _EXAMPLE: execution.facts["name"],
        _EXAMPLE_SEARCH: run_names.searches_of(execution.facts["name"])[0],
        _EXAMPLE_NOTES: notes.run,
        _EXAMPLE_MACHINE: machine,
        _EXAMPLE_ENDED: ended or _EXAMPLE_ENDED,
        "dropforge-bucket-example": stack.bucket,
        "123456789012": account,
        "us-east-1": region,
    }


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    """Return an event with the names of this stack in place of those that were made up."""
    if isinstance(value, dict):
        return {key: _renamed(inner, names) for key, inner in value.items()}
    if isinstance(value, list):
        return [_renamed(inner, names) for inner in value]
    if value == _EXAMPLE_DATASET:
        return SAMPLE
    if isinstance(value, str):
        for example, name in names.items():
            value = value.replace(example, name)
    return value


def _notes(stack: Stack) -> Stored:
    if not stack.has(NOTES):
        stack.client("s3").put_object(Bucket=stack.bucket, Key=NOTES, Body=b"Not a CSV file.\n")
    return _stored(stack, NOTES, None)


def _stored(stack: Stack, key: str, version: str | None) -> Stored:
    where = {"Bucket": stack.bucket, "Key": key} | ({"VersionId": version} if version else {})
    head = stack.client("s3").head_object(**where)
    version = version or head.get("VersionId")
    modified, dataset = head["LastModified"], drop_keys.dataset_of(key)
    run = run_names.run_name(dataset, modified, stack.bucket, key, version)
    return Stored(key, version, head["ContentLength"], head["ETag"].strip('"'), run)


def _created(stack: Stack, shape: Event, stored: Stored) -> Event:
    event = copy.deepcopy(shape)
    event["resources"] = [f"arn:{stack.state_machine_arn.split(':')[1]}:s3:::{stack.bucket}"]
    told = event["detail"]["object"]
    told |= {"key": stored.key, "size": stored.size, "etag": stored.etag}
    if stored.version:
        told["version-id"] = stored.version
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
        arn = item["executionArn"]
        run = run_names.run_of_execution(item["name"])
        message = message_of(stack, run) if item["status"] == "FAILED" else None
        if message and message.get("sent"):
            facts = stack.client("stepfunctions").describe_execution(executionArn=arn)
            return _ended(shape, facts)
    early = {"stopDate": execution.facts["startDate"], "output": None, "status": "FAILED"}
    told = {name: shape["detail"][name] for name in ("error", "cause")}
    return _ended(shape, {**execution.facts, **early, **told})


def _ended(shape: Event, facts: Mapping[str, Any]) -> Event:
    event = copy.deepcopy(shape)
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
