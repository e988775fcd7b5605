"""What may import what, and what only a handler may do."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FUNCTIONS = ROOT / "functions"
PARTS = sorted(path.name for path in FUNCTIONS.iterdir() if (path / "__init__.py").is_file())
CLIENTS = FUNCTIONS / "pipeline" / "clients.py"
FILES = sorted(FUNCTIONS.rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module or ""


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(FUNCTIONS)))
def test_function_imports_only_itself_and_what_all_share(path: Path) -> None:
    own = path.relative_to(FUNCTIONS).parts[0]
    allowed = {own, "pipeline", "table"}
    others = {name.split(".")[0] for name in imports(path)} & {*PARTS, "dropforge"}
    assert others <= allowed


@pytest.mark.parametrize(
    "path",
    [path for path in FILES if path.name != "handler.py"],
    ids=lambda path: str(path.relative_to(FUNCTIONS)),
)
def test_core_takes_clients_and_values_and_never_imports_a_handler(path: Path) -> None:
    names = set(imports(path))
    assert "boto3" not in names or path == CLIENTS
    assert not [name for name in names if name.endswith(".handler")]
    tree = ast.parse(path.read_text())
    assert not [n for n in ast.walk(tree) if isinstance(n, ast.Attribute) and n.attr == "environ"]


def test_clients_that_wait_are_made_in_one_place() -> None:
    made = {
        path.relative_to(FUNCTIONS).as_posix() for path in FILES if "boto3" in set(imports(path))
    }
    assert made == {"pipeline/clients.py"}


def test_no_module_has_a_name_that_says_nothing() -> None:
    paths = [*FILES, *(ROOT / "dropforge").rglob("*.py"), *(ROOT / "bench").rglob("*.py")]
    assert not [p for p in paths if p.stem in {"utils", "common", "helpers", "misc", "util"}]
