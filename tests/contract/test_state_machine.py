"""The definition agrees with the template, the error tree, and Step Functions' own rules."""

import json
import re
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.validate import ParamValidator

from bench.faults import wording
from bench.faults.project import ROOT
from dropforge.cloud.deployment import template
from notify.remedies import RULES, remedy_of
from pipeline import errors, run_names
from pipeline.settings import SCHEMA_FILE
from statemachine import form
from tests.contract.states import LEAVES, all_states, machines, next_of, reachable

State = dict[str, Any]

INPUT_LEAVES = {name for name in LEAVES if issubclass(getattr(errors, name), errors.InputError)}
GIVE_BACK = "Give turn back"
STOP_LOST = "Stop lost job"
STOP_SEARCH = "Stop lost search"
STOP_REFIT = "Stop lost refit"
OWN_ERRORS = {
    GIVE_BACK: "$.turn_error",
    STOP_LOST: "$.stop_error",
    STOP_SEARCH: "$.stop_error",
    STOP_REFIT: "$.stop_error",
    "Look at transform quota": "$.quota",
}
"""Where the error of a state goes that keeps no run from going on."""
SERVICE_ERROR = re.compile(r"(States|Lambda|SageMaker|ServiceQuotas)\.\w+")
VALUES = {
    "HyperParameterTuningJobConfig": {
        "Strategy": "Bayesian",
        "ResourceLimits": {"MaxNumberOfTrainingJobs": 19, "MaxParallelTrainingJobs": 4},
    },
    "StaticHyperParameters": {"objective": "reg:squarederror"},
    "WarmStartConfig": {
        "ParentHyperParameterTuningJobs": [{"HyperParameterTuningJobName": "a"}],
        "WarmStartType": "TransferLearning",
    },
    "HyperParameters": {"objective": "reg:squarederror", "num_round": "10"},
    "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 30},
    "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
    "EnableManagedSpotTraining": False,
    "CustomerMetadataProperties": {"run": "r"},
    "ModelApprovalStatus": "Approved",
}


def filled(value: Any) -> Any:
    """Put a value of the right kind where the definition selects one at run time."""
    if isinstance(value, list):
        return [filled(item) for item in value]
    if not isinstance(value, dict):
        return value
    result = {}
    for name, item in value.items():
        if name.endswith(".$"):
            plain = name.removesuffix(".$")
            result[plain] = VALUES.get(plain, "s3://bucket/a" if "Uri" in plain else "a")
        else:
            result[name] = filled(item)
    return result


@pytest.mark.parametrize("path", form.DEFINITIONS, ids=lambda path: path.name)
def test_file_is_in_the_compact_form(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert form.written(form.parsed(text)) == text, "run `make format`"


def test_names_of_the_aws_sample_are_kept(definition: State) -> None:
    names = set(all_states(definition))
    assert {"Generate dataset", "Train model (XGBoost)", "Save Model", "Batch transform"} <= names


def test_substitutions_of_template_and_definition_are_the_same(
    template: State, definition: State
) -> None:
    machine = template["Resources"]["TrainAndBatchTransformStateMachine"]["Properties"]
    used = set(re.findall(r"\$\{(\w+)\}", json.dumps(definition)))
    assert used == set(machine["DefinitionSubstitutions"])


def test_every_state_says_why_it_is_there(definition: State) -> None:
    assert [
        name for name, state in all_states(definition).items() if not state.get("Comment")
    ] == []


def test_every_task_has_a_time_limit(definition: State) -> None:
    tasks = {n: s for n, s in all_states(definition).items() if s["Type"] == "Task"}
    assert len(tasks) >= 12
    for name, state in tasks.items():
        assert "TimeoutSeconds" in state or "TimeoutSecondsPath" in state, name


def test_every_task_and_map_catches_errors_at_its_own_level(definition: State) -> None:
    for name, state in definition["States"].items():
        if state["Type"] in ("Task", "Map", "Parallel"):
            assert state["Catch"][-1]["ErrorEquals"] == ["States.ALL"], name
            # These must not hide what failed before.
            path = OWN_ERRORS.get(name, "$.error")
            assert all(catch["ResultPath"] == path for catch in state["Catch"]), name


def test_every_choice_defaults_to_a_failure(definition: State) -> None:
    for machine in machines(definition):
        for name, state in machine.items():
            if state["Type"] != "Choice":
                continue
            default = machine[state["Default"]]
            # A default may also lead on along a path that is a failure already.
            assert default["Type"] == "Fail", f"{name} defaults to {state['Default']}"


def test_every_error_of_the_machine_ends_in_a_failure_or_a_new_attempt(definition: State) -> None:
    states = definition["States"]
    caught = {c["Next"] for s in states.values() for c in s.get("Catch", [])}
    retried = reachable(states, {"Train model (XGBoost)"})
    for name in reachable(states, caught) - retried | caught:
        state = states[name]
        assert not state.get("End"), name
        # The turn is given back whether the model was registered or not; the other leads back.
        if name not in (GIVE_BACK, STOP_LOST, STOP_SEARCH, STOP_REFIT):
            assert state["Type"] in ("Fail", "Choice", "Pass", "Wait"), name


def test_every_custom_error_is_a_leaf_of_the_tree(definition: State) -> None:
    named = {
        error
        for state in all_states(definition).values()
        for rule in [*state.get("Retry", []), *state.get("Catch", [])]
        for error in rule["ErrorEquals"]
        if not SERVICE_ERROR.fullmatch(error)
    }
    # A tick is no step, after any error of a function that predicts test rows a job does, and what
    # ends a process is none of our errors.
    assert named == LEAVES - {"ScheduleError", "TidyError", "PredictionTimeError"} | {
        "Runtime.ExitError",
        "Sandbox.Timedout",
    }


def lambda_tasks(definition: State) -> dict[str, State]:
    return {
        name: state
        for name, state in all_states(definition).items()
        if state["Type"] == "Task" and "FunctionArn" in state["Resource"]
    }


def test_tasks_wait_longer_than_their_functions_may_run(template: State, definition: State) -> None:
    functions = {
        name: resource["Properties"].get("Timeout", 60)
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::Serverless::Function"
    }
    for name, state in lambda_tasks(definition).items():
        function = re.sub(r"\$\{(\w+)Arn\}", r"\1", state["Resource"])
        assert state["TimeoutSeconds"] > functions[function], name


@pytest.mark.parametrize("state", ["Plan data", "Fit encoder"])
def test_every_input_error_of_prepare_is_a_rejection(definition: State, state: str) -> None:
    catch = definition["States"][state]["Catch"][0]
    assert set(catch["ErrorEquals"]) == INPUT_LEAVES
    assert catch["Next"] == "Read rejection"


def test_every_state_can_be_reached(definition: State) -> None:
    assert reachable(definition["States"], {definition["StartAt"]}) == set(definition["States"])


@pytest.mark.parametrize(
    "name",
    [
        "Train model (XGBoost)",
        "Continue tuning (XGBoost)",
        "Tune model (XGBoost)",
        "Refit model (XGBoost)",
        "Save Model",
        "Batch transform",
        "Save champion Model",
        "Champion batch transform",
        "Register model",
    ],
)
def test_sagemaker_parameters_fit_the_service_model(definition: State, name: str) -> None:
    state = all_states(definition)[name]
    operation = state["Resource"].rsplit(":", 1)[1].removesuffix(".sync")
    model = boto3.client("sagemaker", region_name="us-east-1").meta.service_model
    shape = model.operation_model(operation[0].upper() + operation[1:]).input_shape
    report = ParamValidator().validate(filled(state["Parameters"]), shape)
    assert not report.has_errors(), report.generate_report()


def test_every_job_takes_a_name_of_its_own_at_each_attempt(definition: State) -> None:
    names = [
        state["Parameters"][field]
        for state in all_states(definition).values()
        for field in ("TrainingJobName.$", "TransformJobName.$")
        if field in state.get("Parameters", {}) and ":create" in state["Resource"]
    ]
    assert len(names) == 4
    counted = re.compile(r"\$\.attempts.*(\$\$\.State\.RetryCount|\$\.calls\.lost)")
    assert all(counted.search(name) for name in names)


def test_next_states_of_a_choice_are_named_once_each(definition: State) -> None:
    assert next_of(definition["States"]["Good enough?"]) == {
        "Take turn",
        "Register model",
        "Count comparison",
        "Keep champion",
        "Verdict unknown",
    }


def test_model_is_approved_only_by_the_run_whose_turn_it_is(definition: State) -> None:
    states = definition["States"]
    choices = {c["StringEquals"]: c["Next"] for c in states["Good enough?"]["Choices"]}
    # A model that waits changes nothing, so it needs no turn.
    assert [v for v, following in choices.items() if following == "Register model"] == ["pending"]
    assert choices["approved"] == "Take turn"
    before = {n for n, s in states.items() if "Register model" in next_of(s)}
    assert before == {"Good enough?", "Champion unchanged?"}
    [taken] = [c for c in states["Champion unchanged?"]["Choices"] if c["Next"] == "Register model"]
    assert taken["StringEquals"] == "taken"


def test_turn_is_given_back_on_every_path(definition: State) -> None:
    states = definition["States"]
    register = states["Register model"]
    after = {register["Next"], *(catch["Next"] for catch in register["Catch"])}
    assert after == {GIVE_BACK}
    assert {c["Next"] for c in states[GIVE_BACK]["Catch"]} == {states[GIVE_BACK]["Next"]}
    assert next_of(states["Registered?"]) == {
        "Model registered",
        "Step timed out",
        "SageMaker busy?",
        "Cause is a document?",
        "Answer unknown",
    }


def test_comparisons_end_where_their_names_do(definition: State) -> None:
    comparisons = {"count": 0, "suffixes": list(run_names.COMPARISONS)}
    assert len(set(comparisons["suffixes"])) == run_names.COMPARISON_LIMIT
    limits = {
        value
        for choice in definition["States"]["Compare again?"]["Choices"]
        for name, value in choice.items()
        if name.startswith("Numeric")
    }
    assert limits == {run_names.COMPARISON_LIMIT}
    longest_name = f"{run_names.attempts_of('x' * 57)[-1]}-{comparisons['suffixes'][-1]}"
    assert len(longest_name) <= 63


def test_definition_is_accepted_by_a_second_interpreter(definition: State) -> None:
    from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser

    text = re.sub(
        r"\$\{\w+\}", "arn:aws:lambda:us-east-1:123456789012:function:f", json.dumps(definition)
    )
    text = text.replace("arn:arn:aws:lambda:us-east-1:123456789012:function:f:", "arn:aws:")
    program, _ = AmazonStateLanguageParser.parse(text)
    assert program.start_at.start_at_name == "Dataset given?"


def test_sentence_of_each_failure_and_its_message_tell_one_remedy(definition: State) -> None:
    told = {
        (state["Error"], state["Cause"])
        for state in all_states(definition).values()
        if state["Type"] == "Fail" and "Error" in state
    }
    assert len(told) >= 5
    for error, cause in told:
        remedy = remedy_of("FAILED", error, cause, "the log")
        # The one that knows more tells it, the other does not.
        assert wording.has_remedy(f"\n{cause}") is (remedy is None), error
        assert remedy is None or wording.has_remedy(f"\n{remedy}"), error


def test_template_and_settings_have_what_remedies_name() -> None:
    named = " ".join(rule.remedy or "" for rule in RULES)
    parameters = template.read(ROOT / "template.yaml")["Parameters"]
    assert "TransformInstanceType" in named
    assert "TransformInstanceType" in parameters
    assert "instance_type in pipeline.json" in named
    assert "instance_type" in json.loads(SCHEMA_FILE.read_text())["properties"]
    assert "make build" in named
    assert "\nbuild:" in (ROOT / "Makefile").read_text()
