"""The table of predictions is made while the run is judged, and is the one made after its end."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dropforge.cli import follow_and_fetch
from dropforge.client.execution.follow import Followed
from dropforge.client.execution.history import Timeline
from dropforge.client.runs import early as early_module
from dropforge.client.runs import results
from dropforge.client.runs.early import JUDGED_IN, EarlyTable
from dropforge.client.stack import Stack
from dropforge.errors import FollowTimeoutError
from tests.unit.cli.fakes import RUN, call, judged, message, succeeded, upcoming

TABLE = (
    "row,id,actual,prediction,probability_no,probability_yes\n"
    "4,C-4,yes,yes,0.25,0.75\n9,C-9,no,no,0.75,0.25\n"
)
DECISION = {"schema_version": 1, "task": "binary", "threshold": 0.9, "calibration": None}

pytestmark = pytest.mark.usefixtures("folder")


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return who made a table, as it is made: before the end of the run, or after it."""
    makers: list[str] = []
    for module, name in ((early_module, "early"), (results, "late")):
        monkeypatch.setattr(module, "write_joined", noted(module.write_joined, makers, name))
    return makers


def noted(function: Callable[..., None], makers: list[str], name: str) -> Callable[..., None]:
    def noting(*arguments: Any) -> None:
        makers.append(name)
        function(*arguments)

    return noting


def at_the_end(stack: Stack, monkeypatch: pytest.MonkeyPatch, change: Callable[[], None]) -> None:
    """Let the run be judged, a table be made meanwhile, and something change before its end."""
    events = succeeded("Plan data", JUDGED_IN)
    stack.session.states.history, stack.session.states.script = None, [events[:4], events[4:]]
    look = EarlyTable.look

    def looked(self: EarlyTable, timeline: Timeline) -> None:
        look(self, timeline)
        if self._made and not timeline.is_over:
            self._made.exception()
            change()

    monkeypatch.setattr(EarlyTable, "look", looked)


def table_of(csv: Path, name: str) -> str:
    return (csv.parent / "dropforge-out" / name / "predictions.csv").read_text()


def test_table_is_made_while_the_run_is_judged(
    stack: Stack, csv: Path, monkeypatch: pytest.MonkeyPatch, made: list[str], folder: Path
) -> None:
    name = upcoming(message(), stack)
    at_the_end(stack, monkeypatch, lambda: None)
    result = call("run", str(csv))
    assert result.exit_code == 0, result.output
    assert table_of(csv, name) == TABLE
    assert made == ["early"]
    assert list(folder.iterdir()) == []


def test_table_of_a_run_that_was_over_when_it_was_seen_is_made_after_it(
    stack: Stack, csv: Path, made: list[str]
) -> None:
    name = upcoming(message(), stack)
    assert call("run", str(csv)).exit_code == 0
    assert (made, table_of(csv, name)) == (["late"], TABLE)


@pytest.mark.parametrize(
    ("part", "body", "row"),
    [
        ("predictions/part-00000.csv.out", "0.5\n0.25\n", "4,C-4,yes,yes,0.5,0.5"),
        ("data/truth/part-00000.csv", "row,label,id\n5,1,C\n9,0,D\n", "5,C,yes,yes,0.25,0.75"),
        (
            "encoder.json",
            json.dumps({"target": {"name": "x", "task": "binary", "classes": ["a", "b"]}}),
            "4,C-4,b,b,0.25,0.75",
        ),
    ],
)
def test_table_of_what_changed_since_is_made_anew(
    stack: Stack,
    csv: Path,
    monkeypatch: pytest.MonkeyPatch,
    made: list[str],
    part: str,
    body: str,
    row: str,
) -> None:
    name = upcoming(message(), stack)
    objects = stack.session.s3.objects
    change = {f"runs/{name}/{part}": body.encode()}
    at_the_end(stack, monkeypatch, lambda: objects.update(change))
    assert call("run", str(csv)).exit_code == 0
    assert made == ["early", "late"]
    assert table_of(csv, name).splitlines()[1] == row


@pytest.mark.parametrize(
    ("is_judged_with_it", "makers", "prediction"),
    [(True, ["early"], "no"), (False, ["early", "late"], "yes")],
)
def test_table_goes_by_the_decision_that_the_run_was_judged_with(
    stack: Stack,
    csv: Path,
    monkeypatch: pytest.MonkeyPatch,
    made: list[str],
    is_judged_with_it: bool,
    makers: list[str],
    prediction: str,
) -> None:
    name = upcoming(message(), stack)
    objects = stack.session.s3.objects
    objects[f"runs/{name}/decision.json"] = json.dumps(DECISION).encode()
    if is_judged_with_it:
        document = json.loads(objects[f"runs/{name}/evaluation.json"])
        document["package"]["metadata"]["decision"] = f"runs/{name}/decision.json"
        objects[f"runs/{name}/evaluation.json"] = json.dumps(document).encode()
    at_the_end(stack, monkeypatch, lambda: None)
    assert call("run", str(csv)).exit_code == 0
    assert made == makers
    assert table_of(csv, name).splitlines()[1].split(",")[3] == prediction


@pytest.mark.parametrize(
    "part", ["predictions/part-00000.csv.out", "data/truth/part-00000.csv", "encoder.json"]
)
def test_table_that_could_not_be_made_early_is_made_after_the_end(
    stack: Stack, csv: Path, monkeypatch: pytest.MonkeyPatch, part: str, folder: Path
) -> None:
    name = upcoming(message(), stack)
    key = f"runs/{name}/{part}"
    body = stack.session.s3.objects.pop(key)
    at_the_end(stack, monkeypatch, lambda: stack.session.s3.objects.update({key: body}))
    result = call("run", str(csv))
    assert result.exit_code == 0, result.output
    assert table_of(csv, name) == TABLE
    assert list(folder.iterdir()) == []


def test_error_of_an_early_table_is_told_once_and_as_after_the_end(
    stack: Stack, csv: Path, monkeypatch: pytest.MonkeyPatch, made: list[str]
) -> None:
    name = upcoming(message(), stack)
    stack.session.s3.objects[f"runs/{name}/predictions/part-00000.csv.out"] = b"0.5\n"
    told = []
    for _ in range(2):
        at_the_end(stack, monkeypatch, lambda: None)
        result = call("run", str(csv))
        told.append((result.exit_code, result.stderr.splitlines()[-1]))
        stack.session.s3.puts = []
        monkeypatch.setattr(early_module, "JUDGED_IN", "none")
    assert told[0] == told[1]
    assert "part-00000.csv has 1 predictions, but more test rows" in told[0][1]
    assert made == ["early", "late", "late"]


@pytest.mark.parametrize("is_early", [True, False])
def test_out_that_cannot_be_written_to_is_told_after_the_run(
    stack: Stack, csv: Path, monkeypatch: pytest.MonkeyPatch, is_early: bool
) -> None:
    name = upcoming(message(), stack)
    there = csv.parent / "there" / "predictions.csv"
    there.mkdir(parents=True)
    if is_early:
        at_the_end(stack, monkeypatch, lambda: None)
    result = call("run", str(csv), "--out", "there")
    assert result.exit_code == 3
    assert f"{there}: Is a directory; the run is over" in " ".join(result.stderr.split())
    assert f"`dropforge fetch {name} --out DIR`" in " ".join(result.stderr.split())


@pytest.mark.parametrize("verdict", ["failed", "rejected_input"])
def test_run_that_fails_while_it_is_judged_leaves_no_table(
    stack: Stack, csv: Path, monkeypatch: pytest.MonkeyPatch, folder: Path, verdict: str
) -> None:
    upcoming(message(status="FAILED", verdict=verdict, result=None), stack)
    at_the_end(stack, monkeypatch, lambda: None)
    assert call("run", str(csv)).exit_code in (2, 3)
    assert list(folder.iterdir()) == []
    assert not (csv.parent / "dropforge-out").exists()


@pytest.mark.parametrize(
    ("error", "code"),
    [(KeyboardInterrupt(), 130), (FollowTimeoutError("no result after 1 s", RUN, "dev"), 3)],
)
def test_run_that_is_no_longer_waited_for_leaves_no_table(
    stack: Stack,
    csv: Path,
    monkeypatch: pytest.MonkeyPatch,
    made: list[str],
    folder: Path,
    error: BaseException,
    code: int,
) -> None:
    def broken_off(_stack: Stack, _run: str, show: Any, **_more: Any) -> Followed:
        show(judged(JUDGED_IN))
        raise error

    upcoming(message(), stack)
    monkeypatch.setattr(follow_and_fetch, "follow", broken_off)
    assert call("run", str(csv)).exit_code == code
    assert made in ([], ["early"])
    assert list(folder.iterdir()) == []
    assert not (csv.parent / "dropforge-out").exists()


def test_interrupt_while_an_early_table_is_taken_says_that_the_run_is_over(
    stack: Stack, csv: Path, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    def interrupt(*_arguments: Any) -> bool:
        raise KeyboardInterrupt

    name = upcoming(message(), stack)
    at_the_end(stack, monkeypatch, lambda: None)
    monkeypatch.setattr(EarlyTable, "write", interrupt)
    result = call("run", str(csv))
    assert result.exit_code == 130
    assert f"stopped fetching; run {name} is over" in " ".join(result.stderr.split())
    assert list(folder.iterdir()) == []
