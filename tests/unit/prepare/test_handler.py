"""The handler does a step for each event of the state machine, with the deployed environment."""

import importlib
import json
from types import SimpleNamespace
from typing import Any

import pytest

from bench.prepare.local_s3 import LocalS3
from pipeline.documents import run_files
from pipeline.errors import ArtefactError, EmptyFileError

CONTEXT = SimpleNamespace(
    function_name="prepare",
    memory_limit_in_mb=3008,
    invoked_function_arn="arn:aws:lambda:eu-west-1:123456789012:function:prepare",
    aws_request_id="1",
)


@pytest.fixture
def deployed(monkeypatch: pytest.MonkeyPatch) -> Any:
    environment = {
        "BUCKET": "bucket",
        "CHUNK_MIB": "64",
        "TRAINING_INSTANCE_TYPE": "ml.m5.xlarge",
        "CODE_VERSION": "1.2.3",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "POWERTOOLS_TRACE_DISABLED": "1",
        "POWERTOOLS_SERVICE_NAME": "prepare",
        "POWERTOOLS_METRICS_NAMESPACE": "dropforge",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return importlib.import_module("prepare.handler")


@pytest.fixture
def handler(deployed: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(deployed, "s3", LocalS3())
    return deployed


def test_client_has_a_connection_for_each_reader_of_run_files(deployed: Any) -> None:
    assert deployed.s3.meta.config.max_pool_connections >= run_files._READERS


def test_run_of_an_input_copied_from_another_execution_is_the_new_ones(handler: Any) -> None:
    rows = "\n".join(f"{n % 7},{n % 5},{n % 2}" for n in range(50))
    handler.s3.objects["inbox/set/data.csv"] = f"a,b,c\n{rows}\n".encode()
    event = {
        "step": "plan",
        "execution": {"name": "again", "id": "arn", "started": "2026-01-01T00:00:00Z"},
        "drop": {"key": "inbox/set/data.csv", "run": "set-20260102-030405-0a1b2c3d"},
    }
    plan = handler.handler(event, CONTEXT)
    assert (plan["run"], plan["prefix"], plan["attempts"][0]) == ("again", "runs/again", "again")
    assert {key.split("/")[1] for key in handler.s3.objects if key.startswith("runs/")} == {"again"}


def test_steps_in_order_prepare_a_file_that_a_person_named(handler: Any) -> None:
    s3 = handler.s3
    rows = "\n".join(f"{n % 7},{n % 5},{n % 2}" for n in range(50))
    s3.objects["inbox/my-set/data.csv"] = f"a,b,c\n{rows}\n".encode()
    s3.objects["inbox/my-set/pipeline.json"] = b'{"target": "b", "task": "regression"}'
    execution = {"name": "Grüße_1.x", "id": "arn", "started": "2026-01-01T00:00:00Z"}
    plan = handler.handler(
        {"step": "plan", "execution": execution, "drop": {"key": "inbox/my-set/data.csv"}}, CONTEXT
    )
    assert plan["dataset"] == "my-set"
    assert plan["prefix"] == f"runs/{plan['run']}"
    assert plan["attempts"][0] == plan["run"]
    request = json.loads(s3.objects[f"{plan['prefix']}/request.json"])
    assert request["settings"]["target"] == "b"
    assert request["code_version"] == "1.2.3"
    place = {"bucket": "bucket", "prefix": plan["prefix"]}
    for chunk in json.loads(s3.objects[plan["manifest"]]):
        assert handler.handler({"step": "profile", **place, "chunk": chunk}, CONTEXT) == 1
    profiled = json.loads(s3.objects[f"{plan['prefix']}/chunks/profile-00000.json"])
    assert len(profiled["outside"]["head"]["contents"]["hashes"]) == 14  # pairs of a and c
    fit = handler.handler(
        {"step": "fit", **place, "champion": {"found": False}, "comparison": 0}, CONTEXT
    )
    assert (fit["target"], fit["task"]) == ("b", "regression")
    for chunk in json.loads(s3.objects[fit["chunks"]]):
        assert handler.handler({"step": "encode", **place, "chunk": chunk}, CONTEXT) == 1
    counts = json.loads(s3.objects[f"{plan['prefix']}/chunks/encode-00000.json"])
    assert counts == {
        "index": 0,
        "train": 34,
        "validation": 8,
        "test": 8,
        "dropped": 0,
        "seen": 42,
    }


def test_input_error_leaves_the_handler_as_itself(handler: Any) -> None:
    handler.s3.objects["inbox/x/empty.csv"] = b""
    event = {"step": "plan", "execution": {"name": "n"}, "drop": {"key": "inbox/x/empty.csv"}}
    with pytest.raises(EmptyFileError, match=r"empty\.csv"):
        handler.handler(event, CONTEXT)


@pytest.mark.parametrize(
    ("step", "state"),
    [("profile", "Profile chunks"), ("fit", "Fit encoder"), ("encode", "Encode chunks")],
)
def test_step_names_itself_and_the_file_that_it_lacks(handler: Any, step: str, state: str) -> None:
    chunk = {"index": 0, "start": 0, "end": 9, "first_row": 1, "clean": True, "ordinals": [0]}
    event = {"step": step, "bucket": "bucket", "prefix": "runs/r", "champion": {"found": False}}
    event |= {"chunk": chunk | {"train_parts": 1, "champion": False, "again": False}}
    event |= {"comparison": 0}
    with pytest.raises(ArtefactError, match=f"^{state}: s3://bucket/runs/r/plan.json, which Plan"):
        handler.handler(event, CONTEXT)


@pytest.mark.parametrize("chunk", [{}, {"index": 0}, {"index": 0, "start": "0", "end": 9}])
def test_chunk_that_a_damaged_list_hands_on_is_named(handler: Any, chunk: dict[str, Any]) -> None:
    event = {"step": "profile", "bucket": "bucket", "prefix": "runs/r", "chunk": chunk}
    with pytest.raises(ArtefactError, match=r"s3://bucket/runs/r/manifest\.json, which Plan"):
        handler.handler(event, CONTEXT)
