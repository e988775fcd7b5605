"""Reading an execution's history."""

from datetime import timedelta

from dropforge.client.execution.history import Timeline, count_items, update
from tests.unit.cli.fake_states import FakeStates
from tests.unit.cli.fakes import NOON, History, succeeded


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


def in_a_map() -> Timeline:
    history, timeline = History(), Timeline()
    started = {"mapRunStartedEventDetails": {"mapRunArn": "arn:map"}}
    entered = [history.event("ExecutionStarted"), history.enter("Profile chunks", "Map")]
    timeline.add([*entered, history.event("MapRunStarted", **started)])
    return timeline


def test_count_items_tells_how_far_a_map_is() -> None:
    states, timeline = FakeStates(), in_a_map()
    states.counts = {"succeeded": 3, "total": 40}
    count_items(timeline, states)
    assert timeline.visits[0].items == (3, 40)


def test_count_items_goes_without_where_map_runs_may_not_be_read() -> None:
    timeline = in_a_map()
    count_items(timeline, FakeStates())
    assert timeline.visits[0].items is None


def test_timeline_tells_the_branches_of_a_parallel_apart() -> None:
    history, timeline = History(), Timeline()
    events = [history.event("ExecutionStarted"), history.enter("Predict", "Parallel")]
    own = history.enter("Batch transform")
    champion = history.enter("Batch transform of champion")
    failed = history.event("TaskFailed", taskFailedEventDetails={"error": "SageMaker.Error"})
    failed["previousEventId"] = own["id"]
    timeline.add([*events, own, champion, failed])
    assert [visit.error for visit in timeline.visits] == [None, "SageMaker.Error", None]
