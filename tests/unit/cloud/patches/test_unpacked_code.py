"""The files of a function's code, which workers share."""

import io
import tempfile
import threading
import zipfile
from pathlib import Path

import pytest

from dropforge.cloud.patches.functions.unpacked_code import folder_of


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def packed(**files: str) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        for name, text in files.items():
            archive.writestr(f"package/{name}.py", text)
    return body.getvalue()


def test_same_code_has_one_folder_and_other_code_another() -> None:
    one, other = packed(a="1"), packed(a="2")
    folder = Path(folder_of(one))
    assert (folder / "package/a.py").read_text() == "1"
    (folder / "package/__pycache__").mkdir()
    assert folder_of(bytes(one)) == str(folder)
    assert (folder / "package/__pycache__").is_dir()
    assert Path(folder_of(other), "package/a.py").read_text() == "2"


def test_workers_that_start_at_once_get_whole_code(scratch: Path) -> None:
    code = packed(**{f"m{number}": "x" * 1000 for number in range(200)})
    found: list[tuple[str, int]] = []

    def look() -> None:
        folder = folder_of(code)
        found.append((folder, len(list(Path(folder, "package").iterdir()))))

    threads = [threading.Thread(target=look) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {count for _, count in found} == {200}
    assert [str(path) for path in scratch.iterdir()] == [found[0][0]]


@pytest.mark.parametrize("broken", [b"no zip", packed(a="1" * 5000)[:-30]])
def test_code_that_is_no_zip_leaves_nothing_behind(scratch: Path, broken: bytes) -> None:
    with pytest.raises(zipfile.BadZipFile):
        folder_of(broken)
    assert not list(scratch.iterdir())
