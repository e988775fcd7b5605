"""A copy of the project to deploy: what is shipped as it is, and handlers that can be broken."""

import shutil
from pathlib import Path

ROOT = Path(__file__).parents[2]
_SHIPPED = ("template.yaml", "statemachine", "functions", "layers")


def functions() -> list[str]:
    """Return the folders of functions/ that have a handler."""
    return sorted(path.parent.name for path in (ROOT / "functions").glob("*/handler.py"))


def copy(folder: Path) -> Path:
    """Copy what is deployed, and put a handler of a broken function beside each shipped one."""
    project = folder / "project"
    for name in _SHIPPED:
        source, target = ROOT / name, project / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
    code = project / "functions"
    shutil.copy(Path(__file__).with_name("faulty.py"), code)
    for name in functions():
        text = f'import faulty\n\nhandler = faulty.wrapped("{name}")\n'
        (code / f"faulty_{name}.py").write_text(text, encoding="utf-8")
    return project
