import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from dropforge.cloud.privacy import close_to_others, private_files
from dropforge.cloud.state import StateDir, try_lock


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


@pytest.fixture(autouse=True)
def usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def test_private_files_are_made_for_the_owner_alone_and_only_inside(tmp_path: Path) -> None:
    with private_files():
        (tmp_path / "inside").mkdir()
        (tmp_path / "inside" / "file").touch()
    (tmp_path / "after").mkdir()
    assert (mode(tmp_path / "inside"), mode(tmp_path / "inside" / "file")) == (0o700, 0o600)
    assert mode(tmp_path / "after") == 0o755


def test_new_state_directory_is_closed(tmp_path: Path) -> None:
    state = StateDir(tmp_path / "state")
    state.prepare()
    assert {mode(path) for path in (state.root, *state.root.iterdir())} == {0o700}
    lock = try_lock(state.lock)
    assert lock is not None
    os.close(lock)
    assert mode(state.lock) == 0o600


def test_what_an_earlier_release_left_open_is_closed_to_the_last_file(tmp_path: Path) -> None:
    deep = tmp_path / "kept" / "a" / "b"
    deep.mkdir(parents=True)
    (deep / "secret").touch(0o664)
    (deep / "script").touch()
    (deep / "script").chmod(0o755)
    (tmp_path / "other").mkdir()
    close_to_others(tmp_path, [tmp_path / "kept", tmp_path / "absent"])
    assert mode(tmp_path) == 0o700
    assert {mode(path) for path in (tmp_path / "kept", deep.parent, deep)} == {0o700}
    assert (mode(deep / "secret"), mode(deep / "script")) == (0o600, 0o700)
    assert mode(tmp_path / "other") == 0o755


def test_what_links_point_to_is_left_alone(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").touch()
    root = tmp_path / "root"
    (root / "kept").mkdir(parents=True)
    (root / "kept" / "link").symlink_to(outside)
    (root / "kept" / "broken").symlink_to(tmp_path / "absent")
    close_to_others(root, [root / "kept"])
    assert (mode(outside), mode(outside / "file")) == (0o755, 0o644)


def test_directory_that_all_use_stays_open_but_what_is_kept_in_it_does_not(tmp_path: Path) -> None:
    tmp_path.chmod(0o1777)
    (tmp_path / "cloud.json").touch()
    (tmp_path / "state").mkdir()
    close_to_others(tmp_path, [tmp_path / "cloud.json", tmp_path / "state"])
    assert mode(tmp_path) == 0o1777
    assert (mode(tmp_path / "cloud.json"), mode(tmp_path / "state")) == (0o600, 0o700)


def test_closed_directory_is_not_walked_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A start must not take longer with every object."""
    (tmp_path / "kept").mkdir(mode=0o700)
    monkeypatch.setattr(os, "walk", lambda path: pytest.fail(f"walked through {path}"))
    close_to_others(tmp_path, [tmp_path / "kept"])
