"""The pins: the same versions everywhere, hashed, and nothing of the machine that made them."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RUNTIME = ROOT / "requirements/runtime.txt"
IN_LAMBDA = [
    ROOT / "functions/requirements.txt",
    ROOT / "layers/tabular/requirements.txt",
    ROOT / "layers/evaluation/requirements.txt",
    ROOT / "layers/boosting/requirements.txt",
]
ALL = [*sorted((ROOT / "requirements").glob("*.txt")), *IN_LAMBDA]

_PIN = re.compile(r"^([A-Za-z0-9._-]+)(\[[^]]*\])?==([^ ;\\]+)", re.MULTILINE)
_FORKED = {"xgboost", "xgboost-cpu"}
"""One library under two names: only Linux has the wheel without CUDA."""


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def pins(path: Path) -> dict[str, str]:
    found = _PIN.findall(path.read_text(encoding="utf-8"))
    assert found, f"{path} pins nothing"
    return {name.lower().replace("_", "-"): version for name, _extras, version in found}


@pytest.mark.parametrize("path", ALL, ids=named)
def test_every_pin_is_hashed(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    starts = [match.start() for match in _PIN.finditer(text)]
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        assert "--hash=sha256:" in text[start:end], text[start : start + 40]


@pytest.mark.parametrize("path", ALL, ids=named)
def test_pins_name_no_index_host_or_path(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"https?:|file:|--(extra-)?index|--find-links|--trusted-host", text)
    assert not re.search(r"(?:^|[\s=])/\w", text), "an absolute path"


@pytest.mark.parametrize("path", ALL, ids=named)
def test_each_package_is_pinned_once(path: Path) -> None:
    found = [name for name, _extras, _version in _PIN.findall(path.read_text(encoding="utf-8"))]
    assert len(found) == len(set(found))


@pytest.mark.parametrize("path", [*IN_LAMBDA, ROOT / "requirements/test.txt"], ids=named)
def test_versions_are_those_of_the_runtime(path: Path) -> None:
    runtime, here = pins(RUNTIME), pins(path)
    shared = runtime.keys() & here.keys()
    assert {name: here[name] for name in shared} == {name: runtime[name] for name in shared}
    if path in IN_LAMBDA:
        assert here.keys() <= runtime.keys(), "in Lambda, but not where the tests run"


def test_runtime_has_what_the_project_says_it_needs() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {re.match(r"[A-Za-z0-9._-]+", entry)[0] for entry in project["dependencies"]}  # type: ignore[index]
    assert wanted <= pins(RUNTIME).keys()


def test_xgboost_is_the_same_on_every_system() -> None:
    runtime = pins(RUNTIME)
    assert {runtime[name] for name in _FORKED} == {"3.2.0"}
