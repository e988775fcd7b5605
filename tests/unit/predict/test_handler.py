"""The handler does a step for each event of the state machines, with the deployed environment."""

import importlib
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pipeline.errors import ArtefactError
from predict import loading
from tests.unit.predict.chunk_run import (
    MODEL,
    PREFIX,
    ReadS3,
    chunk_run,
    event,
    features_key,
    trained_run,
    written,
)

ROOT = Path(__file__).parents[3]
CONTEXT = SimpleNamespace(
    function_name="predict",
    memory_limit_in_mb=3008,
    invoked_function_arn="arn:aws:lambda:eu-west-1:123456789012:function:predict",
    aws_request_id="1",
)


@pytest.fixture
def handler(monkeypatch: pytest.MonkeyPatch) -> Any:
    environment = {
        "AWS_DEFAULT_REGION": "eu-west-1",
        "POWERTOOLS_TRACE_DISABLED": "1",
        "POWERTOOLS_SERVICE_NAME": "predict",
        "POWERTOOLS_METRICS_NAMESPACE": "dropforge",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(loading, "_kept", {})
    return importlib.import_module("predict.handler")


def test_chunk_is_predicted_and_a_constant_returned(
    handler: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    s3, _ = chunk_run()
    monkeypatch.setattr(handler, "s3", s3)
    assert handler.handler({"step": "chunk", **event()}, CONTEXT) == 1
    assert len(written(s3)) == 2


@pytest.mark.parametrize(
    ("predict", "state"), [(True, "Predict chunks"), (False, "Explain chunks")]
)
def test_error_names_the_state(
    handler: Any, monkeypatch: pytest.MonkeyPatch, predict: bool, state: str
) -> None:
    s3, _ = chunk_run()
    del s3.objects[features_key()]
    monkeypatch.setattr(handler, "s3", s3)
    with pytest.raises(ArtefactError, match=f"^{state}: s3://bucket/{PREFIX}/data/features"):
        handler.handler({"step": "chunk", **event(predict=predict)}, CONTEXT)


def documented(name: str, s3: ReadS3) -> tuple[dict[str, Any], str]:
    """Return a documented event, its files put where it says, and the key of its model."""
    event: dict[str, Any] = json.loads((ROOT / f"events/{name}.json").read_text())
    for key, body in list(s3.objects.items()):
        s3.objects[key.replace(PREFIX, event["prefix"])] = body
    model = event["model_data"].split("/", 3)[3]
    s3.objects[model] = s3.objects[MODEL]
    return event, model


def test_documented_event_is_one_that_the_step_takes(
    handler: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    s3, _ = chunk_run()
    chunk, _ = documented("predict-chunk", s3)
    monkeypatch.setattr(handler, "s3", s3)
    assert handler.handler(chunk, CONTEXT) == 1


def test_model_is_explained_and_why_not_is_told(
    handler: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    s3, _ = trained_run(count=20)
    model, key = documented("predict-model", s3)
    monkeypatch.setattr(handler, "s3", s3)
    assert handler.handler(model, CONTEXT) == {"explained": True, "reason": ""}
    del s3.objects[key]
    with pytest.raises(ArtefactError, match=r"^Explain model: "):
        handler.handler(model, CONTEXT)


def test_test_rows_are_predicted_and_a_constant_returned(
    handler: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    s3, _ = trained_run(count=20)
    holdout, key = documented("predict-holdout", s3)
    monkeypatch.setattr(handler, "s3", s3)
    assert handler.handler(holdout, CONTEXT) == 1
    assert f"{holdout['prefix']}/predictions/part-00000.csv.out" in s3.objects
    del s3.objects[key]
    with pytest.raises(ArtefactError, match=r"^Predict by model: .*model\.tar\.gz"):
        handler.handler(holdout, CONTEXT)
    with pytest.raises(ArtefactError, match=r"^Predict by champion: .*champion_encoder\.json"):
        handler.handler(holdout | {"champion": True}, CONTEXT)
