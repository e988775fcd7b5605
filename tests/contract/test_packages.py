"""Each function imports only what its package on Lambda has.

The local cloud runs functions with this environment's packages, so that one which the
template's layers lack is missed nowhere but on AWS, and in Lambda's image.
"""

import ast
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
FUNCTIONS = ROOT / "functions"
NAMES = sorted(path.parent.name for path in FUNCTIONS.glob("*/handler.py"))
# What Lambda's Python runtime has (Lambda developer guide, Building Lambda functions with Python).
PROVIDED = {"boto3", "botocore", "jmespath", "python-dateutil", "s3transfer", "six", "urllib3"}


def pinned(requirements: Path) -> set[str]:
    return set(re.findall(r"^([a-z0-9-]+)==", requirements.read_text(), re.MULTILINE))


def packaged(function: str, template: dict[str, Any]) -> set[str]:
    """Return the distributions that a function finds."""
    resources = template["Resources"]
    [own] = [
        resource["Properties"]
        for resource in resources.values()
        if resource.get("Properties", {}).get("Handler") == f"{function}.handler.handler"
    ]
    found = PROVIDED | pinned(FUNCTIONS / "requirements.txt")
    for layer in own.get("Layers", ()):
        folder = resources[layer["Ref"]]["Properties"]["ContentUri"]
        found |= pinned(ROOT / folder / "requirements.txt")
    return found


def imported(path: Path) -> Iterator[str]:
    """Yield what a module imports, wherever in it, but not for types alone."""
    nodes: list[ast.AST] = [ast.parse(path.read_text())]
    while nodes:
        node = nodes.pop()
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        nodes += ast.iter_child_nodes(node)


def file_of(module: str) -> Path | None:
    path = FUNCTIONS.joinpath(*module.split("."))
    files = (path.with_suffix(".py"), path / "__init__.py")
    return next((file for file in files if file.is_file()), None)


def foreign(function: str) -> dict[str, Path]:
    """Return the packages that a function's code comes to, each with a module that names it."""
    waiting, seen = sorted((FUNCTIONS / function).rglob("*.py")), set[Path]()
    found: dict[str, Path] = {}
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        for module in imported(path):
            top = module.partition(".")[0]
            if (FUNCTIONS / top).is_dir():
                waiting += filter(None, [file_of(module)])
            elif top not in sys.stdlib_module_names:
                found[top] = path
    return found


@pytest.mark.parametrize("function", NAMES)
def test_function_imports_only_what_its_package_has(
    function: str, template: dict[str, Any]
) -> None:
    known, has = packages_distributions(), packaged(function, template)
    assert foreign(function), "every function uses powertools, at least"
    lacking = {
        top: str(path.relative_to(ROOT))
        for top, path in foreign(function).items()
        if not has & {name.lower().replace("_", "-") for name in known[top]}
    }
    assert not lacking


def test_the_packages_that_a_function_comes_to_are_found_through_other_rooms() -> None:
    known = {"polars", "aws_lambda_powertools", "botocore", "fastjsonschema"}
    assert known <= set(foreign("prepare"))
    assert {"numpy", "xgboost"} <= set(foreign("predict"))
