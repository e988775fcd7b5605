"""The states that search for hyperparameters: as careful as the training, and never its end."""

import json
from typing import Any

State = dict[str, Any]

SEARCHES = ("Tune model (XGBoost)", "Continue tuning (XGBoost)")


def test_search_trains_as_the_first_job_does(definition: State) -> None:
    states = definition["States"]
    first = states["Train model (XGBoost)"]["Parameters"]
    for name in SEARCHES:
        definition_ = states[name]["Parameters"]["TrainingJobDefinition"]
        same = definition_.keys() & first.keys()
        assert same >= {"InputDataConfig", "OutputDataConfig", "ResourceConfig.$", "RoleArn"}
        assert {n: definition_[n] for n in same} == {n: first[n] for n in same}
        # A shared checkpoint would let a job go on with another's trees.
        assert "CheckpointConfig" not in definition_
    afresh, on = (dict(states[name]["Parameters"]) for name in SEARCHES)
    assert on.pop("WarmStartConfig.$") == "$.fit.tuning.warm_start"
    assert afresh == on


def test_no_end_of_a_search_ends_the_run(definition: State) -> None:
    states = definition["States"]
    after = {c["Next"] for name in SEARCHES for c in states[name]["Catch"]}
    assert {states[name]["Catch"][-1]["Next"] for name in SEARCHES} == {"Search ended early"}
    todo, seen = set(after), {"Choose trial"}
    while todo:
        name = todo.pop()
        seen.add(name)
        state = states[name]
        assert state["Type"] in ("Choice", "Pass", "Wait", "Task"), name
        # A Choice defaults to a failure only where its rules leave no case.
        ways = {c["Next"] for c in state.get("Choices", [])} | {state.get("Next")} - {None}
        todo |= ways - seen - {"Save Model"}
    assert states["Search ended early"]["Next"] == "Choose trial"


def test_training_that_is_refused_after_a_search_is_asked_for_again(definition: State) -> None:
    choices = definition["States"]["Call again"]["Choices"]
    after = [c["Next"] for c in choices]
    retrained = next(c for c in choices if "$.searched.retrain" in json.dumps(c))
    assert retrained["Next"] == "Train model (XGBoost)"
    # The first job's model is there already, and must not be saved in its place.
    assert after.index("Save Model") > choices.index(retrained)
