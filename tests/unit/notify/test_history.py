from typing import Any

import pytest

from notify.history import failed_step

Event = dict[str, Any]


class History:
    """Events as Step Functions numbers and links them."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def add(self, kind: str, before: Event | None = None, **details: Any) -> Event:
        number = len(self.events) + 1
        key = f"{kind[0].lower()}{kind[1:]}EventDetails"
        previous = before["id"] if before else number - 1
        event = {"id": number, "previousEventId": previous, "type": kind}
        event |= {key: details} if details else {}
        self.events.append(event)
        return event

    def enter(self, name: str, kind: str = "Task", before: Event | None = None) -> Event:
        event = self.add(f"{kind}StateEntered", before)
        event["stateEnteredEventDetails"] = {"name": name}
        return event

    def leave(self, name: str, kind: str = "Task") -> Event:
        event = self.add(f"{kind}StateExited")
        event["stateExitedEventDetails"] = {"name": name}
        return event

    def fail(self, name: str, error: str, kind: str = "TaskFailed") -> None:
        self.enter(name)
        self.add("TaskScheduled", resource="lambda")
        self.add(kind, error=error)
        self.leave(name)

    def end(self, state: str, error: str) -> list[Event]:
        self.enter(state, "Fail")
        self.add("ExecutionFailed", error=error)
        return self.events[::-1]


@pytest.mark.parametrize("kind", ["TaskFailed", "LambdaFunctionFailed", "TaskSubmitFailed"])
def test_failed_step_is_the_state_whose_work_failed(kind: str) -> None:
    history = History()
    history.fail("Plan data", "KeyError")
    history.fail("Evaluate", "KeyError", kind)
    history.enter("Cause is a document?", "Choice")
    assert failed_step(history.end("Function failed", "KeyError"), "KeyError") == "Evaluate"


@pytest.mark.parametrize(
    ("error", "known"),
    [
        ("StepTimedOut", "States.Timeout"),
        ("JobStopped", "States.TaskFailed"),
        ("TrainingOutOfTime", "States.TaskFailed"),
    ],
)
def test_failed_step_knows_what_fail_states_call_errors(error: str, known: str) -> None:
    history = History()
    history.fail("Find champion", known, "TaskTimedOut" if "Time" in known else "TaskFailed")
    history.fail("Give turn back", "SageMaker.Other")
    assert failed_step(history.end("Step timed out", error), error) == "Find champion"


def test_failed_step_passes_over_a_later_failure_that_did_not_end_the_execution() -> None:
    history = History()
    history.fail("Register model", "SageMaker.SageMakerException")
    history.fail("Give turn back", "KeyError")
    ended = history.end("Step failed", "SageMaker.SageMakerException")
    assert failed_step(ended, "SageMaker.SageMakerException") == "Register model"


def test_failed_step_tells_the_branches_of_a_parallel_apart() -> None:
    history = History()
    start = history.enter("Predict test rows", "Parallel")
    own = history.enter("Batch transform", before=start)
    history.enter("Champion batch transform", before=start)
    history.add("TaskFailed", own, error="States.TaskFailed")
    history.leave("Predict test rows", "Parallel")
    ended = history.end("Job failed", "States.TaskFailed")
    assert failed_step(ended, "States.TaskFailed") == "Batch transform"


def test_failed_step_is_the_map_whose_items_could_not_be_read() -> None:
    history = History()
    history.fail("Plan data", "Lambda.ServiceException")
    history.enter("Profile chunks", "Map")
    history.leave("Profile chunks", "Map")
    ended = history.end("Step failed", "States.ItemReaderFailed")
    assert failed_step(ended, "States.ItemReaderFailed") == "Profile chunks"


def test_failed_step_without_errors_in_the_history_is_the_last_that_failed() -> None:
    history = History()
    history.enter("Evaluate")
    history.add("LambdaFunctionFailed")
    history.leave("Evaluate")
    history.enter("Give turn back")
    assert failed_step(history.end("Step failed", "KeyError"), "KeyError") == "Evaluate"


@pytest.mark.parametrize("error", [None, "Stopped.ByPerson"])
def test_failed_step_of_an_execution_that_was_stopped_is_what_it_was_in(error: str | None) -> None:
    history = History()
    history.fail("Plan data", "Lambda.ServiceException")
    history.enter("Train model (XGBoost)")
    history.add("TaskScheduled", resource="createTrainingJob.sync")
    history.add("ExecutionAborted")
    assert failed_step(history.events[::-1], error) == "Train model (XGBoost)"


@pytest.mark.parametrize(
    ("state", "kind", "named"),
    [
        ("Good enough?", "Choice", "Good enough? (after Evaluate)"),
        ("Profile chunks", "Map", "Profile chunks (after Evaluate)"),
    ],
)
def test_failed_step_that_could_not_use_an_answer_names_who_gave_it(
    state: str, kind: str, named: str
) -> None:
    history = History()
    history.enter("Evaluate")
    history.leave("Evaluate")
    history.enter(state, kind)
    history.add("ExecutionFailed", error="States.Runtime")
    assert failed_step(history.events[::-1], "States.Runtime") == named


def test_failed_step_that_is_the_first_could_not_use_what_a_person_gave() -> None:
    history = History()
    history.enter("Dataset given?", "Choice")
    history.add("ExecutionFailed", error="States.Runtime")
    assert failed_step(history.events, "States.Runtime") == "Dataset given?"


@pytest.mark.parametrize("error", ["KeyError", "States.Runtime", None])
def test_failed_step_of_a_history_without_states_is_not_known(error: str | None) -> None:
    history = History()
    history.add("TaskFailed", error="KeyError")
    history.add("ExecutionFailed", error="KeyError")
    assert failed_step(history.events, error) is None


def test_failed_step_of_a_history_that_begins_in_the_middle_goes_on_looking() -> None:
    history = History()
    history.add("TaskScheduled", resource="lambda")
    history.add("TaskFailed", error="KeyError")
    assert failed_step(history.end("Function failed", "KeyError"), "KeyError") is None
