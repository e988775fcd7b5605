"""What the page says of contributions, and that it does without them."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evaluate.report.charts.contributions import ends_of
from tests.chromium import in_a_browser
from tests.unit.evaluate.made_run import MadeRun, explain, make_run
from tests.unit.evaluate.report.hostile_table import HOSTILE, hostile_table
from tests.unit.evaluate.report.pages import page_of, read
from tests.unit.evaluate.report.test_narrow_screen import widest
from tests.unit.evaluate.tables import Table

Runs = Callable[[str], MadeRun]
TASKS = ("regression", "binary", "multiclass")


def section(page: str) -> str:
    [found] = [
        part
        for part in re.findall(r"<section.*?</section>", page, re.DOTALL)
        if "What it goes by" in part
    ]
    return str(found)


@pytest.mark.parametrize("task", TASKS)
def test_columns_are_shown_by_the_size_of_their_contributions(run_of: Runs, task: str) -> None:
    run = run_of(task)
    part = section(page_of(run))
    explanation = run.json("evaluation.json")["explanation"]
    assert explanation == run.json("explanation.json")
    names = [column["column"] for column in explanation["columns"]]
    table = [read(cell).text for cell in re.findall(r'<th scope="row">(.*?)</th>', part)]
    assert table == names[:15]
    dots = re.findall(r'<path class="swarm s\d" d="([^"]*)"', part)
    shown = sum(len(column["points"]) for column in explanation["columns"])
    assert sum(path.count("M") for path in dots) == shown
    titles = [read(title).text for title in re.findall(r"<h3>(.*?)</h3>", part)]
    assert titles == [
        "What each column adds", *(effect["column"] for effect in explanation["effects"]),
    ]  # fmt: skip
    bars = re.findall(r'<rect class="bar model"', part)
    assert len(bars) == sum(len(effect["bins"]) for effect in explanation["effects"])


def test_what_a_contribution_is_part_of_is_said(run_of: Runs) -> None:
    binary = read(section(page_of(run_of("binary")))).text
    assert "add up to the probability of 'yes'" in binary
    assert "right of zero its value raised the probability of 'yes'" in binary
    regression = read(section(page_of(run_of("regression")))).text
    assert "add up to the prediction of 'price_eur'" in regression
    assert ">rises<" in section(page_of(run_of("regression")))
    several = read(section(page_of(run_of("multiclass")))).text
    assert "Sizes are means over the classes" in several
    assert "Trend" not in several


def test_plots_have_text_alternatives_of_their_own(run_of: Runs) -> None:
    part = section(page_of(run_of("binary")))
    names = re.findall(r'aria-labelledby="([^"]*)"', part)
    assert len(names) == len(set(names)) == 7
    for pair in names:
        for name in pair.split():
            assert part.count(f'id="{name}"') == 1
    told = re.search(r'<desc id="contributions-by-column-about">(.*?)</desc>', part)
    assert told is not None
    assert re.search(r"months_as_customer 0\.\d+, falling with the value", told[1])
    effect = re.search(r'<desc id="effect-1-about">(.*?)</desc>', part)
    assert effect is not None
    assert re.search(r"month to month \+0\.\d+; ", effect[1])


def test_model_that_was_not_explained_is_told_and_judged(run_of: Runs) -> None:
    run = run_of("binary")
    run.event["explanation"] = {"explained": False, "reason": "Explain model ended with a Fault"}
    page = page_of(run)
    assert "What it goes by" not in page
    assert "What each column adds is left out: Explain model ended with a Fault." in page
    assert run.json("evaluation.json")["explanation"] is None


@pytest.mark.parametrize("answer", [None, "rubbish", {}, {"explained": "x" * 100}])
def test_answer_that_is_none_leaves_the_file_to_tell(run_of: Runs, answer: Any) -> None:
    run = run_of("binary")
    run.event["explanation"] = answer
    assert "What it goes by" in page_of(run)


@pytest.mark.parametrize("change", ["gone", "text", "other"])
def test_damaged_explanation_is_left_out_and_told(run_of: Runs, change: str) -> None:
    run = run_of("regression")
    if change == "gone":
        del run.s3.objects[run.files.key("explanation.json")]
    else:
        run.put("explanation.json", {"text": "no JSON", "other": '{"rows": 0}'}[change])
    page = page_of(run)
    assert "What it goes by" not in page
    assert re.search("What each column adds is left out: s3://.*explanation.json", page)
    assert run.json("evaluation.json")["verdict"]["outcome"] == "approved"


def test_rows_of_rarer_values_are_counted_below_their_plot(run_of: Runs) -> None:
    run = run_of("binary")
    assert "of rarer values" not in page_of(run)
    explanation = run.json("explanation.json")
    explanation["effects"][0]["left"] = 7
    run.put("explanation.json", json.dumps(explanation))
    assert page_of(run).count("7 rows of rarer values left out") == 1


def test_model_without_contributions_has_no_plots(run_of: Runs) -> None:
    run = run_of("regression")
    explanation = run.json("explanation.json") | {"columns": [], "effects": [], "used": 0}
    run.put("explanation.json", json.dumps(explanation))
    assert "What it goes by" not in page_of(run)


@pytest.mark.parametrize("task", TASKS)
def test_hostile_names_stay_text(task: str) -> None:
    part = section(page_of(make_run(hostile_table(task))))
    for text in HOSTILE:
        assert text not in part or not re.search(r"[<>\"]", text)
    assert set(re.findall(r"<(\w+)", part)) <= {
        *("section", "h2", "p", "div", "figure", "figcaption", "h3", "svg", "title", "desc"),
        *("path", "text", "rect", "table", "thead", "tbody", "tr", "th", "td", "span", "wbr"),
    }


def wide_run() -> MadeRun:
    draw = np.random.default_rng(1)
    columns: dict[str, Any] = {
        f"a column whose name is long and says what it is, number {i}": draw.normal(size=300)
        for i in range(200)
    }
    labels = sum((200 - i) * values for i, values in enumerate(columns.values()))
    return make_run(Table("regression", columns, "target", labels, rounds=40))


@pytest.mark.page
@in_a_browser
def test_two_hundred_columns_of_long_names_stay_a_light_and_narrow_page(tmp_path: Path) -> None:
    page = page_of(wide_run())
    assert len(page) < 250_000
    part = section(page)
    assert len(re.findall(r'<th scope="row">', part)) == 15
    titles = re.findall(r"<h3>(.*?)</h3>", part)
    assert len(titles) == len(set(titles)) == 7
    assert widest(tmp_path, page) == "0 too wide"


@pytest.mark.parametrize(
    ("low", "high", "kind", "text"),
    [
        (1.0, 1.0, "number", "1"),
        (1.0, 12345.0, "number", "1 to 12345"),
        (0.123456, 1234.5678, "number", "0.1235 to 1235"),
        ("2024-01-01", "2024-02-01", "date", "2024-01-01 to 2024-02-01"),
        ("yes", "yes", "boolean", "yes"),
        (None, None, "number", "missing"),
        (None, None, "category", "missing or rare"),
    ],
)
def test_ends_of_a_bar_are_written_as_people_do(low: Any, high: Any, kind: str, text: str) -> None:
    assert ends_of({"low": low, "high": high, "rows": 1, "mean": 0.0}, kind) == text


def test_explaining_again_writes_the_same_file(run_of: Runs) -> None:
    run = run_of("multiclass")
    before = run.text("explanation.json")
    run.put("explanation.json", "")
    explain(run)
    assert run.text("explanation.json") == before
