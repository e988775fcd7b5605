"""When a run's table is begun early, and how its thread ends."""

import json
from contextlib import closing
from pathlib import Path
from threading import Event, current_thread
from typing import IO, Any

import pytest

from dropforge.client.execution.history import Timeline
from dropforge.client.runs import early as early_module
from dropforge.client.runs.early import JUDGED_IN, EarlyTable
from dropforge.client.runs.joined import sources_of
from dropforge.client.stack import Stack
from tests.unit.cli.fakes import RUN, finished_run, judged

MACHINE = Path(__file__).parents[3] / "statemachine" / "train_and_batch_transform.asl.json"


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[IO[bytes]]:
    """Return the files that tables were made in."""
    files: list[IO[bytes]] = []
    monkeypatch.setattr(early_module, "write_joined", lambda *given: files.append(given[2]))
    return files


def test_table_that_broke_off_leaves_its_space(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    tables = []

    def full(_stack: Stack, _sources: Any, table: IO[bytes], _check: Any) -> None:
        tables.append(table)
        table.write(b"a part of it")
        raise OSError(28, "No space left on device")

    finished_run(stack)
    monkeypatch.setattr(early_module, "write_joined", full)
    with closing(EarlyTable(stack, RUN)) as early:
        early.look(judged(JUDGED_IN))
        sources = sources_of(stack, RUN, None)
        assert not early.write(sources, folder / "predictions.csv")
        assert tables[0].closed
    assert list(folder.iterdir()) == []


def test_thread_ends_with_the_objects_that_it_was_fetching(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    finished_run(stack)
    objects, fetched = stack.session.s3.objects, []
    for number in range(1, 40):
        objects[f"runs/{RUN}/data/truth/part-{number:05d}.csv"] = b"row,label\n"
    begun, ended, close = Event(), Event(), EarlyTable.close

    def slow(_bucket: str, key: str, _name: str, **_more: Any) -> None:
        fetched.append(key)
        begun.set()
        assert ended.wait(10)

    def closed(self: EarlyTable) -> None:
        shutdown = self._pool.shutdown
        monkeypatch.setattr(self._pool, "shutdown", lambda: (ended.set(), shutdown()))
        close(self)

    monkeypatch.setattr(stack.session.s3, "download_file", slow)
    monkeypatch.setattr(EarlyTable, "close", closed)
    with closing(EarlyTable(stack, RUN)) as early:
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
            early._unwanted.set()

    monkeypatch.setattr("dropforge.client.runs.joined.write_table", stopped)
    with closing(EarlyTable(stack, RUN)) as early:
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
    stack: Stack, made: list[IO[bytes]], timeline: Timeline, begins: bool
) -> None:
    finished_run(stack)
    with closing(EarlyTable(stack, RUN)) as early:
        for _ in range(3):
            early.look(timeline)
            if early._made:
                early._made.exception()
    assert len(made) == begins


def test_table_is_deleted_at_the_end(stack: Stack, made: list[IO[bytes]]) -> None:
    finished_run(stack)
    with closing(EarlyTable(stack, RUN)) as early:
        early.look(judged(JUDGED_IN))
        assert early._made
        early._made.result()
        assert not made[0].closed
    assert made[0].closed


def test_client_is_made_by_the_thread_that_follows(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, made: list[IO[bytes]]
) -> None:
    client, makers = stack.session.client, []

    def noting(service: str, **more: Any) -> Any:
        makers.append((service, current_thread()))
        return client(service, **more)

    finished_run(stack)
    monkeypatch.setattr(stack.session, "client", noting)
    with closing(EarlyTable(stack, RUN)) as early:
        early.look(judged(JUDGED_IN))
    assert makers == [("s3", current_thread())]


def test_run_that_scores_has_no_early_table(stack: Stack, made: list[IO[bytes]]) -> None:
    finished_run(stack)
    with closing(EarlyTable(stack.scoring(), RUN)) as early:
        early.look(judged(JUDGED_IN))
    assert made == []


def test_state_that_judges_comes_after_the_predictions_and_the_decision() -> None:
    states = json.loads(MACHINE.read_text(encoding="utf-8"))["States"]
    before = [name for name, state in states.items() if state.get("Next") == JUDGED_IN]
    assert before == ["Predict test rows"]
    branches = [list(branch["States"]) for branch in states["Predict test rows"]["Branches"]]
    assert any("Batch transform" in branch for branch in branches)
    assert any("Choose decision" in branch for branch in branches)
