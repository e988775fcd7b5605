"""What may import what, how large rooms and files may become, and what only a handler may do."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).parents[2]
FUNCTIONS = ROOT / "functions"
CLIENTS = FUNCTIONS / "pipeline" / "clients.py"
MAKERS = {"boto3", "botocore.session"}
"""Of clients."""
FILES = sorted(FUNCTIONS.rglob("*.py"))
ALL = sorted([*FILES, *(ROOT / "dropforge").rglob("*.py"), *(ROOT / "bench").rglob("*.py")])
TESTS = sorted((ROOT / "tests").rglob("*.py"))
MOST_LINES = 250
MOST_LINES_OF_TESTS = 300
MOST_MODULES = 15


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module or ""


def test_imports_go_one_way(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The rooms and their order are in pyproject.toml, [tool.importlinter]."""
    monkeypatch.syspath_prepend(FUNCTIONS)
    monkeypatch.syspath_prepend(ROOT)
    failed = lint_imports(str(ROOT / "pyproject.toml"), no_cache=True)
    assert not failed, capsys.readouterr().out.partition("Contracts:")[2]


@pytest.mark.parametrize("path", ALL, ids=lambda path: str(path.relative_to(ROOT)))
def test_file_is_short_enough_to_be_read_at_once(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= MOST_LINES


@pytest.mark.parametrize("path", TESTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_file_of_tests_is_short_enough_to_find_a_test_by_its_name(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES_OF_TESTS


@pytest.mark.parametrize(
    "folder",
    sorted({path.parent for path in ALL if "bench" not in path.relative_to(ROOT).parts}),
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_room_has_few_enough_modules_to_be_taken_in(folder: Path) -> None:
    assert len([path for path in ALL if path.parent == folder]) <= MOST_MODULES


@pytest.mark.parametrize(
    "path",
    [path for path in FILES if path.name != "handler.py"],
    ids=lambda path: str(path.relative_to(FUNCTIONS)),
)
def test_core_takes_clients_and_values_and_never_imports_a_handler(path: Path) -> None:
    names = set(imports(path))
    assert not MAKERS & names or path == CLIENTS
    assert not [name for name in names if name.endswith(".handler")]
    tree = ast.parse(path.read_text())
    assert not [n for n in ast.walk(tree) if isinstance(n, ast.Attribute) and n.attr == "environ"]


def test_clients_that_wait_are_made_in_one_place() -> None:
    made = {path for path in FILES if MAKERS & set(imports(path))}
    assert made == {CLIENTS}


def test_tracers_are_made_in_one_place() -> None:
    made = {path for path in FILES if "Tracer(" in path.read_text(encoding="utf-8")}
    assert made == {CLIENTS}
    for handler in FUNCTIONS.glob("*/handler.py"):
        assert "\ntracer = make_tracer()\n" in handler.read_text(encoding="utf-8")


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert not [p for p in ALL if p.stem in {"utils", "common", "helpers", "misc", "util"}]
