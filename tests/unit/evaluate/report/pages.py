"""The page of a run, as a browser and a reader of its text see it."""

import subprocess
from html.parser import HTMLParser
from pathlib import Path

from tests.chromium import CHROMIUM, FLAGS
from tests.unit.evaluate.made_run import MadeRun, evaluated


def page_of(run: MadeRun) -> str:
    evaluated(run)
    return run.text("report.html")


def in_chromium(folder: Path, page: str, *flags: str) -> str:
    (folder / "page.html").write_text(page, encoding="utf-8")
    command = [str(CHROMIUM), *FLAGS, f"--user-data-dir={folder / 'profile'}", *flags]
    done = subprocess.run(
        [*command, (folder / "page.html").as_uri()], capture_output=True, timeout=180, check=True
    )
    return done.stdout.decode()


class Texts(HTMLParser):
    """Collects tags, attributes and text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


def read(page: str) -> Texts:
    texts = Texts()
    texts.feed(page)
    return texts
