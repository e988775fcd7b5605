"""Every key that S3 allows, from the event through the plan to the message."""

import json
import unicodedata
from collections.abc import Callable
from types import ModuleType
from typing import Any
from urllib.parse import quote, quote_plus

import boto3
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from notify import ending
from notify.message import message_of
from prepare.steps.asked import Request
from prepare.steps.plan import plan_run
from tests.integration.conftest import BUCKET, Context
from tests.integration.test_seed_and_trigger import machine as machine

ROWS = b"a,b,target\n" + b"".join(b"%d,%d,%d\n" % (n, n % 7, n % 2) for n in range(40))
ODD = [
    "a+b",
    "100%",
    "100%25",
    "a%2Bb",
    "%2B",
    "a b  c",
    'it\'s "quoted"',
    "a&b=c",
    "x#y?z",
    "..",
    "...hidden",
    "caf\u00e9",
    unicodedata.normalize("NFD", "caf\u00e9"),
    "\U0001f600 \u6f22\u5b57",
    "tab\tand\x01control\x7f",
    "line\nbreak\r",
    "a\\b<c>{d}|^`~[]",
    "=1+1",
    "a;b,c:d@e$f!(g)*",
    "\u202egnp",
]
LONGEST = "x" * (1024 - len("inbox/keys/.csv"))
# Space for "inbox/keys/" and ".csv" in the 1,024 bytes of a key; a letter has at most four.
names = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="/\x00"), min_size=1, max_size=250
)


def event_of(created: dict[str, Any], key: str, version: str | None) -> dict[str, Any]:
    told = {**created["detail"]["object"], "key": key}
    told.pop("version-id")
    told.pop("etag")
    if version:
        told["version-id"] = version
    detail = {**created["detail"], "bucket": {"name": BUCKET}, "object": told}
    return {**created, "detail": detail}


@pytest.fixture
def drop(
    load: Callable[[str], ModuleType], event: Callable[[str], Any], machine: str
) -> Callable[..., dict[str, Any]]:
    handler, template = load("trigger").handler, event("trigger-object-created")

    def dropped(key: str, spelt: Callable[[str], str] = str) -> dict[str, Any]:
        version = boto3.client("s3").put_object(Bucket=BUCKET, Key=key, Body=ROWS)["VersionId"]
        [outcome] = handler(event_of(template, spelt(key), version), Context())["outcomes"]
        assert (outcome["key"], outcome["outcome"]) == (key, "started")
        sfn = boto3.client("stepfunctions")
        arn = machine.replace(":stateMachine:", ":execution:") + f":{outcome['run']}"
        described = sfn.describe_execution(executionArn=arn)
        given: dict[str, Any] = json.loads(described["input"])
        assert (given["key"], given["version_id"]) == (key, version)
        return {**described, "given": given}

    return dropped


def check(description: dict[str, Any], key: str) -> None:
    """Plan the drop, and read what is recorded and told of it."""
    s3, run = boto3.client("s3"), description["name"]
    execution = {"id": "x", "name": run, "started": "2026-01-01T00:00:00Z"}
    request = Request(BUCKET, description["given"], execution, 1 << 20, "test")
    planned = plan_run(s3, request)
    assert (planned["key"], planned["dataset"]) == (key, "keys")
    body = s3.get_object(Bucket=BUCKET, Key=f"runs/{run}/request.json")["Body"].read()
    assert json.loads(body)["key"] == key
    told = {**description, "status": "FAILED", "stopDate": 0, "error": "E", "cause": "c"}
    message = message_of(ending.of_execution(told))
    [line] = [line for line in message["text"].split("\n") if line.startswith("File: ")]
    prefix = f"File: s3://{BUCKET}/"
    assert line.startswith(prefix)
    # Shown as Python would write it, so that it stays one line and can be read back.
    shown = "".join(c if c.isprintable() else repr(c)[1:-1] for c in key)
    assert line.removeprefix(prefix) == shown


@pytest.mark.parametrize("name", [*ODD, LONGEST], ids=range(len(ODD) + 1))
@pytest.mark.parametrize("spelt", [str, quote, quote_plus], ids=["plain", "quote", "quote_plus"])
def test_drop_of_an_odd_key_is_trained_and_told_however_the_event_spells_it(
    drop: Callable[..., dict[str, Any]], name: str, spelt: Callable[[str], str]
) -> None:
    key = f"inbox/keys/{name}.csv"
    check(drop(key, spelt), key)


@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(names)
@example("%")
@example("+%2B")
@example("%E4%ZZ")
def test_drop_of_any_key_is_planned_with_that_very_key(
    drop: Callable[..., dict[str, Any]], name: str
) -> None:
    key = f"inbox/keys/{name}.csv"
    check(drop(key), key)


def test_key_as_it_stands_goes_before_its_decoded_form(
    load: Callable[[str], ModuleType], event: Callable[[str], Any], machine: str
) -> None:
    handler, template, s3 = (
        load("trigger").handler,
        event("trigger-object-created"),
        boto3.client("s3"),
    )
    both = {
        key: s3.put_object(Bucket=BUCKET, Key=key, Body=ROWS)["VersionId"]
        for key in ("inbox/keys/a+b.csv", "inbox/keys/a b.csv")
    }
    for key, version in both.items():
        [outcome] = handler(event_of(template, key, version), Context())["outcomes"]
        assert outcome["key"] == key
    # Without a version, both exist: the one that the event spells.
    [outcome] = handler(event_of(template, "inbox/keys/a+b.csv", None), Context())["outcomes"]
    assert outcome["key"] == "inbox/keys/a+b.csv"
    # The version belongs to the other spelling.
    wrong = event_of(template, "inbox/keys/a+b.csv", both["inbox/keys/a b.csv"])
    assert handler(wrong, Context())["outcomes"][0]["key"] == "inbox/keys/a b.csv"


@pytest.mark.parametrize(
    "key",
    [
        "inbox/keys/a.csv.",
        "inbox/keys/a.csv ",
        "inbox/keys/a.csv\n",
        "inbox/../a.csv",
        "inbox/./a.csv",
        "inbox//a.csv",
        "inbox/k+s/a.csv",
        "inbox/keys/b/a.csv",
        "inbox/caf\u00e9.csv",
        "inbox/%6Beys/a.csv",
    ],
)
def test_key_that_is_no_drop_is_refused_by_its_very_name(
    load: Callable[[str], ModuleType], event: Callable[[str], Any], machine: str, key: str
) -> None:
    trigger, sent = load("trigger"), list[dict[str, Any]]()

    class Bus:
        @staticmethod
        def put_events(Entries: list[dict[str, str]]) -> dict[str, Any]:  # noqa: N803
            sent.extend(json.loads(entry["Detail"]) for entry in Entries)
            return {"FailedEntryCount": 0, "Entries": [{}]}

    trigger.events = Bus
    version = boto3.client("s3").put_object(Bucket=BUCKET, Key=key, Body=ROWS)["VersionId"]
    told = event_of(event("trigger-object-created"), key, version)
    [outcome] = trigger.handler(told, Context())["outcomes"]
    assert (outcome["key"], outcome["outcome"]) == (key, "refused")
    [detail] = sent
    assert (detail["key"], detail["error"]) == (key, "DropNameError")
    assert "inbox/" in detail["cause"] or ".csv" in detail["cause"]
    message = message_of(ending.of_refusal(detail))
    assert message["verdict"] == "rejected_input"
    assert "\n\n" not in message["text"].partition("File: ")[2].rstrip()
