"""What the definitions take for granted of AWS is documented there; the rest has a way out."""

import json
import re
from typing import Any

from tests.contract.states import all_states

State = dict[str, Any]


def test_what_is_not_always_in_a_jobs_answer_is_no_hard_path(definition: State) -> None:
    # Describe's required members, and what Completed jobs have (SageMaker API reference).
    always = {
        *("$", "$.TrainingJobName", "$.TrainingJobStatus", "$.TransformJobName"),
        "$.ModelArtifacts.S3ModelArtifacts",
        *("$.HyperParameterTuningJobName", "$.HyperParameterTuningJobStatus"),
    }
    found = {
        path
        for state in all_states(definition).values()
        if state.get("Resource", "").endswith(".sync")
        for path in state.get("ResultSelector", {}).values()
    }
    assert found == always
    text = json.dumps(definition)
    reads = set(re.findall(r"\$\.training\.described\.(\w+)", text))
    assert reads == {"SecondaryStatus"}
    guard = {"Variable": "$.training.described.SecondaryStatus", "IsPresent": True}
    [choice] = [
        rule
        for rule in definition["States"]["Training complete?"]["Choices"]
        if "SecondaryStatus" in json.dumps(rule)
    ]
    assert choice["And"][0] == guard


def test_field_that_no_optimized_call_documents_goes_by_the_sdk(definition: State) -> None:
    # Step Functions developer guide, "Create and manage SageMaker AI jobs": createModel.
    for name, state in all_states(definition).items():
        if state.get("Resource", "").endswith(":::sagemaker:createModel"):
            assert "ModelPackageName" not in json.dumps(state["Parameters"]), name


def test_run_trains_unless_the_quota_of_its_transforms_is_known_to_be_0(definition: State) -> None:
    states = definition["States"]
    look, choice = states["Look at transform quota"], states["Transforms allowed?"]
    assert {look["Next"], look["Catch"][0]["Next"]} == {"Transforms allowed?"}
    zero, other = choice["Choices"]
    assert zero["Next"] == "Transform quota is 0"
    assert {"Variable": "$.quota.Quota.Value", "NumericLessThan": 1} in zero["And"]
    named = {
        "Variable": "$.quota.Quota.QuotaName",
        "StringEquals": "${TransformInstanceType} for transform job usage",
    }
    assert named in zero["And"]
    assert other == {"Variable": "$.quota", "IsPresent": True, "Next": "Train model (XGBoost)"}
