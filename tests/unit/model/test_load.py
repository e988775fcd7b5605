"""`dropforge.load`: a path, a run, or a dataset's model in use."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

import dropforge
from dropforge import loading
from dropforge.cli.connection.shared_cloud import uninterrupted
from dropforge.client.models import stored
from dropforge.client.models.located import ModelFiles, run_files
from dropforge.client.stack import Stack
from dropforge.errors import ModelUnusableError, RunUnknownError
from pipeline.errors import ModelMissingError
from tests.unit.cli.conftest import stack
from tests.unit.cli.fakes import RUN, finished_run, rejection
from tests.unit.model.made import Made

__all__ = ["stack"]
ROW = {"x": 1, "z": 2}


@pytest.fixture
def made(tmp_path: Path) -> Made:
    folder = tmp_path / "made"
    folder.mkdir()
    data = "\n".join(["x,z,y", *(f"{n % 7},{n % 5},{n % 2}" for n in range(100))]).encode()
    return Made(folder, data, {"target": "y"})


@pytest.fixture
def there(stack: Stack, made: Made, monkeypatch: pytest.MonkeyPatch) -> Stack:
    """Put the run's model into the fake bucket, and reach the fake stack."""
    finished_run(stack)
    archive = (made.folder / "model.tar.gz").read_bytes()
    stack.session.s3.objects[f"runs/{RUN}/model/output/model.tar.gz"] = archive
    stack.session.s3.objects["model"] = archive
    encoder = (made.folder / "encoder.json").read_bytes()
    stack.session.s3.objects[f"runs/{RUN}/encoder.json"] = encoder

    @contextmanager
    def connected(env: str, _output: Any) -> Iterator[Stack]:
        assert env == "local"
        yield stack

    monkeypatch.setattr(loading, "connected", connected)
    return stack


@pytest.mark.parametrize("name", [RUN, RUN[:9], "latest"])
def test_a_run_is_loaded_by_its_name_its_beginning_or_as_the_latest(
    there: Stack, made: Made, name: str
) -> None:
    model = dropforge.load(name)
    assert model.run == RUN
    assert model.predict(ROW) == made.load().predict(ROW)


def test_a_datasets_champion_is_loaded(there: Stack, made: Made) -> None:
    with pytest.raises(ModelMissingError):
        dropforge.load(dataset="churn")
    there.session.sagemaker.add(RUN, "Approved")
    model = dropforge.load(dataset="churn")
    assert (model.run, model.predict(ROW)) == (RUN, made.load().predict(ROW))


def test_a_path_goes_before_a_run_of_its_name(
    there: Stack, made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(made.folder.parent)
    assert dropforge.load("made").run is None
    assert dropforge.load(Path("made/model.tar.gz")).predict(ROW) == made.load().predict(ROW)
    for gone in ("no/such", "./gone", Path("gone"), "model.tar.gz", "~/no-such-model"):
        with pytest.raises(ModelUnusableError, match="is not there"):
            dropforge.load(gone)
    with pytest.raises(RunUnknownError, match="no run 'gone'"):
        dropforge.load("gone")


def test_nothing_or_both_is_no_model(there: Stack) -> None:
    for given in ({}, {"source": "latest", "dataset": "churn"}):
        with pytest.raises(TypeError, match="dataset="):
            dropforge.load(**given)  # type: ignore[arg-type]


def test_a_run_without_a_model_says_so(there: Stack) -> None:
    body = json.dumps(rejection()).encode()
    there.session.s3.objects[f"runs/{RUN}/message.json"] = body
    with pytest.raises(
        ModelUnusableError, match=f"run {RUN} made no model; `dropforge show {RUN}`"
    ):
        dropforge.load(RUN)


def test_copies_are_told_apart_by_what_the_bucket_holds(there: Stack) -> None:
    files = run_files(there, RUN)
    first = stored.stored(there, files)
    assert stored.stored(there, files) == first
    assert sorted(path.name for path in first.iterdir()) == ["encoder.json", "model.tar.gz"]
    assert [path.name for path in first.parent.iterdir()] == [first.name]
    # The local cloud's state made anew may give the same names to another model.
    there.session.s3.objects[f"runs/{RUN}/encoder.json"] += b" "
    assert stored.stored(there, files) != first


def test_copies_are_the_users_alone(there: Stack) -> None:
    folder = stored.stored(there, run_files(there, RUN))
    assert folder.parent.stat().st_mode & 0o777 == 0o700


def test_copies_used_longest_ago_are_deleted(there: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored, "_KEPT", 2)
    files = run_files(there, RUN)
    folders = []
    for number in range(3):
        named = ModelFiles(f"arn:{number}", RUN, files.model, files.encoder)
        folders.append(stored.stored(there, named))
        os.utime(folders[-1], (number, number))
        if number == 1:
            stored.stored(there, ModelFiles("arn:0", RUN, files.model, files.encoder))
    assert [folder.is_dir() for folder in folders] == [True, False, True]


def test_a_download_that_breaks_off_leaves_nothing(
    there: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(there.session.s3, "download_file", broken)
    with pytest.raises(OSError, match="No space"):
        stored.stored(there, run_files(there, RUN))
    assert list((stored.cache_dir() / "models").iterdir()) == []


@pytest.mark.parametrize(
    ("own", "base", "found"),
    [
        ("/own", "/base", "/own"),
        ("", "/base", "/base/dropforge"),
        ("", "", "/home/.cache/dropforge"),
    ],
)
def test_cache_is_the_users(
    monkeypatch: pytest.MonkeyPatch, own: str, base: str, found: str
) -> None:
    monkeypatch.setenv("DROPFORGE_CACHE_DIR", own)
    monkeypatch.setenv("XDG_CACHE_HOME", base)
    monkeypatch.setattr(Path, "home", lambda: Path("/home"))
    assert stored.cache_dir() == Path(found)


def test_a_thread_may_load_too() -> None:
    """Signals can be held back in the main thread alone."""
    done: list[bool] = []

    def work() -> None:
        with uninterrupted():
            done.append(True)

    thread = Thread(target=work)
    thread.start()
    thread.join()
    assert done == [True]
