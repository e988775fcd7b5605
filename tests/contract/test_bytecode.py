"""Packages have bytecode where they are built by the Python that Lambda runs."""

import os
import subprocess
import sys
from importlib.util import cache_from_source
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
MAKEFILES = sorted([ROOT / "functions" / "Makefile", *(ROOT / "layers").glob("*/Makefile")])
_UNCHECKED_HASH = 0b01
"""The flags of bytecode that no source is compared with (PEP 552)."""


def build(makefile: Path, artifacts: Path, compiler: str) -> str:
    (artifacts / "room").mkdir()
    (artifacts / "room" / "module.py").write_text("value = 1\n")
    done = subprocess.run(
        ["make", "--silent", "-C", str(makefile.parent), "bytecode", f"COMPILER={compiler}"],
        env={"PATH": os.environ["PATH"], "ARTIFACTS_DIR": str(artifacts)},
        check=True, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    return done.stderr


@pytest.mark.parametrize("makefile", MAKEFILES, ids=lambda path: path.parent.name)
def test_package_has_bytecode_that_is_taken_whatever_the_time_of_its_source(
    makefile: Path, tmp_path: Path
) -> None:
    assert build(makefile, tmp_path, sys.executable) == ""
    compiled = Path(cache_from_source(str(tmp_path / "room" / "module.py"))).read_bytes()
    assert int.from_bytes(compiled[4:8], "little") == _UNCHECKED_HASH


@pytest.mark.parametrize("makefile", MAKEFILES, ids=lambda path: path.parent.name)
def test_package_is_built_without_lambdas_python_and_says_what_that_costs(
    makefile: Path, tmp_path: Path
) -> None:
    assert "no python3.13 here" in build(makefile, tmp_path, "")
    assert not list(tmp_path.rglob("*.pyc"))


@pytest.mark.parametrize("makefile", MAKEFILES, ids=lambda path: path.parent.name)
def test_packages_are_compiled_for_the_runtime_that_the_template_names(
    makefile: Path, template: dict[str, Any]
) -> None:
    runtime = template["Globals"]["Function"]["Runtime"]
    text = makefile.read_text(encoding="utf-8")
    version = runtime.removeprefix("python")
    assert f"sys.version_info[:2] == ({version.replace('.', ', ')})" in text
    assert f"$(foreach python,{runtime} $(PYTHON)" in text
    assert f"--python-version {version} " in text
    assert text.split("build-%:")[1].index("pip install") < text.split("build-%:")[1].index(
        "$(MAKE) --silent bytecode"
    )
