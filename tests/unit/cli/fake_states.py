# ruff: noqa: ARG002, N803 - the fakes take the parameters that boto3 takes
"""Step Functions, in memory."""

from typing import Any

from tests.unit.cli.fake_answers import MACHINE, NOON, refused


class FakeStates:
    """Step Functions with one history, that grows by what `script` holds at each look."""

    def __init__(self) -> None:
        self.history: list[dict[str, Any]] | None = None
        self.script: list[list[dict[str, Any]]] = []
        self.executions: list[dict[str, Any]] = []
        self.queries: list[dict[str, Any]] = []
        self.counts: dict[str, int] | None = None
        self.children: dict[str, list[dict[str, Any]]] = {}

    def describe_map_run(self, *, mapRunArn: str) -> dict[str, Any]:
        if self.counts is None:
            raise refused("AccessDeniedException", "DescribeMapRun")
        return {"mapRunArn": mapRunArn, "itemCounts": self.counts}

    def describe_execution(self, *, executionArn: str) -> dict[str, Any]:
        for item in self.executions:
            if executionArn == _arn(item):
                return item
        if self.history is None or self.executions:
            raise refused("ExecutionDoesNotExist", "DescribeExecution")
        last = self.history[-1]
        if last["type"] != "ExecutionSucceeded":
            return {"status": "RUNNING", "startDate": NOON}
        return {"status": "SUCCEEDED", "startDate": NOON, "stopDate": last["timestamp"]}

    def stop_execution(self, *, executionArn: str, error: str, cause: str) -> None:
        for item in self.executions:
            if executionArn == _arn(item):
                item |= {"status": "ABORTED", "error": error, "cause": cause, "stopDate": NOON}

    def list_map_runs(self, *, executionArn: str) -> dict[str, Any]:
        return {"mapRuns": [{"mapRunArn": "arn:map"}] if self.children else []}

    def list_executions(self, *, mapRunArn: str, **_more: Any) -> dict[str, Any]:
        return {"executions": [{"executionArn": arn} for arn in self.children]}

    def get_execution_history(self, **query: Any) -> dict[str, Any]:
        self.queries.append(query)
        if query["executionArn"] in self.children:
            return {"events": self.children[query["executionArn"]][::-1]}
        if self.script and "nextToken" not in query:
            self.history = (self.history or []) + self.script.pop(0)
        names = [item["name"] for item in self.executions]
        name = query["executionArn"].rpartition(":")[2]
        if self.history is None or (names and name not in names):
            raise refused("ExecutionDoesNotExist", "GetExecutionHistory")
        assert query["reverseOrder"]
        assert query["includeExecutionData"] is False
        start = int(query.get("nextToken", 0))
        newest_first = self.history[::-1]
        page = newest_first[start : start + query["maxResults"]]
        answer: dict[str, Any] = {"events": page}
        if start + len(page) < len(newest_first):
            answer["nextToken"] = str(start + len(page))
        return answer

    def get_paginator(self, name: str) -> "FakeStates":
        assert name == "list_executions"
        return self

    def paginate(self, *, stateMachineArn: str) -> list[dict[str, Any]]:
        own = [
            {**item, "executionArn": _arn(item)}
            for item in self.executions
            if item.get("machine", MACHINE) == stateMachineArn
        ]
        return [{"executions": own}]


def _arn(item: dict[str, Any]) -> str:
    if "executionArn" in item:
        return str(item["executionArn"])
    machine: str = item.get("machine", MACHINE)
    return f"{machine.replace(':stateMachine:', ':execution:')}:{item['name']}"
