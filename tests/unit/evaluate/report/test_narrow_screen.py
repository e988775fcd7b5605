"""The page on a phone: nothing wider than the screen, and each value beside its column's name."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.chromium import in_a_browser
from tests.unit.evaluate.made_run import MadeRun
from tests.unit.evaluate.report.pages import in_chromium, page_of, read

Runs = Callable[[str], MadeRun]
TASKS = ("regression", "binary", "multiclass")


@pytest.mark.page
@in_a_browser
@pytest.mark.parametrize("task", TASKS)
def test_nothing_is_wider_than_a_phone(tmp_path: Path, run_of: Runs, task: str) -> None:
    """A frame of 390 px tells through its title how far its page reaches beyond it."""
    run = run_of(task)
    run.add_champion(run.predicted)
    assert widest(tmp_path, page_of(run)) == "0 too wide"


def widest(tmp_path: Path, page: str) -> str:
    page = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)
    (tmp_path / "inner.html").write_text(page, encoding="utf-8")
    probe = (
        '<iframe id="f" src="inner.html" width="390" height="800" style="border:0"></iframe>'
        "<script>f.onload=()=>{const e=f.contentDocument.documentElement;"
        "const parts=[e,...e.querySelectorAll('.scroll')];"
        "document.title=`${Math.max(...parts.map(p=>p.scrollWidth-p.clientWidth))} too wide`}"
        "</script>"
    )
    dom = in_chromium(tmp_path, probe, "--allow-file-access-from-files", "--dump-dom")
    title = re.search("<title>(.*?)</title>", dom)
    assert title is not None
    return title[1]


@pytest.mark.parametrize("task", TASKS)
def test_each_value_of_a_wide_table_names_its_column(run_of: Runs, task: str) -> None:
    page = page_of(run_of(task))
    tables = re.findall(r'<table class="wide.*?</table>', page, re.DOTALL)
    assert len(tables) == 2
    for table in tables:
        head, body = table.split("</thead>")
        names = [read(cell).text for cell in re.findall(r"<th.*?</th>", head)]
        for line in re.findall(r"<tr>.*?</tr>", body):
            labels = re.findall(r'data-label="([^"]*)"', line)
            assert labels == names[-len(labels) :]
            assert len(labels) >= len(names) - 1


@pytest.mark.page
@in_a_browser
def test_long_names_of_columns_push_nothing_off_a_phone(tmp_path: Path, run_of: Runs) -> None:
    run = run_of("binary")
    encoder = run.json("encoder.json")
    for feature in encoder["features"]:
        feature["column"] += "withaverylongnamewithoutanymarkatwhichitcouldbreak"
    run.change("encoder.json", features=encoder["features"])
    assert widest(tmp_path, page_of(run)) == "0 too wide"
