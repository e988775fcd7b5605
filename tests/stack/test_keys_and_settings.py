"""Files of any name are trained; settings that come with a drop count if its run accepts them."""

import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from dropforge.client.inbox.drop import drop, stage_settings
from dropforge.client.runs.runs import run_facts
from dropforge.client.stack import Stack
from dropforge.environment import Environment
from pipeline import drop_keys
from seed.sample import SampleSize, sample_csv
from tests.stack.application import Application

SAMPLE = sample_csv(SampleSize(rows=300))
NAMES = [
    "a+b",
    "100%25 %2B",
    'q&a\'s "odd" #1?',
    "...",
    unicodedata.normalize("NFD", "caf\u00e9") + " caf\u00e9 \U0001f600",
    "line\nbreak\x01",
    "x" * (1024 - len("inbox/keys/.csv")),
]


def stack_of(application: Application) -> Stack:
    environment = Environment("local", "dropforge", None, None, {})
    return Stack(environment, application.session, application.outputs)


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_file_of_an_odd_name_is_trained_and_told_by_its_very_name(
    application: Application, name: str
) -> None:
    key = f"inbox/keys/{name}.csv"
    run = application.drop(key, SAMPLE)
    message = application.message(run)
    assert message["status"] == "SUCCEEDED", application.last(run)
    assert message["run"] == run
    shown = "".join(c if c.isprintable() else repr(c)[1:-1] for c in key)
    assert f"File: s3://{application.bucket}/{shown}\n" in message["text"]
    evaluation = json.loads(application.read(f"runs/{run}/evaluation.json") or b"")
    assert evaluation["data"]["object"] == f"s3://{application.bucket}/{key}"
    stack = stack_of(application)
    facts = run_facts(stack, run)
    assert facts["object"]["key"] == key
    assert (application.read(f"runs/{run}/report.html") or b"").startswith(b"<!doctype html>")


def target_of(application: Application, run: str) -> Any:
    message = application.message(run)
    return message["error"] or message["result"]["target"]


def dropped(stack: Any, folder: Path, name: str, settings: dict[str, Any] | None = None) -> str:
    file, key = folder / name, f"inbox/chosen/{name}"
    file.write_bytes(SAMPLE)
    ticket = stage_settings(stack, key, settings) if settings else None
    return drop(stack, file, key, lambda _sent: None, ticket).run


def test_settings_of_a_drop_count_for_later_ones_only_if_its_run_accepts_them(
    application: Application, tmp_path: Path
) -> None:
    stack = stack_of(application)
    columns = SAMPLE.split(b"\n", 1)[0].decode().split(",")
    own = drop_keys.settings_key("chosen")
    refused = dropped(stack, tmp_path, "1.csv", {"target": "prize"})
    assert target_of(application, refused) == "TargetMissingError"
    assert application.read(own) is None
    default = target_of(application, dropped(stack, tmp_path, "2.csv"))
    other = next(name for name in columns[1:] if name != default)
    accepted = dropped(stack, tmp_path, "3.csv", {"target": other, "promotion": "never"})
    assert target_of(application, accepted) == other
    assert json.loads(application.read(own) or b"") == {"target": other, "promotion": "never"}
    # A copy into the bucket goes by what was accepted.
    copied = application.drop("inbox/chosen/4.csv", SAMPLE)
    assert target_of(application, copied) == other
    again = dropped(stack, tmp_path, "5.csv", {"target": "prize"})
    assert target_of(application, again) == "TargetMissingError"
    assert json.loads(application.read(own) or b"")["target"] == other
