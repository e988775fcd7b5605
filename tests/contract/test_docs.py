"""What the documents say is where they say: decisions, paths, links of every page."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    path
    for path in ROOT.rglob("*.md")
    if not any(part.startswith(".") for part in path.relative_to(ROOT).parts[:-1])
)
DECISIONS = sorted((ROOT / "docs/adr").glob("[0-9]*.md"))
INDEX = ROOT / "docs/adr/README.md"
FORM = ["Context", "Decision", "Alternatives", "Consequence"]
# Pages that send their reader to files.
GUIDES = [ROOT / "CONTRIBUTING.md", ROOT / "docs/how-to-add.md"]
ROOMS = [
    path.name for path in sorted(ROOT.iterdir()) if path.is_dir() and not path.name.startswith(".")
]


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def prose_of(text: str) -> str:
    return re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)


def links_of(path: Path) -> Iterator[str]:
    for link in re.findall(r"\]\(([^)\s]+)\)", prose_of(path.read_text(encoding="utf-8"))):
        if "://" not in link:
            yield link


def anchors_of(path: Path) -> set[str]:
    """Return the anchors that GitHub gives to the headings of a page."""
    headings = re.findall(r"^#+ (.*)$", prose_of(path.read_text(encoding="utf-8")), re.MULTILINE)
    texts = [re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading) for heading in headings]
    return {re.sub(r"[^\w -]", "", text.lower()).replace(" ", "-") for text in texts}


def paths_in(text: str) -> set[str]:
    """Return what a page names in code and what begins with a folder of the project."""
    code = re.findall(r"`([^`\n]+)`", prose_of(text))
    words = {word for piece in code for word in piece.split()}
    rooms = "|".join(map(re.escape, ROOMS))
    paths = {word.partition("::")[0] for word in words if re.match(rf"(?:{rooms})/", word)}
    # `functions/<name>/handler.py` stands for many, and is a pattern here.
    return {re.sub(r"<[^>]*>", "*", path) for path in paths}


def test_index_has_every_decision_once() -> None:
    linked = [link for link in links_of(INDEX) if re.match(r"\d", link)]
    assert sorted(linked) == [path.name for path in DECISIONS]


@pytest.mark.parametrize("path", DECISIONS, ids=named)
def test_decision_has_the_one_form(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith(f"# {int(path.name[:4])}. ")
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == FORM


def test_no_two_decisions_have_one_number() -> None:
    numbers = [path.name[:4] for path in DECISIONS]
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_links_to_decisions_have_their_numbers(path: Path) -> None:
    links = re.findall(r"\[ADR 0*(\d+)\]\([^)]*?(\d{4})-", path.read_text(encoding="utf-8"))
    assert [said for said, number in links if int(said) != int(number)] == []


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_links_of_every_page_lead_somewhere(path: Path) -> None:
    for link in links_of(path):
        name, _, anchor = link.partition("#")
        target = path.parent / name if name else path
        assert target.exists(), link
        assert not anchor or anchor in anchors_of(target), link


@pytest.mark.parametrize("path", GUIDES, ids=named)
def test_guides_name_only_files_that_exist(path: Path) -> None:
    paths = paths_in(path.read_text(encoding="utf-8"))
    assert paths
    assert [name for name in sorted(paths) if not list(ROOT.glob(name))] == []


@pytest.mark.parametrize("path", GUIDES, ids=named)
def test_guides_name_only_tests_that_exist(path: Path) -> None:
    tests = re.findall(r"`(tests/[\w/.]+)::(\w+)", path.read_text(encoding="utf-8"))
    for file, name in tests:
        assert f"def {name}(" in (ROOT / file).read_text(encoding="utf-8"), f"{file}::{name}"


def test_readme_leads_to_every_page() -> None:
    """A page that nothing leads to is not found."""
    seen: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in seen or page.suffix != ".md":
            continue
        seen.add(page)
        linked = (link.partition("#")[0] for link in links_of(page))
        waiting += [(page.parent / name).resolve() for name in linked if name]
    assert set(PAGES) - seen == set()
