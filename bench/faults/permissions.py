"""Each permission of each role, taken away."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from bench.faults.cell import DEAD_LETTER, FAILED, SCORED, TRAINED, UNDECIDED, Cell, Expect
from bench.faults.lane import Lane
from bench.faults.project import ROOT
from dropforge.cloud.deployment import template

Statement = dict[str, Any]

NOT_DEPLOYED = ("HasSchedule",)
"""Conditions that the lanes' stacks do not meet."""
# The services themselves use these; those of the local cloud do not ask IAM (docs/local-cloud.md).
_NOT_CHECKED_HERE = (
    "* WriteLogs *",
    "* WriteTraces *",
    "* DeliverLogs *",
    "* WriteMetrics *",
    "* PullImage *",
    "* SignInToRegistry *",
    "* ShowModelsToRegistry *",
    "* ShowImageToRegistry *",
    "* FollowChildExecutions *",
    "* ReportLostDrops *",
    # Without it AWS's S3 answers 403 where there is nothing, the local one 404.
    "TriggerRole ListDrops s3:ListBucket *",
    "PrepareRole ListRuns *",
    "PredictRole ListRuns *",
    # An event of a job ends the wait for it, whatever Step Functions may ask.
    "* WaitForJobs *",
    "* RunJobs sagemaker:Describe*",
    "* sagemaker:ListTags *",
)
# What the run of a cell does not come to use, and who does.
_UNUSED = {
    "TriggerRole SeeWhatHasRun *": "the schedule",
    "TriggerRole ReadSettingsOfDrops *": "a drop with settings",
    "PrepareRole ReadSettingsOfDrops *": "a drop with settings",
    "PrepareRole KeepAcceptedSettings *": "a drop with settings",
    "EvaluateRole SeeWhoseTurnItIs *": "a turn that another run has",
    "TriggerRole ListDrops s3:ListBucketVersions *": "the schedule",
    "TriggerRole ReportRefusedDrops *": "a drop that is refused",
    "PrepareRole * s3:GetObject inbox/[*]": "a bucket without versions",
    "PrepareRole * s3:GetObjectVersion runs/[*]": "an execution that is started by hand",
    "SeedRole WriteSample s3:PutObject inbox/[*]": "an invocation by hand",
    "SeedRole ReadTimeOfSample *": "an invocation by hand",
    "SageMakerExecutionRole TidyCheckpoints *": "a spot job",
    "SageMakerExecutionRole * s3:AbortMultipartUpload *": "a large model",
    "NotifyRole KeepMessages s3:GetObject *": "an event that comes twice",
    "NotifyRole HandOver *": "a message that cannot be sent at once, and the webhook's",
    "NotifyRole TakeLeftOver *": "a message that could not be sent at once",
    "WebhookRole *": "the webhook, which the topic's message does not wait for",
    "NotifyRole ReadExecutions states:GetExecutionHistory *": "a run that fails",
    "NotifyRole ReadExecutions states:ListMapRuns *": "a chunk that fails",
    "NotifyRole ReadExecutions states:DescribeExecution */[*]": "a chunk that fails",
    "NotifyRole ReadFailedChildren *": "a chunk that fails",
    "PrepareRole ReadDropsAndRuns s3:GetObject score/[*]": "a bucket without versions",
    "JoinRole ReadDrops s3:GetObject score/[*]": "a bucket without versions",
    "TriggerRole ReadDrops s3:GetObject score/[*]": "a bucket without versions",
    "EvaluateRole ListDatasets *": "a file for a dataset that is not there",
    "TidyRole *": "the day's look at old models",
    "TidyingRole *": "the day's look at old models",
    # The curve is left out of the report.
    "EvaluateRole ReadLearningCurve *": "the report",
    # So is what each column adds; predictions by the function are a scoring run's.
    "PredictRole * s3:PutObject runs/[*]/explanation.json": "the report",
    "PredictRole * s3:PutObject runs/[*]/trials/[*]": "a search",
    "PredictRole * s3:PutObject runs/[*]/champion/[*]": "a run whose test rows a function predicts",
    # Without a decision the usual threshold decides, and the report says so.
    "PredictRole * s3:PutObject runs/[*]/decision.json": "the report",
    "TrainAndBatchTransformRole CallFunctions lambda:InvokeFunction PredictFunction": "the report",
    "* RunJobs sagemaker:StopTransformJob *": "an execution that is stopped",
    "TrainAndBatchTransformRole StopOwnTraining *": "an answer that is lost",
    # Without it the run trains without having looked.
    "TrainAndBatchTransformRole LookAtTransformQuota *": "a quota of 0",
    "* RunJobs sagemaker:*TrainingJob transform-job/[*]": "no call",
    "* RunJobs sagemaker:*TrainingJob model/[*]": "no call",
    "* RunJobs sagemaker:*TransformJob training-job/[*]": "no call",
    "* RunJobs sagemaker:*TransformJob model/[*]": "no call",
    "* RunJobs sagemaker:CreateModel t*": "no call",
    "* RegisterModels sagemaker:CreateModelPackage model-package/*": "no call",
    "* RegisterModels sagemaker:*Model model-package-group/*": "no call",
    "* RegisterModels sagemaker:DescribeModelPackage model-package-group/*": "no call",
}
# What is used only with a model in use, or only without one.
_CHAMPIONS_ONLY = ("EvaluateRole ReadModelPackages *",)
_FIRST_ONLY = ("EvaluateRole KeepModelPackageGroups sagemaker:CreateModelPackageGroup *",)
# A model that cannot be compared is left to a person.
_OPTIONAL = ("TrainAndBatchTransformRole RegisterModels * model-package/*",)


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
        if resource["Type"] != "AWS::IAM::Role" or resource.get("Condition") in NOT_DEPLOYED:
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
        stimulus = _stimulus(permission)
        champions = (False, True) if permission.action.startswith("sagemaker:") else (False,)
        for champion in (True,) if stimulus.startswith("score") else champions:
            yield Cell(
                axis="permission",
                what=permission.what,
                fault="removed",
                expect=_expected(permission, champion),
                champion=champion,
                arrange=_without(permission),
                stimulus=stimulus,
                settle=4.0 if permission.role in ("NotifyRole", "WebhookRole") else 0.4,
            )


def _stimulus(permission: Permission) -> str:
    if "Seed" in permission.what:
        return "start"
    if permission.role == "BatchTransformRole":
        return "score" if "PredictFunction" in permission.resource else "score batch"
    if permission.resource.endswith(("explanation.json", "decision.json")):
        return "drop"
    scores = permission.role in ("JoinRole", "PredictRole") or permission.sid == "ListDatasets"
    scored = ("score/", "BatchTransformStateMachine")
    return "score" if scores or permission.resource.startswith(scored) else "drop"


def _expected(permission: Permission, champion: bool) -> Expect:
    def fits(patterns: Iterable[str]) -> bool:
        return any(fnmatchcase(permission.what, pattern) for pattern in patterns)

    if fits(_NOT_CHECKED_HERE) or fits(_UNUSED):
        return Expect(SCORED if _stimulus(permission).startswith("score") else TRAINED)
    if (fits(_FIRST_ONLY) and champion) or (fits((*_CHAMPIONS_ONLY, *_OPTIONAL)) and not champion):
        return Expect(TRAINED)
    if fits(_OPTIONAL):
        return Expect(UNDECIDED)
    if permission.role == "NotifyRole":
        return Expect(DEAD_LETTER)
    # HeadObject is refused without a word; the operation is all that boto3 knows.
    operation = permission.action.partition(":")[2]
    return Expect(FAILED, (permission.action, operation, "HeadObject"))


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
