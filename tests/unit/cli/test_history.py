"""Reading an execution's history."""

from datetime import timedelta

from dropforge.client.history import Timeline, update
from tests.unit.cli.fakes import NOON, FakeStates, History, succeeded


def test_timeline_of_a_finished_execution_gives_seconds_by_state_and_in_total() -> None:
    timeline = Timeline()
    timeline.add(succeeded("Plan data", "Evaluate"))
    assert timeline.seconds() == {"total": 5.0, "Plan data": 1.0, "Evaluate": 1.0}
    assert timeline.status == "SUCCEEDED"
    assert timeline.current is None


def test_timeline_sums_the_visits_of_a_state_in_a_loop() -> None:
    timeline = Timeline()
    timeline.add(succeeded("Wait for capacity", "Train", "Wait for capacity"))
    assert timeline.seconds()["Wait for capacity"] == 2.0


def test_timeline_while_running_names_the_state_and_has_no_total() -> None:
    history, timeline = History(), Timeline()
    timeline.add([history.event("ExecutionStarted"), history.enter("Train")])
    assert timeline.current is not None
    assert timeline.current.name == "Train"
    assert "total" not in timeline.seconds()


def test_timeline_counts_attempts_and_forgets_the_error_of_one_that_was_retried() -> None:
    history, timeline = History(), Timeline()
    failure = {"taskFailedEventDetails": {"error": "SageMaker.ThrottlingException"}}
    timeline.add(
        [
            history.event("ExecutionStarted"),
            history.enter("Train"),
            history.event("TaskScheduled"),
            history.event("TaskFailed", **failure),
        ]
    )
    visit = timeline.visits[0]
    assert (visit.attempts, visit.error) == (1, "SageMaker.ThrottlingException")
    timeline.add([history.event("TaskScheduled"), history.leave("Train")])
    assert (visit.attempts, visit.error) == (2, None)


def test_timeline_of_a_failed_execution_marks_the_state_it_failed_in() -> None:
    history, timeline = History(), Timeline()
    timeline.add(
        [
            history.event("ExecutionStarted"),
            history.enter("Train"),
            history.event("ExecutionFailed"),
        ]
    )
    assert timeline.visits[0].error == "FAILED"
    assert timeline.visits[0].left == NOON + timedelta(seconds=3)
    assert timeline.is_over


def test_update_of_an_execution_that_is_not_there_yet_says_so() -> None:
    assert not update(Timeline(), FakeStates(), "arn")


def test_update_reads_long_histories_page_by_page_and_only_what_is_new() -> None:
    states, timeline = FakeStates(), Timeline()
    states.history = succeeded(*(f"State {number}" for number in range(120)))
    assert update(timeline, states, "arn")
    assert len(timeline.visits) == 120
    assert [visit.name for visit in timeline.visits[:2]] == ["State 0", "State 1"]
    before = len(states.queries)
    update(timeline, states, "arn")
    assert len(states.queries) == before + 1
    assert len(timeline.visits) == 120
