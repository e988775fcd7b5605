"""Which lines belong to a run, and how they are shown and followed."""

import json
from typing import Any

import pytest

from dropforge.cli.commands import logs as command
from dropforge.cli.screen.output import Output
from dropforge.client.log_lines.records import readable
from dropforge.client.runs import tail as tails
from dropforge.client.runs.logs import Line, run_logs
from dropforge.client.runs.tail import tail
from dropforge.client.stack import Stack
from tests.unit.cli.fakes import NOON, RUN, History, call, fake_stack, finished_run, succeeded
from tests.unit.client.test_follow import Ticking

KEY = "inbox/churn/churn.csv"
GROUP = "/aws/lambda/prepare"
REQUEST = "131c3ee4-6305-45f6-bee0-dd66861c5e87"
OTHER = "9f4e32aa-6afe-4a77-8d39-e62be354d661"
CRASH = "[ERROR] ValueError: no\rTraceback (most recent call last):\r\xa0\xa0File x"


def lines(*messages: str, stream: str = "s", second: float = 1.0) -> list[dict[str, Any]]:
    time = int(NOON.timestamp() * 1000) + int(second * 1000)
    return [{"timestamp": time, "logStreamName": stream, "message": text} for text in messages]


def invocation(request: str, *messages: str, **where: Any) -> list[dict[str, Any]]:
    start = f"START RequestId: {request} Version: $LATEST"
    report = f"REPORT RequestId: {request}\tDuration: 9 ms"
    return lines(start, *messages, f"END RequestId: {request}", report, **where)


def record(**fields: Any) -> str:
    return json.dumps({"level": "INFO", "message": "x", **fields})


def ended(stack: Stack, *failures: dict[str, Any]) -> None:
    history = History()
    begun = [history.event("ExecutionStarted"), history.enter("Fit encoder")]
    failed = [history.event("LambdaFunctionFailed", **details) for details in failures]
    stack.session.states.history = [*begun, *failed, history.event("ExecutionFailed")]


def failure(**cause: Any) -> dict[str, Any]:
    return {"lambdaFunctionFailedEventDetails": {"error": "E", "cause": json.dumps(cause)}}


@pytest.fixture
def logged() -> Stack:
    stack = fake_stack()
    finished_run(stack)
    stack.session.states.history = succeeded("Plan data")
    return stack


def texts(stack: Stack) -> list[str]:
    return [line.text for line in run_logs(stack, RUN, 100)]


def test_all_lines_of_an_invocation_that_names_the_run_are_its_lines(logged: Stack) -> None:
    logged.session.logs.groups = {
        GROUP: [
            *invocation(OTHER, "of another run"),
            *invocation(REQUEST, record(run=RUN), CRASH, "2026 Task timed out after 3.00 seconds"),
            *invocation(OTHER, "of the next run"),
        ]
    }
    assert texts(logged) == [
        f"INFO x run={RUN}",
        "[ERROR] ValueError: no\nTraceback (most recent call last):\n  File x",
        "2026 Task timed out after 3.00 seconds",
        f"REPORT RequestId: {REQUEST}\tDuration: 9 ms",
    ]


def test_streams_are_kept_apart_whatever_the_order_of_their_lines(logged: Stack) -> None:
    ours = invocation(REQUEST, record(run=RUN), "ours", stream="a")
    theirs = invocation(OTHER, "theirs", "too", stream="b")
    later = invocation(REQUEST, record(run=RUN), stream="b", second=2)
    mixed = [line for pair in zip(ours, theirs, strict=True) for line in pair]
    logged.session.logs.groups = {GROUP: [*mixed, *later]}
    report = f"REPORT RequestId: {REQUEST}\tDuration: 9 ms"
    named = f"INFO x run={RUN}"
    assert texts(logged) == [named, "ours", report, named, report]


def test_lines_of_a_cold_start_belong_to_the_invocation_after_it(logged: Stack) -> None:
    logged.session.logs.groups = {
        GROUP: [
            *invocation(OTHER, "of another run"),
            *lines("INIT_START Runtime Version: python:3.13", "[WARNING] slow import"),
            *invocation(REQUEST, record(run=RUN)),
        ]
    }
    assert texts(logged)[0] == "[WARNING] slow import"


def test_an_invocation_that_the_execution_saw_fail_is_found_by_its_request_id() -> None:
    stack = fake_stack()
    finished_run(stack)
    ended(stack, failure(errorMessage="no", requestId=REQUEST))
    stack.session.logs.groups = {
        GROUP: [*invocation(OTHER, "other"), *invocation(REQUEST, CRASH, second=100)]
    }
    assert texts(stack)[0].startswith("[ERROR] ValueError: no")


def test_a_timeout_is_found_by_the_request_id_in_its_words() -> None:
    stack = fake_stack()
    finished_run(stack)
    words = f"RequestId: {REQUEST} Error: Task timed out after 900.00 seconds"
    ended(stack, failure(errorType="Sandbox.Timedout", errorMessage=words))
    late = f"2026 {REQUEST} Task timed out after 900.00 seconds"
    stack.session.logs.groups = {GROUP: invocation(REQUEST, late)}
    assert texts(stack)[0] == late


@pytest.mark.parametrize(("second", "found"), [(5, True), (40, False)])
def test_a_failure_without_request_id_is_found_by_its_words_at_its_time(
    second: float, found: bool
) -> None:
    stack = fake_stack()
    finished_run(stack)
    ended(stack, failure(errorMessage='no "prize" here\nmore', errorType="ValueError"))
    line = '[ERROR] ValueError: no "prize" here'
    stack.session.logs.groups = {GROUP: invocation(REQUEST, line, second=second)}
    assert (texts(stack)[:1] == [line]) is found


def test_the_failure_of_a_maps_child_is_found() -> None:
    stack, history = fake_stack(), History()
    finished_run(stack)
    stack.session.states.history = [
        *(history.event("ExecutionStarted"), history.enter("Profile chunks", "Map")),
        *(history.event("MapRunFailed"), history.event("ExecutionFailed")),
    ]
    child = History()
    stack.session.states.children = {
        "arn:child": [
            *(child.event("ExecutionStarted"), child.enter("Profile chunk")),
            child.event("LambdaFunctionFailed", **failure(errorMessage="no", requestId=REQUEST)),
        ]
    }
    stack.session.logs.groups = {GROUP: invocation(REQUEST, CRASH)}
    assert texts(stack)[0].startswith("[ERROR] ValueError: no")


def test_lines_of_the_trigger_are_found_by_the_object_near_the_start(logged: Stack) -> None:
    logged.session.logs.groups = {
        "/aws/lambda/trigger": [
            *invocation(REQUEST, record(key=KEY), second=1),
            *invocation(OTHER, record(key=f"{KEY}.gz"), second=1),
            *invocation(OTHER, record(key=KEY), second=100),
        ]
    }
    assert texts(logged) == [f"INFO x key={KEY}", f"REPORT RequestId: {REQUEST}\tDuration: 9 ms"]


def test_a_run_whose_name_goes_on_is_another(logged: Stack) -> None:
    logged.session.logs.groups = {
        GROUP: [
            *invocation(OTHER, f"about {RUN}-2 and x-{RUN}"),
            *invocation(REQUEST, f"job {RUN}-r1-c of runs/{RUN}-r2/"),
        ]
    }
    assert len(texts(logged)) == 2
    assert texts(logged)[0].startswith("job")


def test_readable_shows_a_traceback_below_its_record() -> None:
    trace = 'Traceback (most recent call last):\n  File "x"\nValueError: no'
    told = {"exception": trace, "exception_name": "ValueError", "stack_trace": {"frames": []}}
    assert readable(record(**told)) == f"INFO x\n{trace}"
    frame = {"file": "x.py", "line": 3, "function": "f", "statement": "g()"}
    parts = {"type": "ValueError", "value": "no", "frames": [frame]}
    assert readable(record(stack_trace=parts)) == (
        'INFO x\n  File "x.py", line 3, in f\n    g()\nValueError: no'
    )
    assert readable(record(exception_name="KeyError")) == "INFO x\nKeyError"


def followed(stack: Stack, clock: Ticking) -> list[str]:
    shown: list[str] = []
    tail(stack, RUN, lambda fresh: shown.extend(line.text for line in fresh), clock)
    return shown


def running(stack: Stack) -> None:
    history = History()
    stack.session.states.history = [history.event("ExecutionStarted"), history.enter("Train")]


def test_follow_shows_each_line_once_until_the_run_is_over_and_told(logged: Stack) -> None:
    running(logged)
    message = logged.session.s3.objects.pop(f"runs/{RUN}/message.json")
    group: list[dict[str, Any]] = []
    logged.session.logs.groups = {"/aws/sagemaker/TrainingJobs": group}

    def write(*texts: str) -> None:
        group.extend(lines(*texts, stream=f"{RUN}/algo-1", second=len(group)))

    def end() -> None:
        logged.session.states.history = succeeded("Train")
        write("last")

    def tell() -> None:
        logged.session.s3.objects[f"runs/{RUN}/message.json"] = message
        write("told")

    clock = Ticking({2.0: lambda: write("a", "a"), 4.0: lambda: write("a", "b"), 6.0: end})
    clock.at[7.0] = tell
    write("first")
    assert followed(logged, clock) == ["first", "a", "a", "a", "b", "last", "told"]
    assert 7 <= clock.time < 9


def test_follow_of_a_run_that_no_message_tells_of_ends_soon_after_it(logged: Stack) -> None:
    del logged.session.s3.objects[f"runs/{RUN}/message.json"]
    clock = Ticking()
    followed(logged, clock)
    assert tails.LOCALLY.late < clock.time < tails.LOCALLY.late + 2


def test_follow_with_json_prints_an_object_a_line(stack: Stack) -> None:
    finished_run(stack)
    stack.session.states.history = succeeded("Plan data")
    written = lines(*(f"line {n}" for n in range(9)), stream=f"{RUN}/algo-1")
    stack.session.logs.groups = {"/aws/sagemaker/TrainingJobs": written}
    result = call("logs", RUN, "--follow", "--json", "--limit", "2")
    assert result.exit_code == 0, result.output
    assert [json.loads(line)["text"] for line in result.stdout.splitlines()] == ["line 7", "line 8"]
    shown = call("logs", RUN, "--follow").stdout.splitlines()
    assert (len(shown), shown[0].split()) == (9, ["12:00:01.000", "TrainingJobs", "line", "0"])


def test_follow_that_is_interrupted_exits_130_without_a_traceback(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_arguments: Any) -> None:
        raise KeyboardInterrupt

    finished_run(stack)
    monkeypatch.setattr(command, "tail", interrupt)
    result = call("logs", RUN, "--follow")
    assert (result.exit_code, result.stderr) == (130, "Error: stopped\n")


def test_follow_limits_the_lines_that_are_there_at_first_alone(
    capsys: pytest.CaptureFixture[str],
) -> None:
    show = command._shower(Output(as_json=True), 2)
    written = [Line(NOON, "Job", str(number)) for number in range(6)]
    show(written[:3])
    show(written[3:])
    printed = capsys.readouterr().out.splitlines()
    assert [json.loads(line)["text"] for line in printed] == ["1", "2", "3", "4", "5"]


def test_logs_prints_lines_or_says_that_there_are_none(stack: Stack) -> None:
    finished_run(stack)
    assert "No log lines" in call("logs", RUN).stdout
    assert json.loads(call("logs", RUN, "--json").stdout) == {"run": RUN, "lines": []}
