"""What one run on the local cloud took: histories, log lines, objects, requests, memory."""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3

from bench.command import dropforge
from bench.end_to_end.memory import peaks_of
from bench.scale.processors import Used, used_below
from bench.scale.requests import Requests

_REPORT = re.compile(
    r"REPORT RequestId: \S+\tDuration: ([\d.]+) ms\tBilled Duration: [\d.]+ ms\tMemory Size: (\d+)"
)
_LOG_EVENT_BYTES = 26
"""Beside each line's own (CloudWatch Logs user guide, PutLogEvents: 26 bytes an event)."""
JOBS = ("Train model (XGBoost)", "Refit model (XGBoost)", "Batch transform")
"""States whose work a SageMaker job does."""
_SETTLING_SECONDS = 2.0
"""In which the message is sent, and the last requests are told of."""


class Cloud:
    """A local cloud that is up, with clients."""

    def __init__(self, folder: Path, requests: Requests) -> None:
        self.folder, self.requests = folder, requests
        found = json.loads((folder / "state" / "cloud.json").read_text("utf-8"))
        self.pid = int(found["pid"])
        self._access = {
            "endpoint_url": found["endpoint"],
            "region_name": found["region"],
            "aws_access_key_id": "test",
            "aws_secret_access_key": "test",
        }

    def client(self, service: str) -> Any:
        """Return a client of the local cloud."""
        return boto3.client(service, **self._access)

    def run(self, file: Path, dataset: str, settings: Path) -> dict[str, Any]:
        """Drop a file, wait for its message, and return what the run took."""
        self.requests.taken()
        began = int(time.time() * 1000)
        with (
            peaks_of(self.pid) as peaks,
            used_below(self.pid) as used,
            self.requests.of("command"),
        ):
            printed = dropforge(
                self.folder, "run", str(file), "--dataset", dataset, "--json",
                "--settings", str(settings), "--out", str(self.folder / "out"),
            )  # fmt: skip
            time.sleep(_SETTLING_SECONDS)
        result = json.loads(printed)
        requests = self.requests.taken()
        run = result["run"]
        return {
            "seconds": result["seconds"]["total"],
            "auc": result["metric"]["value"],
            "rows": result["rows"],
            **self.told_of(run, dataset),
            **self._logs(began),
            "job_processor_seconds": self._jobs(run, used),
            "peaks_mib": {name: round(peak, 1) for name, peak in sorted(peaks.items())},
            "requests": requests,
        }

    def told_of(self, run: str, dataset: str) -> dict[str, Any]:
        """Return what the history tells of a run, and the bytes of its objects."""
        return {**self._history(run), **self._objects(run, dataset)}

    def machine(self) -> str:
        """Return the ARN of the state machine that trains."""
        return next(
            str(found["stateMachineArn"])
            for found in self.client("stepfunctions").list_state_machines()["stateMachines"]
            if found["name"].endswith("train-and-batch-transform")
        )

    def bucket(self) -> str:
        """Return the stack's bucket."""
        buckets = self.client("s3").list_buckets()["Buckets"]
        return next(str(found["Name"]) for found in buckets if "-bucket-" in found["Name"])

    def _jobs(self, run: str, used: list[Used]) -> dict[str, float]:
        """Return the processor seconds of the processes that began during each job's state."""
        states = self.client("stepfunctions")
        arn = f"{self.machine().replace(':stateMachine:', ':execution:')}:{run}"
        spans: dict[str, list[float]] = {}
        for event in _events(states, arn):
            details = event.get("stateEnteredEventDetails") or event.get("stateExitedEventDetails")
            if details and details["name"] in JOBS:
                spans.setdefault(details["name"], []).append(event["timestamp"].timestamp())
        jobs = [one for one in used if one.kind == "SageMaker job"]
        return {
            name: round(sum(one.seconds for one in jobs if begin <= one.seen <= end), 2)
            for name, (begin, end) in spans.items()
        }

    def _history(self, run: str) -> dict[str, Any]:
        """Return transitions, events and payloads, and the seconds of tasks by their state."""
        states = self.client("stepfunctions")
        arn = f"{self.machine().replace(':stateMachine:', ':execution:')}:{run}"
        own = _events(states, arn)
        histories = [own]
        for map_run in states.list_map_runs(executionArn=arn)["mapRuns"]:
            pages = states.get_paginator("list_executions").paginate(mapRunArn=map_run["mapRunArn"])
            histories += [
                _events(states, child["executionArn"])
                for page in pages
                for child in page["executions"]
            ]
        tasks: dict[str, dict[str, float]] = {}
        for events in histories:
            for name, seconds in _visits(events):
                found = tasks.setdefault(name, {"count": 0, "seconds": 0.0, "longest": 0.0})
                found["count"] += 1
                found["seconds"] = round(found["seconds"] + seconds, 3)
                found["longest"] = round(max(found["longest"], seconds), 3)
        entered = sum(event["type"].endswith("StateEntered") for e in histories for event in e)
        return {
            "tasks": tasks,
            "executions": len(histories),
            "transitions": entered + len(histories),
            "events": len(own),
            "payload_bytes": max(_payload(event) for event in own),
        }

    def _logs(self, began: int) -> dict[str, Any]:
        logs = self.client("logs")
        functions: dict[str, dict[str, float]] = {}
        size, metrics = 0, set()
        for group in logs.describe_log_groups()["logGroups"]:
            name = group["logGroupName"].rsplit("-", 1)[-1]
            pages = logs.get_paginator("filter_log_events").paginate(
                logGroupName=group["logGroupName"], startTime=began
            )
            for message in (event["message"] for page in pages for event in page["events"]):
                size += len(message.encode()) + _LOG_EVENT_BYTES
                if found := _REPORT.match(message):
                    own = functions.setdefault(
                        name, {"invocations": 0, "seconds": 0.0, "memory_mb": int(found[2])}
                    )
                    own["invocations"] += 1
                    own["seconds"] = round(own["seconds"] + float(found[1]) / 1000, 3)
                metrics.update(_metrics(message))
        return {"functions": functions, "log_bytes": size, "metrics": sorted(metrics)}

    def _objects(self, run: str, dataset: str) -> dict[str, Any]:
        s3 = self.client("s3")
        bucket = self.bucket()
        stored: dict[str, int] = {}
        objects = 0
        for prefix in (f"runs/{run}/", f"inbox/{dataset}/"):
            pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
            for item in (item for page in pages for item in page.get("Contents", [])):
                path = item["Key"].removeprefix(f"runs/{run}/").split("/")
                name = "/".join(path[:2]) if path[0] == "data" else path[0]
                stored[name] = stored.get(name, 0) + item["Size"]
                objects += 1
        body = s3.get_object(Bucket=bucket, Key=f"runs/{run}/encoder.json")["Body"].read()
        features = len(json.loads(body)["features"])
        return {"stored": stored, "objects": objects, "features": features}


def _events(states: Any, arn: str) -> list[dict[str, Any]]:
    pages = states.get_paginator("get_execution_history").paginate(executionArn=arn)
    return [event for page in pages for event in page["events"]]


def _visits(events: list[dict[str, Any]]) -> Iterator[tuple[str, float]]:
    """Yield the seconds of each visit of a task."""
    entered: dict[str, Any] = {}
    for event in events:
        if event["type"] == "TaskStateEntered":
            entered[event["stateEnteredEventDetails"]["name"]] = event["timestamp"]
        elif event["type"] == "TaskStateExited":
            name = event["stateExitedEventDetails"]["name"]
            yield name, (event["timestamp"] - entered.pop(name)).total_seconds()


def _payload(event: dict[str, Any]) -> int:
    """Return the bytes of the largest text of an event: its input, output or result."""
    details = (value for value in event.values() if isinstance(value, dict))
    texts = (text for found in details for text in found.values() if isinstance(text, str))
    return max((len(text.encode()) for text in texts), default=0)


def _metrics(message: str) -> list[str]:
    """Return the names of the CloudWatch metrics that a line of a log makes."""
    if not message.startswith('{"_aws"'):
        return []
    directives = json.loads(message)["_aws"]["CloudWatchMetrics"]
    return [metric["Name"] for directive in directives for metric in directive["Metrics"]]
