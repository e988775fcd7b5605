"""The states that search for hyperparameters: as careful as the training, and never its end."""

import json
from typing import Any, get_type_hints

import pytest

from evaluate.steps.search import SearchEvent
from pipeline.documents.search.facts import Chosen
from predict.steps.holdout import HoldoutEvent
from tests.contract.states import all_states

State = dict[str, Any]

SEARCHES = ("Tune model (XGBoost)", "Continue tuning (XGBoost)")


def test_search_trains_as_the_first_job_does(definition: State) -> None:
    states = definition["States"]
    first = states["Train model (XGBoost)"]["Parameters"]
    for name in SEARCHES:
        definition_ = states[name]["Parameters"]["TrainingJobDefinition"]
        same = definition_.keys() & first.keys()
        assert same >= {"InputDataConfig", "OutputDataConfig", "ResourceConfig.$", "RoleArn"}
        own = {"StoppingCondition.$": "$.fit.tuning.stopping_condition"}
        assert {n: definition_[n] for n in same} == {n: first[n] for n in same} | own
        # A shared checkpoint would let a job go on with another's trees.
        assert "CheckpointConfig" not in definition_
    afresh, on = (dict(states[name]["Parameters"]) for name in SEARCHES)
    assert on.pop("WarmStartConfig.$") == "$.fit.tuning.warm_start"
    assert afresh == on


def test_no_end_of_a_search_ends_the_run(definition: State) -> None:
    states = definition["States"]
    after = {c["Next"] for name in SEARCHES for c in states[name]["Catch"]}
    assert {states[name]["Catch"][-1]["Next"] for name in SEARCHES} == {"Search ended early"}
    after |= {c["Next"] for c in states["Choose trial"]["Catch"]}
    assert states["Choose trial"]["Catch"][-1]["ErrorEquals"] == ["States.ALL"]
    todo, seen = set(after), {"Choose trial", "Take chosen hyperparameters"}
    while todo:
        name = todo.pop()
        seen.add(name)
        state = states[name]
        assert state["Type"] in ("Choice", "Pass", "Wait", "Task"), name
        # A Choice defaults to a failure only where its rules leave no case.
        ways = {c["Next"] for c in state.get("Choices", [])} | {state.get("Next")} - {None}
        todo |= ways - seen - {"Save Model"}
    assert states["Search ended early"]["Next"] == "Choose trial"


def test_search_that_cannot_be_looked_at_leaves_what_one_without_a_gain_does(
    definition: State,
) -> None:
    states = definition["States"]
    kept = states["Keep first trial"]
    assert {name.removesuffix(".$") for name in kept["Parameters"]} == get_type_hints(Chosen).keys()
    chosen = states["Choose trial"]
    assert (kept["ResultPath"], kept["Next"]) == (chosen["ResultPath"], chosen["Next"])


@pytest.mark.parametrize("name", ["Predict by model", "Predict by champion"])
def test_function_that_predicts_test_rows_is_given_all_that_it_asks_for(
    definition: State, name: str
) -> None:
    given = all_states(definition)[name]["Parameters"]
    assert {n.removesuffix(".$") for n in given} == get_type_hints(HoldoutEvent).keys() | {"step"}
    # Its only way to the next state is a job, whatever it ends with.
    [caught] = all_states(definition)[name]["Catch"]
    assert caught["ErrorEquals"] == ["States.ALL"]


def test_step_is_given_all_that_it_asks_for(definition: State) -> None:
    given = definition["States"]["Choose trial"]["Parameters"]
    names = {name.removesuffix(".$") for name in given}
    assert names >= get_type_hints(SearchEvent).keys()


@pytest.mark.parametrize("machine", ["definition", "scoring"])
def test_no_pass_reads_a_cause_that_may_not_be_there(
    machine: str, request: pytest.FixtureRequest
) -> None:
    """A path that is not there fails the execution, and Step Functions may leave Cause out."""
    states = all_states(request.getfixturevalue(machine))
    reading = {
        name
        for name, state in states.items()
        if state["Type"] == "Pass" and "$.error.Cause" in json.dumps(state.get("Parameters", {}))
    }
    assert reading
    for name, state in states.items():
        for rule in state.get("Choices", []):
            if rule["Next"] in reading:
                assert '"$.error.Cause"' in json.dumps(rule), (name, rule["Next"])
        for catcher in state.get("Catch", []):
            if catcher["Next"] in reading:
                # Our own errors always have a message.
                assert not [e for e in catcher["ErrorEquals"] if "." in e], name
        assert {state.get("Next"), state.get("Default")}.isdisjoint(reading), name
