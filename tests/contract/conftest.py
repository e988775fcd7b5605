"""The project's own files, read once."""

import json
from pathlib import Path
from typing import Any

import pytest
from cfnlint.decode.cfn_yaml import load

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def template() -> dict[str, Any]:
    # Through JSON, so that the values are plain and short forms read as long ones.
    document: dict[str, Any] = json.loads(json.dumps(load(str(ROOT / "template.yaml"))))
    return document


@pytest.fixture(scope="session")
def definition() -> dict[str, Any]:
    path = ROOT / "statemachine" / "train_and_batch_transform.asl.json"
    document: dict[str, Any] = json.loads(path.read_text())
    return document


@pytest.fixture(scope="session")
def scoring() -> dict[str, Any]:
    path = ROOT / "statemachine" / "batch_transform.asl.json"
    document: dict[str, Any] = json.loads(path.read_text())
    return document
