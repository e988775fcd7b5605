"""Names and values of a hostile file stay text, and no script of one runs in a browser."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.chromium import in_a_browser
from tests.unit.evaluate.made_run import MadeRun, make_run
from tests.unit.evaluate.report.hostile_table import HOSTILE, hostile_table
from tests.unit.evaluate.report.pages import in_chromium, page_of, read

Runs = Callable[[str], MadeRun]
TASKS = ("regression", "binary", "multiclass")


def hostile_page(task: str) -> str:
    run = make_run(hostile_table(task))
    run.change(
        "request.json",
        dataset="d" + HOSTILE[0],
        key=HOSTILE[3],
        settings={"drop_columns": [HOSTILE[4]]},
    )
    run.change("profile.json", warnings=[{"code": "x", "message": HOSTILE[1]}])
    run.event["fit"]["hyperparameters"][HOSTILE[0]] = HOSTILE[1]
    return page_of(run)


@pytest.mark.parametrize("task", TASKS)
def test_hostile_names_and_values_stay_text(task: str) -> None:
    page = read(hostile_page(task))
    assert not {"script", "img", "iframe", "object", "link"} & set(page.tags)
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    for text in HOSTILE[:3]:
        assert text in page.text
    assert "{{ 7 * 7 }}{% raw %}" in page.text
    assert "49{%" not in page.text


@pytest.mark.page
@in_a_browser
@pytest.mark.parametrize("task", TASKS)
def test_no_script_of_a_hostile_file_runs(tmp_path: Path, task: str) -> None:
    page = hostile_page(task)
    # The page's own policy would stop scripts; without it, escaping alone must.
    bare = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)
    assert bare != page
    dom = in_chromium(tmp_path, bare, "--dump-dom")
    title = re.search(r"<title>(.*?)</title>", dom, re.DOTALL)
    assert title is not None
    assert title[1].startswith("d&lt;script&gt;")
    shown = read(dom)
    assert not {"script", "img"} & set(shown.tags)
    assert HOSTILE[0] in shown.text


@pytest.mark.page
@in_a_browser
def test_a_script_in_the_browser_would_be_noticed(tmp_path: Path) -> None:
    """The test above can fail: the same fragment, not escaped, does run."""
    page = f"<title>before</title>{HOSTILE[0]}"
    assert "<title>ran</title>" in in_chromium(tmp_path, page, "--dump-dom")


@pytest.mark.page
@in_a_browser
def test_the_pages_policy_stops_a_script(tmp_path: Path, run_of: Runs) -> None:
    page = page_of(run_of("binary")).replace("</body>", f"{HOSTILE[0]}</body>")
    assert "<title>ran</title>" not in in_chromium(tmp_path, page, "--dump-dom")
