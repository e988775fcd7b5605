"""When a run's table is begun early, and how its thread ends."""

import json
import tempfile
from pathlib import Path
from threading import Event, current_thread
from typing import Any

import pytest

from dropforge.client.execution.history import Timeline
from dropforge.client.runs import early as early_module
from dropforge.client.runs.early import JUDGED_IN, EarlyTable, early_table
from dropforge.client.runs.joined import sources_of
from dropforge.client.stack import Stack
from tests.unit.cli.fakes import RUN, finished_run, succeeded

MACHINE = Path(__file__).parents[3] / "statemachine" / "train_and_batch_transform.asl.json"


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Return where temporary files go."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    return place


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Return where tables were made."""
    files: list[Path] = []
    monkeypatch.setattr(early_module, "write_joined", lambda *given: files.append(given[2]))
    return files


def judged(*states: str, is_over: bool = False) -> Timeline:
    timeline = Timeline()
    timeline.add(succeeded("Plan data", *states)[: None if is_over else -1])
    return timeline


def test_table_that_broke_off_leaves_its_space(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    def full(_stack: Stack, _sources: Any, file: Path, _check: Any) -> None:
        file.write_text("a part of it")
        raise OSError(28, "No space left on device")

    finished_run(stack)
    monkeypatch.setattr(early_module, "write_joined", full)
    with early_table(stack, RUN) as early:
        early.look(judged(JUDGED_IN))
        sources = sources_of(stack, RUN, None)
        assert not early.write(sources, folder / "predictions.csv")
        assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_thread_ends_with_the_objects_that_it_was_fetching(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    finished_run(stack)
    objects, fetched = stack.session.s3.objects, []
    for number in range(1, 40):
        objects[f"runs/{RUN}/data/truth/part-{number:05d}.csv"] = b"row,label\n"
    begun, ended, stop = Event(), Event(), EarlyTable.stop

    def slow(_bucket: str, key: str, _name: str, **_more: Any) -> None:
        fetched.append(key)
        begun.set()
        assert ended.wait(10)

    def stopped(self: EarlyTable) -> None:
        stop(self)
        ended.set()

    monkeypatch.setattr(stack.session.s3, "download_file", slow)
    monkeypatch.setattr(EarlyTable, "stop", stopped)
    with early_table(stack, RUN) as early:
        early.look(judged(JUDGED_IN))
        assert begun.wait(10)
    assert 1 <= len(fetched) <= 8


def test_thread_ends_with_the_part_that_it_was_writing(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    finished_run(stack)
    objects, opened = stack.session.s3.objects, []
    for part in ("data/truth/part-{}.csv", "predictions/part-{}.csv.out"):
        first = objects[f"runs/{RUN}/{part.format('00000')}"]
        objects[f"runs/{RUN}/{part.format('00001')}"] = first

    def stopped(_target: Any, parts: Any, _out: Any) -> None:
        for name, _truth, _predictions in parts:
            opened.append(name)
            early.stop()

    monkeypatch.setattr("dropforge.client.runs.joined.write_table", stopped)
    with early_table(stack, RUN) as early:
        early.look(judged(JUDGED_IN))
        assert not early.write(sources_of(stack, RUN, None), tmp_path / "none")
    assert opened == ["part-00000.csv"]


@pytest.mark.parametrize(
    ("timeline", "begins"),
    [
        (Timeline(), False),
        (judged("Predict test rows"), False),
        (judged(JUDGED_IN), True),
        (judged(JUDGED_IN, "Take turn"), True),
        (judged(JUDGED_IN, is_over=True), False),
    ],
)
def test_table_begins_once_when_the_run_is_judged(
    stack: Stack, made: list[Path], timeline: Timeline, begins: bool
) -> None:
    finished_run(stack)
    with early_table(stack, RUN) as early:
        for _ in range(3):
            early.look(timeline)
            if early._made:
                early._made.exception()
    assert len(made) == begins


def test_client_is_made_by_the_thread_that_follows(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, made: list[Path]
) -> None:
    client, makers = stack.session.client, []

    def noting(service: str, **more: Any) -> Any:
        makers.append((service, current_thread()))
        return client(service, **more)

    finished_run(stack)
    monkeypatch.setattr(stack.session, "client", noting)
    with early_table(stack, RUN) as early:
        early.look(judged(JUDGED_IN))
    assert makers == [("s3", current_thread())]


def test_run_that_scores_has_no_early_table(stack: Stack, made: list[Path]) -> None:
    finished_run(stack)
    with early_table(stack.scoring(), RUN) as early:
        early.look(judged(JUDGED_IN))
    assert made == []


def test_state_that_judges_comes_after_the_predictions_and_the_decision() -> None:
    states = json.loads(MACHINE.read_text(encoding="utf-8"))["States"]
    before = [name for name, state in states.items() if state.get("Next") == JUDGED_IN]
    assert before == ["Predict test rows"]
    branches = [list(branch["States"]) for branch in states["Predict test rows"]["Branches"]]
    assert any("Batch transform" in branch for branch in branches)
    assert any("Choose decision" in branch for branch in branches)
