"""The schedule's tick: each dataset on its own; and events that name no version."""

import importlib
import json
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.integration.conftest import BUCKET, Context
from tests.integration.test_seed_and_trigger import Event, Load, created, executions
from tests.integration.test_seed_and_trigger import machine as machine
from trigger.drop import StoredObject
from trigger.tick import LOOKUPS, Looked, ScheduleError, check, look_at_each

ROWS = b"x,y\n1,2\n"
Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


class Bus:
    """An event bus that keeps what is sent."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    def put_events(self, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        self.sent += [json.loads(entry["Detail"]) for entry in Entries]
        return {"FailedEntryCount": 0, "Entries": [{}]}


class Faulty:
    """An S3 client that fails for some keys."""

    def __init__(self, client: Any, code: str, key: str) -> None:
        self.client, self.code, self.key = client, code, key

    def __getattr__(self, name: str) -> Any:
        return getattr(self.client, name)

    def get_object(self, **given: Any) -> Any:
        if given["Key"] == self.key:
            raise ClientError({"Error": {"Code": self.code, "Message": "no"}}, "GetObject")
        return self.client.get_object(**given)


@pytest.fixture
def trigger(load: Load, machine: str) -> ModuleType:
    module = load("trigger")
    module.events = Bus()
    return module


@pytest.fixture
def datasets(aws: None) -> list[str]:
    names = ["apple", "bean", "corn", "date"]
    for name in names:
        boto3.client("s3").put_object(Bucket=BUCKET, Key=f"inbox/{name}/1.csv", Body=ROWS)
    return names


def started(machine: str) -> set[str]:
    return {execution["name"].split("-")[0] for execution in executions(machine)}


@pytest.mark.parametrize(
    "code", ["AccessDenied", "InternalError", "SlowDown", "KMS.DisabledException"]
)
def test_tick_with_unreadable_settings_of_one_dataset_starts_the_others_and_fails(
    trigger: ModuleType, event: Event, datasets: list[str], machine: str, code: str
) -> None:
    broken = "inbox/bean/pipeline.json"
    boto3.client("s3").put_object(Bucket=BUCKET, Key=broken, Body=b"{}")
    healthy = trigger.s3
    trigger.s3 = Faulty(healthy, code, broken)
    with pytest.raises(ScheduleError, match=rf"1 of 4 datasets .*inbox/bean/1\.csv.*{code}"):
        trigger.handler(event("trigger-schedule"), Context())
    assert started(machine) == {"apple", "corn", "date"}
    # Lambda's retry: what runs already is not started twice.
    trigger.s3 = healthy
    trigger.handler(event("trigger-schedule"), Context())
    assert started(machine) == set(datasets)
    assert len(executions(machine)) == 4


def test_tick_tells_each_refusal_as_its_own_and_starts_the_others(
    trigger: ModuleType, event: Event, datasets: list[str], machine: str
) -> None:
    for name, text in (("apple", b"{"), ("corn", b'{"metric": 3}')):
        boto3.client("s3").put_object(Bucket=BUCKET, Key=f"inbox/{name}/pipeline.json", Body=text)
    outcomes = trigger.handler(event("trigger-schedule"), Context())["outcomes"]
    assert [o["outcome"] for o in outcomes] == ["refused", "started", "refused", "started"]
    assert sorted((d["dataset"], d["error"]) for d in trigger.events.sent) == [
        ("apple", "SettingsError"),
        ("corn", "SettingsError"),
    ]
    assert len({d["run"] for d in trigger.events.sent}) == 2
    assert started(machine) == {"bean", "date"}


def test_tick_that_runs_out_of_time_says_how_many_are_left(
    trigger: ModuleType, event: Event, datasets: list[str], machine: str
) -> None:
    class Late(Context):
        @staticmethod
        def get_remaining_time_in_millis() -> int:
            return 5_000

    with pytest.raises(ScheduleError, match="did not suffice for 4 of 4 datasets"):
        trigger.handler(event("trigger-schedule"), Late())
    assert executions(machine) == []


def listed(count: int) -> list[StoredObject]:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    return [StoredObject("b", f"inbox/d{n}/1.csv", "v", moment) for n in range(count)]


def test_tick_looks_at_many_datasets_at_once_and_at_each_once() -> None:
    seen: list[str] = []
    most, now, lock = 0, 0, threading.Lock()

    def look(stored: StoredObject) -> Looked:
        nonlocal most, now
        with lock:
            now += 1
            most = max(most, now)
            seen.append(stored.key)
        time.sleep(0.002)
        with lock:
            now -= 1
        return Looked(stored, "known", "r")

    objects = listed(500)
    found = list(look_at_each(objects, look, lambda: 300.0))
    assert [one.stored for one in found] == objects
    assert sorted(seen) == sorted(stored.key for stored in objects)
    assert LOOKUPS // 2 < most <= LOOKUPS


def test_check_names_the_first_of_many_failures() -> None:
    failed = [Looked(stored, error=RuntimeError("no")) for stored in listed(30)]
    with pytest.raises(ScheduleError, match=r"30 of 40 .*inbox/d9/1\.csv: no; and 20 more\)\. The"):
        check(failed, 0, 40)


def test_clients_have_a_connection_for_each_look_up(trigger: ModuleType) -> None:
    for client in (importlib.import_module("trigger.handler").s3, trigger.sfn):
        assert client.meta.config.max_pool_connections == LOOKUPS


def without_version(drop: dict[str, Any], etag: str | None) -> dict[str, Any]:
    told = {k: v for k, v in drop["detail"]["object"].items() if k not in ("version-id", "etag")}
    if etag:
        told["etag"] = etag
    return {**drop, "detail": {**drop["detail"], "object": told}}


def etag_of(key: str) -> str:
    return str(boto3.client("s3").head_object(Bucket=BUCKET, Key=key)["ETag"]).strip('"')


def test_event_without_a_version_starts_the_run_of_the_version_with_its_etag(
    trigger: ModuleType, event: Event, machine: str
) -> None:
    drop = created(event, "inbox/churn/a.csv", ROWS)
    bare = without_version(drop, etag_of("inbox/churn/a.csv"))
    [outcome] = trigger.handler(bare, Context())["outcomes"]
    # The same run as the one that the event with its version, or a tick, would start.
    assert trigger.handler(drop, Context())["outcomes"][0]["run"] == outcome["run"]
    assert len(executions(machine)) == 1
    given = json.loads(
        boto3.client("stepfunctions").describe_execution(
            executionArn=executions(machine)[0]["executionArn"]
        )["input"]
    )
    assert given["version_id"] == drop["detail"]["object"]["version-id"]


def test_event_without_a_version_never_takes_another_drops_object(
    trigger: ModuleType, event: Event, machine: str
) -> None:
    first = created(event, "inbox/churn/a.csv", ROWS)
    bare = without_version(first, etag_of("inbox/churn/a.csv"))
    second = created(event, "inbox/churn/a.csv", b"x,y\n3,4\n")
    [outcome] = trigger.handler(bare, Context())["outcomes"]
    assert outcome["outcome"] == "refused"
    [told] = trigger.events.sent
    assert told["error"] == "EmptyFileError"
    assert "was written anew before it was read" in told["cause"]
    assert trigger.handler(second, Context())["outcomes"][0]["outcome"] == "started"
    # The same event again is the same refusal, so it is told once.
    trigger.handler(bare, Context())
    assert len({d["run"] for d in trigger.events.sent}) == 1


def test_event_of_an_object_that_is_gone_is_refused_with_the_remedy(
    trigger: ModuleType, event: Event, machine: str
) -> None:
    drop = created(event, "inbox/churn/a.csv", ROWS)
    version = drop["detail"]["object"]["version-id"]
    boto3.client("s3").delete_object(Bucket=BUCKET, Key="inbox/churn/a.csv", VersionId=version)
    [outcome] = trigger.handler(drop, Context())["outcomes"]
    assert outcome["outcome"] == "refused"
    assert "was deleted before it was read" in trigger.events.sent[0]["cause"]


def test_bucket_without_versions_starts_the_run_of_its_object_once(
    trigger: ModuleType, event: Event, machine: str
) -> None:
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="plain")
    s3.put_object(Bucket="plain", Key="inbox/churn/a.csv", Body=ROWS)
    bare = without_version(event("trigger-object-created"), None)
    bare["detail"]["object"]["key"] = "inbox/churn/a.csv"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BUCKET", "plain")
        first = trigger.handler(bare, Context())["outcomes"][0]
        [tick] = trigger.handler(event("trigger-schedule"), Context())["outcomes"]
    assert (first["outcome"], tick["run"]) == ("started", first["run"])
    assert len(executions(machine)) == 1
