"""README and documents say what is there: commands, parameters, make targets, links."""

import re
from pathlib import Path

import pytest

from dropforge.cli.app import app

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "statemachine/README.md",
    *sorted((ROOT / "docs").glob("*.md")),
]
COMMANDS = {command.callback.__name__ for command in app.registered_commands if command.callback}


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def code_of(text: str) -> list[str]:
    return re.findall(r"```.*?```|`[^`]+`", text, re.DOTALL)


def test_readme_has_every_command() -> None:
    assert set(re.findall(r"`dropforge ([a-z]+)", README)) == COMMANDS


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_documents_name_only_commands_that_exist(path: Path) -> None:
    code = code_of(path.read_text(encoding="utf-8"))
    used = {name for text in code for name in re.findall(r"(?<![\w/-])dropforge ([a-z]+)", text)}
    assert used <= COMMANDS | {"stack"}


def test_readme_has_every_parameter_with_its_default() -> None:
    template = (ROOT / "template.yaml").read_text(encoding="utf-8")
    section = template.split("\nParameters:\n")[1].split("\nConditions:\n")[0]
    names = re.findall(r"^  (\w+):$", section, re.MULTILINE)
    defaults = re.findall(r"^    Default: (.*)$", section, re.MULTILINE)
    expected = {
        name: "none" if default == '""' else f"`{default}`"
        for name, default in zip(names, defaults, strict=True)
    }
    rows = re.findall(r"^\| `([A-Z]\w+)` \| ([^|]+?) \|", README, re.MULTILINE)
    assert dict(rows) == expected


def test_readme_has_the_make_targets_that_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))
    used = set(re.findall(r"\bmake ([a-z]+(?:-[a-z]+)*)\b", " ".join(code_of(README))))
    assert used <= targets
    assert targets - used <= {"help", "up", "down"}


def test_readme_puts_the_sam_that_make_installs_onto_the_path() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    [sam] = re.findall(r"^SAM := (.*)/sam$", makefile, re.MULTILINE)
    contributing = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for page, use in ((README, "\nsam deploy "), (contributing, "\nsam local invoke ")):
        before, line, after = page.partition(f'\nexport PATH="$PATH:$PWD/{sam}"')
        assert line, "no line puts it there"
        assert "\nmake build" in before
        assert use in after.partition("```")[0]
