"""Waiting for a drop to become a run, by what is seen of it."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from dropforge.client.execution.follow import follow
from dropforge.client.execution.history import Timeline
from dropforge.client.stack import Stack
from dropforge.errors import FollowTimeoutError
from tests.unit.cli.fakes import RUN, fake_stack, message, refused, succeeded
from tests.unit.client.test_follow import Ticking, put_message

KEY = "inbox/churn/churn.csv"
IDLE = {"queued": 0, "running": 0}


class Cloud:
    """Answers what waits in it; `script` holds what becomes of the event, by the second."""

    def __init__(self, clock: Ticking, script: dict[float, dict[str, Any] | None]) -> None:
        self.clock, self.script, self.executions = clock, script, IDLE
        self.asked: list[tuple[str, Mapping[str, str]]] = []

    def __call__(self, question: str, given: Mapping[str, str]) -> dict[str, Any]:
        self.asked.append((question, given))
        due = [second for second in self.script if second <= self.clock.time]
        event = self.script[max(due)] if due else None
        return {"functions": {}, "executions": self.executions, "jobs": IDLE, "event": event}


def waited(stack: Stack, clock: Ticking, limit: float = 3600) -> tuple[list[str], str]:
    """Follow the drop; return what was noted on the way, and what was said in the end."""
    notes: list[str] = []

    def show(timeline: Timeline) -> None:
        if timeline.note and timeline.note not in notes[-1:]:
            notes.append(timeline.note)

    try:
        follow(stack, RUN, show, limit=limit, key=KEY, clock=clock)
    except FollowTimeoutError as error:
        return notes, str(error)
    return notes, "followed"


def queued(position: int) -> dict[str, Any]:
    return {"state": "queued", "position": position}


def test_a_drop_that_waits_for_an_hour_is_waited_for_and_its_place_told() -> None:
    clock = Ticking()
    places = {0.0: queued(12), 1200.0: queued(1), 2400.0: queued(0)}
    script = {**places, 3000.0: {"state": "running", "position": 0}, 3050.0: None}
    cloud = Cloud(clock, script)
    stack = replace(fake_stack(), ask=cloud)

    def begin() -> None:
        stack.session.states.history = succeeded("Plan data")
        put_message(stack)

    clock.at = {3060.0: begin}
    notes, said = waited(stack, clock)
    assert said == "followed"
    assert notes == [
        "Waiting: 12 drops before this one",
        "Waiting: 1 drop before this one",
        "Waiting: this drop is the next",
        "Starting the run",
        "Waiting for the run to start",
    ]
    looks = [given for question, given in cloud.asked if question == "backlog"]
    assert looks[0] == {"key": KEY}
    assert 2900 < len(looks) < 3100, "about once a second, however often it is looked"


def test_a_drop_that_is_seen_no_more_is_given_up_a_minute_after_the_last_sign() -> None:
    clock = Ticking()
    stack = replace(fake_stack(), ask=Cloud(clock, {0.0: queued(3), 500.0: None}))
    stack.session.s3.objects[KEY] = b"a,b\n"
    _, said = waited(stack, clock)
    assert 558 < clock.time < 564
    assert said == (
        f"run {RUN} did not start: for 60 s nothing was seen of it.\n"
        f"Seen: the file in s3://drops/{KEY}, its event at TriggerFunction.\n"
        f"Not seen: a log line of TriggerFunction about it, an execution, a message.\n"
        f"Drop the file again; `dropforge status` says where the local cloud keeps cloud.log, "
        f"which may say what became of the event."
    )


def test_a_drop_past_the_time_limit_says_what_it_waits_for() -> None:
    clock = Ticking()
    stack = replace(fake_stack(), ask=Cloud(clock, {0.0: queued(3)}))
    _, said = waited(stack, clock, limit=100)
    assert said == (
        f"run {RUN} has not started (waiting: 3 drops before this one) and has no result after "
        f"100 s (--timeout waits longer)"
    )


def test_a_file_that_was_deleted_is_said_to_be_gone() -> None:
    clock = Ticking()
    stack = replace(fake_stack(), ask=Cloud(clock, {}))
    stack.session.s3.objects[f"{KEY}.bak"] = b""
    _, said = waited(stack, clock)
    assert "Seen: nothing.\nNot seen: the file in s3://drops/inbox/churn/churn.csv, its" in said
    assert said.endswith("The file is not there any more: drop it again.")


def test_a_cloud_that_does_not_know_the_question_is_waited_for_by_the_clock() -> None:
    stack = replace(fake_stack(), ask=lambda _question, _given: None)
    clock = Ticking()
    notes, said = waited(stack, clock)
    assert 60 < clock.time < 62
    assert notes == ["Waiting for the run to start"]
    assert "a message (what waits could not be asked)" in said


def test_a_cloud_that_is_too_busy_to_answer_for_a_while_is_no_reason_to_give_up() -> None:
    clock = Ticking()
    cloud = Cloud(clock, {0.0: queued(3), 900.0: None})

    def ask(question: str, given: Mapping[str, str]) -> dict[str, Any] | None:
        return None if 100 < clock.time < 800 else cloud(question, given)

    notes, said = waited(replace(fake_stack(), ask=ask), clock)
    assert notes == ["Waiting: 3 drops before this one", "Waiting for the run to start"]
    assert 958 < clock.time < 964
    assert "its event at TriggerFunction.\nNot seen: " in said


def test_an_execution_that_waits_for_its_turn_is_told() -> None:
    clock = Ticking()
    cloud = Cloud(clock, {})
    cloud.executions = {"queued": 7, "running": 2}
    stack = replace(fake_stack(), ask=cloud)
    stack.session.states.history = succeeded()[:1]
    notes, said = waited(stack, clock, limit=500)
    assert notes == ["Waiting for its turn: 7 runs wait"]
    assert "is under way (waiting for its turn: 7 runs wait) and has no result" in said


def logged(stack: Stack, *messages: str) -> None:
    now = int(datetime.now(UTC).timestamp() * 1000)
    lines = ["START RequestId: a Version: $LATEST", *messages, "REPORT RequestId: a Duration"]
    stack.session.logs.groups["/aws/lambda/trigger"] = [
        {"timestamp": now, "logStreamName": "s", "message": line} for line in lines
    ]


def test_on_aws_a_new_bucket_is_named_after_a_minute_and_waited_for_ten() -> None:
    stack, clock = fake_stack("dev"), Ticking()
    notes, said = waited(stack, clock)
    assert 600 < clock.time < 620
    assert notes[0] == "Waiting for the run to start"
    assert notes[1].endswith("the events of a new bucket begin after about five minutes")
    assert "Not seen: the file" in said
    stack.session.s3.objects[KEY] = b"a,b\n"
    _, said = waited(stack, Ticking())
    assert "output UndeliveredQueueUrl" in said


def test_on_aws_a_trigger_that_failed_is_told_with_its_error() -> None:
    stack, clock = fake_stack("dev"), Ticking()
    line = json.dumps({"level": "INFO", "key": KEY, "message": "Looking"})
    fault = "[ERROR] ClientError: (ThrottlingException)\rTraceback (most recent call last):\r  x"
    clock.at = {100.0: lambda: logged(stack, line, fault)}
    stack.session.s3.objects[KEY] = b"a,b\n"
    notes, said = waited(stack, clock)
    assert notes[-1] == (
        "Waiting: TriggerFunction failed and is tried again "
        "([ERROR] ClientError: (ThrottlingException))"
    )
    assert 700 < clock.time < 730
    assert "its event at TriggerFunction, a log line of TriggerFunction about it.\nNot" in said
    assert "The line says: [ERROR] ClientError: (ThrottlingException)\n" in said


def test_on_aws_a_trigger_that_timed_out_is_told() -> None:
    stack = fake_stack("dev")
    logged(
        stack,
        json.dumps({"key": KEY}),
        "2026-11-22T12:00:00Z a Task timed out after 300.00 seconds",
    )
    assert "Task timed out after 300.00 seconds" in waited(stack, Ticking())[0][0]


def test_on_aws_a_drop_that_was_handled_is_starting() -> None:
    stack = fake_stack("dev")
    logged(stack, json.dumps({"message": "Drop handled", "key": KEY, "outcome": "started"}))
    assert waited(stack, Ticking())[0] == ["Starting the run"]


@pytest.mark.parametrize("ending", ["", ".gz"])
def test_on_aws_the_line_of_another_key_is_no_sign(ending: str) -> None:
    stack = fake_stack("dev")
    other = f"{KEY}{ending}" if ending else "inbox/churn/other.csv"
    logged(stack, json.dumps({"message": "Drop handled", "key": other, "outcome": "started"}))
    assert waited(stack, Ticking())[0][0] == "Waiting for the run to start"


@pytest.mark.parametrize(("key", "found"), [(KEY, True), (f"{KEY}.gz", False)])
def test_a_drop_that_was_lost_ends_with_the_message_that_says_so(key: str, found: bool) -> None:
    stack, clock = fake_stack(), Ticking()
    stack.session.s3.now = datetime.now(UTC)
    name = "lost-2d4eba74-fd51-3966-4bfa-b013c9da8ff1"
    told = {"status": "FAILED", "verdict": "failed", "result": None}
    text = f"churn: run failed.\n\nThrottled\n\nFile: s3://drops/{key}\nRun: {name}"
    body = json.dumps(message(name, **told, text=text)).encode()
    stack.session.s3.objects[f"runs/{name}/message.json"] = body
    if not found:
        assert "nothing was seen" in waited(stack, clock)[1]
        return
    followed = follow(stack, RUN, lambda _: None, limit=3600, key=KEY, clock=clock)
    assert (followed.message["run"], clock.time) == (name, 0)


def test_the_message_of_an_earlier_lost_drop_of_the_key_is_not_this_ones() -> None:
    stack = fake_stack()
    name = "lost-2d4eba74-fd51-3966-4bfa-b013c9da8ff1"
    body = json.dumps(message(name, text=f"File: s3://drops/{KEY}")).encode()
    stack.session.s3.objects[f"runs/{name}/message.json"] = body
    assert "nothing was seen" in waited(stack, Ticking())[1]


@pytest.mark.parametrize(
    ("service", "call"), [("functions", "get_function_configuration"), ("logs", "paginate")]
)
def test_on_aws_one_who_may_not_read_logs_waits_all_the_same(
    monkeypatch: pytest.MonkeyPatch, service: str, call: str
) -> None:
    def deny(**_query: object) -> None:
        raise refused("AccessDeniedException", "Read")

    stack = fake_stack("dev")
    logged(stack, json.dumps({"message": "Drop handled", "key": KEY, "outcome": "started"}))
    monkeypatch.setattr(getattr(stack.session, service), call, deny)
    notes, said = waited(stack, Ticking())
    assert notes[0] == "Waiting for the run to start"
    assert "(what waits could not be asked)" in said


def test_a_message_is_waited_for_while_the_function_that_sends_it_is_busy() -> None:
    stack, clock = fake_stack(), Ticking()
    arn = "arn:aws:lambda:eu-west-1:111122223333:function:notify"
    waiting = {"queued": 1, "running": 0, "oldest_seconds": 1.0}

    def ask(_question: str, _given: Mapping[str, str]) -> dict[str, Any]:
        return {
            "functions": {"trigger": waiting} | ({"notify": waiting} if clock.time < 500 else {})
        }

    busy = replace(stack, ask=ask, outputs={**stack.outputs, "NotifyFunctionArn": arn})
    busy.session.states.history = succeeded("Evaluate")
    said = waited(busy, clock)[1]
    assert "ended SUCCEEDED, but no message came within 60 s" in said
    assert 500 < clock.time < 630
    clock = Ticking({400.0: lambda: put_message(stack)})
    assert waited(busy, clock)[1] == "followed"
    clock = Ticking()
    del busy.session.s3.objects[f"runs/{RUN}/message.json"]
    assert "no message came" in waited(busy, clock, limit=100)[1]
    assert clock.time < 130
