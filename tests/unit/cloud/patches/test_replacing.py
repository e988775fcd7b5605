"""A patch replaces only what it was written against, and none is left out."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from dropforge.cloud import patches
from dropforge.cloud.patches import replacing
from dropforge.errors import PatchError


def test_other_source_is_refused() -> None:
    module = ModuleType("changed")
    module.script = "one"  # type: ignore[attr-defined]
    with pytest.raises(PatchError, match=r"changed\.script has digest .* written for 0{12}"):
        replacing.replace(module, "script", "0" * 12, "two")


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    source = tmp_path / "changed.py"
    source.write_text(
        "seen = []\ndef run(n=2):\n    seen.append(1)\n    return n * len(seen)\n"
        "class Held:\n    def run(self):\n        return 1\n"
    )
    spec = importlib.util.spec_from_file_location("changed", source)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "changed", module)
    spec.loader.exec_module(module)
    return module


def test_line_is_left_out_and_the_rest_runs_in_its_module(module: ModuleType) -> None:
    before, line = module.run, "    seen.append(1)\n"
    replacing.change(module, "run", replacing.digest_of(before), line, "")
    assert (module.run(), before(), module.run(), module.run(n=3)) == (0, 2, 2, 3)


def test_several_pieces_are_replaced(module: ModuleType) -> None:
    digest, more = replacing.digest_of(module.run), ("len(seen)", "len(seen) + 1")
    replacing.change(module, "run", digest, "append(1)", "append(1); seen.append(1)", more)
    assert module.run() == 5


def test_piece_of_a_classs_function_is_replaced_in_its_module(module: ModuleType) -> None:
    digest = replacing.digest_of(module.Held.run)
    replacing.change(module.Held, "run", digest, "    return 1", "    return len(seen) + 3")
    assert (module.Held().run(), module.Held.run.__name__) == (3, "run")


def test_piece_of_other_source_is_not_replaced(module: ModuleType) -> None:
    before = module.run
    with pytest.raises(PatchError, match=r"changed\.run has digest"):
        replacing.change(module, "run", "0" * 12, "seen", "")
    digest = replacing.digest_of(before)
    with pytest.raises(PatchError, match=r"changed\.run has no 'absent'; review"):
        replacing.change(module, "run", digest, "n=2", "n=3", ("absent", ""))
    assert module.run is before


def test_other_release_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.metadata.version", lambda _: "9.9.9")
    with pytest.raises(PatchError, match=r"ministack 9\.9\.9 is installed.*ministack==1\.5\.33"):
        patches.apply()


def test_every_patch_is_applied() -> None:
    files = {
        path.stem
        for path in Path(patches.__file__).parent.rglob("*.py")
        if "def apply()" in path.read_text(encoding="utf-8") and path.stem != "__init__"
    }
    assert {module.__name__.rpartition(".")[2] for module in patches._modules()} == files
