"""What each task is given, word for word, and whether SageMaker would take it."""

import json
from typing import Any

import boto3
import pytest
from botocore.validate import ParamValidator

from tests.contract.engines.engine import Engine
from tests.contract.engines.given import FILE, given_by
from tests.contract.engines.script import FILE as DEFINITION
from tests.contract.states import all_states

STATES = all_states(json.loads(DEFINITION.read_text(encoding="utf-8")))
SAGEMAKER = {
    name: state["Resource"]
    for name, state in STATES.items()
    if ":sagemaker:" in state.get("Resource", "")
}
GIVEN: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))


def test_each_task_is_given_what_is_written_down(local: Engine) -> None:
    found = given_by(local)
    asks = {n for n, state in STATES.items() if state["Type"] == "Task" or "ItemReader" in state}
    assert found.keys() == asks
    assert found == GIVEN


@pytest.mark.parametrize("state", SAGEMAKER)
def test_sagemaker_takes_what_a_task_is_given(state: str) -> None:
    operation = SAGEMAKER[state].rsplit(":", 1)[1].removesuffix(".sync")
    model = boto3.client("sagemaker", region_name="us-east-1").meta.service_model
    shape = model.operation_model(operation[0].upper() + operation[1:]).input_shape
    report = ParamValidator().validate(GIVEN[state], shape)
    assert not report.has_errors(), report.generate_report()
