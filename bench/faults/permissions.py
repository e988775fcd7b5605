"""Each permission of each role, taken away."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from bench.faults.cell import DEAD_LETTER, FAILED, TRAINED, Cell, Expect
from bench.faults.lane import Lane
from bench.faults.project import ROOT
from dropforge.cloud import template

Statement = dict[str, Any]

_UNCHECKED = Expect(TRAINED)
# The services themselves use these, and the local cloud's do not ask IAM for them (docs/limits.md).
_NOT_CHECKED_HERE = {
    "WriteLogs",
    "WriteTraces",
    "DeliverLogs",
    "WriteMetrics",
    "PullImage",
    "SignInToRegistry",
    "ShowModelsToRegistry",
    "ShowImageToRegistry",
    "FollowChildExecutions",
    "ReportLostDrops",
}
# What the run of a cell does not come to use.
_UNUSED = {
    ("TriggerRole", "SeeWhatHasRun", "s3:GetObject"): "the schedule's",
    ("TriggerRole", "ListDrops", "s3:ListBucketVersions"): "the schedule's",
    ("TriggerRole", "ReportRefusedDrops", "events:PutEvents"): "a refused drop's",
    ("SageMakerExecutionRole", "TidyCheckpoints", "s3:DeleteObject"): "a spot job's",
    ("SageMakerExecutionRole", "ReadAndWriteRuns", "s3:AbortMultipartUpload"): "a large model's",
    ("NotifyRole", "KeepMessages", "s3:GetObject"): "a repeated event's",
    ("NotifyRole", "KeepMessages", "s3:DeleteObject"): "an unsent message's",
    ("NotifyRole", "ReadExecutions", "states:ListMapRuns"): "a failed chunk's",
    ("NotifyRole", "ReadFailedChildren", "states:ListExecutions"): "a failed chunk's",
    ("NotifyRole", "HandOverUndelivered", "sqs:SendMessage"): "an unsent message's",
    ("SeedRole", "ReadTimeOfSample", "s3:GetObject"): "an invocation's by hand",
}


@dataclass(frozen=True)
class Permission:
    """One action on one resource of a role; `index` counts the statement's resources."""

    role: str
    sid: str
    action: str
    index: int
    resource: str

    @property
    def what(self) -> str:
        """Name the permission in the table."""
        return f"{self.role} {self.sid} {self.action} {self.resource}"


def permissions() -> Iterator[Permission]:
    """Yield all that the template grants without conditions of its own."""
    resources = template.read(ROOT / "template.yaml")["Resources"]
    for role, resource in resources.items():
        if resource["Type"] != "AWS::IAM::Role" or "Condition" in resource:
            continue
        for policy in resource["Properties"]["Policies"]:
            for statement in policy["PolicyDocument"]["Statement"]:
                if "Sid" not in statement:
                    continue
                named = _listed(statement["Resource"])
                for action in _listed(statement["Action"]):
                    for index, each in enumerate(named):
                        shown = _shown(each) if len(named) > 1 else "*"
                        yield Permission(role, statement["Sid"], action, index, shown)


def cells() -> Iterator[Cell]:
    """Yield the cells of this axis."""
    for permission in permissions():
        for champion in (False, True) if permission.action.startswith("sagemaker:") else (False,):
            yield Cell(
                axis="permission",
                what=permission.what,
                fault="removed",
                expect=_expected(permission, champion),
                champion=champion,
                arrange=_without(permission),
                stimulus="start" if permission.role == "SeedRole" else "drop",
                settle=4.0 if permission.role == "NotifyRole" else 0.4,
            )


def _expected(permission: Permission, champion: bool) -> Expect:
    role, sid, action = permission.role, permission.sid, permission.action
    # HeadObject is refused without a word; the operation is all that boto3 knows.
    operation = action.partition(":")[2]
    denied = Expect(FAILED, (action, operation, "HeadObject"))
    if sid in _NOT_CHECKED_HERE or (role, sid, action) in _UNUSED:
        return _UNCHECKED
    if role == "NotifyRole":
        return Expect(DEAD_LETTER)
    del champion
    return denied


def _without(permission: Permission) -> Any:
    def change(statements: list[Statement]) -> list[Statement]:
        kept: list[Statement] = []
        for statement in statements:
            if statement["Sid"] != permission.sid:
                kept.append(statement)
                continue
            actions, named = _listed(statement["Action"]), _listed(statement["Resource"])
            others = [action for action in actions if action != permission.action]
            left = [each for at, each in enumerate(named) if at != permission.index]
            if others:
                kept.append({**statement, "Action": others})
            if left:
                rest = {**statement, "Action": permission.action, "Resource": left}
                kept.append({**rest, "Sid": f"{permission.sid}Rest"})
        return kept

    def arrange(lane: Lane, _dataset: str) -> AbstractContextManager[None]:
        return lane.policy(permission.role, change)

    return arrange


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _shown(resource: Any) -> str:
    """Return the end of a resource, which tells it from the others of its statement."""
    text = resource
    while isinstance(text, dict | list):
        text = next(iter(text.values())) if isinstance(text, dict) else text[0]
    return str(text).rpartition(":${AWS::AccountId}:")[2].removeprefix("${Bucket.Arn}/")
