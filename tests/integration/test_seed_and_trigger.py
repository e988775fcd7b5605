import json
from collections.abc import Callable
from types import ModuleType
from typing import Any

import boto3
import pytest

from pipeline import drop_keys, run_names
from pipeline.errors import ServiceBusyError, SettingsError

BUCKET = "dropforge-test"
Load = Callable[[str], ModuleType]
Event = Callable[[str], dict[str, Any]]


@pytest.fixture
def machine(aws: None, monkeypatch: pytest.MonkeyPatch) -> str:
    role = boto3.client("iam").create_role(
        RoleName="states",
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": []}),
    )["Role"]["Arn"]
    wait = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 60, "End": True}}}
    arn: str = boto3.client("stepfunctions").create_state_machine(
        name="train", definition=json.dumps(wait), roleArn=role
    )["stateMachineArn"]
    monkeypatch.setenv("STATE_MACHINE_ARN", arn)
    return arn


def created(event: Event, key: str, body: bytes) -> dict[str, Any]:
    version = boto3.client("s3").put_object(Bucket=BUCKET, Key=key, Body=body)["VersionId"]
    document = event("trigger-object-created")
    document["detail"]["bucket"]["name"] = BUCKET
    document["detail"]["object"].update({"key": key, "version-id": version})
    return document


def executions(machine: str) -> list[dict[str, Any]]:
    sfn = boto3.client("stepfunctions")
    found: list[dict[str, Any]] = sfn.list_executions(stateMachineArn=machine)["executions"]
    return found


def test_seed_invoked_on_its_own_drops_into_the_inbox(
    load: Load, event: Event, context: Any
) -> None:
    answer = load("seed").handler(event("seed-sample"), context)
    assert drop_keys.drop_of(answer["key"]).dataset == answer["dataset"] == "sample"
    body = boto3.client("s3").get_object(Bucket=BUCKET, Key=answer["key"])["Body"].read()
    assert body.count(b"\n") == 2001
    settings = boto3.client("s3").get_object(Bucket=BUCKET, Key="inbox/sample/pipeline.json")
    assert json.loads(settings["Body"].read()) == {"target": "cancelled"}


def test_seed_invoked_on_its_own_leaves_the_owners_settings_alone(
    load: Load, event: Event, context: Any
) -> None:
    key, own = "inbox/sample/pipeline.json", b'{"target": "months"}'
    boto3.client("s3").put_object(Bucket=BUCKET, Key=key, Body=own)
    load("seed").handler(event("seed-sample"), context)
    assert boto3.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read() == own


def test_seed_for_an_execution_writes_below_the_run_not_into_the_inbox(
    load: Load, event: Event, context: Any
) -> None:
    answer = load("seed").handler(event("seed-for-execution"), context)
    assert answer["key"] == "runs/first-try/sample.csv"
    assert answer["run"] == "first-try"
    assert answer["settings"] == {"target": "cancelled"}
    found = boto3.client("s3").list_objects_v2(Bucket=BUCKET, Prefix="inbox/")
    assert "Contents" not in found


def test_trigger_on_a_drop_starts_its_run_once(
    load: Load, event: Event, context: Any, machine: str
) -> None:
    handler = load("trigger").handler
    drop = created(event, "inbox/churn/a.csv", b"x,y\n1,2\n")
    first = handler(drop, context)
    # The same name and input while the execution runs: Step Functions answers as before.
    assert handler(drop, context) == first
    [execution] = executions(machine)
    assert first["outcomes"] == [
        {"key": "inbox/churn/a.csv", "outcome": "started", "run": execution["name"]}
    ]
    sfn = boto3.client("stepfunctions")
    given = json.loads(sfn.describe_execution(executionArn=execution["executionArn"])["input"])
    assert given["version_id"] == drop["detail"]["object"]["version-id"]


def test_trigger_on_the_schedule_starts_only_what_has_no_run(
    load: Load, event: Event, context: Any, machine: str
) -> None:
    handler = load("trigger").handler
    handler(created(event, "inbox/churn/a.csv", b"x,y\n1,2\n"), context)
    boto3.client("s3").put_object(Bucket=BUCKET, Key="inbox/wine/w.csv", Body=b"x,y\n1,2\n")
    outcomes = handler(event("trigger-schedule"), context)["outcomes"]
    assert [(o["key"], o["outcome"]) for o in outcomes] == [
        ("inbox/churn/a.csv", "known"),
        ("inbox/wine/w.csv", "started"),
    ]
    assert len(executions(machine)) == 2


def test_trigger_on_the_schedule_leaves_data_alone_whose_executions_name_has_expired(
    load: Load, event: Event, context: Any, machine: str
) -> None:
    drop = created(event, "inbox/churn/a.csv", b"x,y\n1,2\n")
    head = boto3.client("s3").head_object(Bucket=BUCKET, Key="inbox/churn/a.csv")
    version = drop["detail"]["object"]["version-id"]
    run = run_names.run_name("churn", head["LastModified"], BUCKET, "inbox/churn/a.csv", version)
    boto3.client("s3").put_object(Bucket=BUCKET, Key=f"runs/{run}/request.json", Body=b"{}")
    outcomes = load("trigger").handler(event("trigger-schedule"), context)["outcomes"]
    assert [(o["outcome"], o["run"]) for o in outcomes] == [("known", run)]
    assert executions(machine) == []


def test_trigger_on_a_file_that_is_no_csv_reports_it_and_starts_nothing(
    load: Load, event: Event, context: Any, machine: str
) -> None:
    trigger = load("trigger")
    sent = []

    class Bus:
        @staticmethod
        def put_events(Entries: list[dict[str, str]]) -> dict[str, Any]:  # noqa: N803
            sent.extend(Entries)
            return {"FailedEntryCount": 0, "Entries": [{}]}

    trigger.events = Bus
    outcome = trigger.handler(created(event, "inbox/churn/notes.txt", b"hello"), context)
    assert outcome["outcomes"][0]["outcome"] == "refused"
    assert executions(machine) == []
    [entry] = sent
    detail = json.loads(entry["Detail"])
    assert (entry["Source"], entry["DetailType"]) == ("dropforge", "Drop Rejected")
    assert (detail["error"], detail["dataset"]) == ("DropNameError", "churn")


def test_trigger_whose_refusal_is_not_taken_fails_so_that_it_is_retried(
    load: Load, event: Event, context: Any, machine: str
) -> None:
    trigger = load("trigger")

    class Bus:
        @staticmethod
        def put_events(**_entries: Any) -> dict[str, Any]:
            return {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InternalFailure"}]}

    trigger.events = Bus
    drop = created(event, "inbox/churn/notes.txt", b"hello")
    with pytest.raises(ServiceBusyError, match="InternalFailure"):
        trigger.handler(drop, context)


def test_settings_over_their_limit_are_not_read_but_refused(
    machine: str, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    del machine
    boto3.client("s3").put_object(
        Bucket=BUCKET, Key="inbox/churn/pipeline.json", Body=b" " * ((1 << 20) + 1)
    )
    trigger = load("trigger")
    monkeypatch.setenv("BUCKET", BUCKET)
    with pytest.raises(SettingsError, match="1,048,576 bytes"):
        trigger._reader(BUCKET)("inbox/churn/pipeline.json")


@pytest.mark.parametrize("sample", [{"rows": 5}, {"rows": "many"}, {"noise": -1}])
def test_sample_that_cannot_be_made_is_a_fault_of_the_input(
    aws: None, load: Load, context: Any, sample: dict[str, Any]
) -> None:
    del aws
    event = {"execution_name": "e", "sample": sample}
    with pytest.raises(SettingsError, match="correct the execution's input"):
        load("seed").handler(event, context)
