"""What the page says, and what it follows from."""

import copy
import re
from collections.abc import Callable

import pytest

from evaluate.report.page import render, worst_columns
from tests.unit.evaluate.made_run import MadeRun, make_run
from tests.unit.evaluate.report.hostile_table import HOSTILE, hostile_table
from tests.unit.evaluate.report.pages import page_of, read

Runs = Callable[[str], MadeRun]
TASKS = ("regression", "binary", "multiclass")


def test_the_champions_equal_is_not_said_to_lie_between_0_and_0(run_of: Runs) -> None:
    run = run_of("regression")
    run.add_champion(run.predicted)
    page = page_of(run)
    assert "both models have exactly the same RMSE" in page
    assert "with 95 % confidence between" not in page
    run.add_champion(run.predicted + 1_000)
    assert "with 95 % confidence between" in page_of(run)


def test_no_value_of_the_program_is_shown_raw(run_of: Runs) -> None:
    run = run_of("binary")
    text = read(page_of(run)).text.split("}\n")[-1]
    assert "train 0.7, validation 0.15, test 0.15, seed 0" in text
    assert not re.search(r"\{['\"]|None|False", text)


def test_ends_of_a_column_of_days_have_no_time(run_of: Runs) -> None:
    run = run_of("binary")
    dates = {
        "since": ("2022-01-01 00:00:00", "2024-03-01 00:00:00", "2022-01-01", "2024-03-01"),
        "seen": (*["2022-01-01 00:00:00", "2024-03-01 07:30:00"] * 2,),
        "empty": (None, None, None, None),
    }
    facts = {"type": "date", "missing": 0, "distinct": 3, "mean": None, "top": []}
    columns = [{"name": n, **facts, "min": v[0], "max": v[1]} for n, v in dates.items()]
    run.change("profile.json", columns=columns)
    page_of(run)
    shown = {c["name"]: (c["min"], c["max"]) for c in run.json("evaluation.json")["columns"]}
    assert shown == {name: values[2:] for name, values in dates.items()}


def test_estimates_identifiers_and_cut_profiles_are_told(run_of: Runs) -> None:
    run = run_of("binary")
    facts = {"type": "integer", "missing": 0, "min": 1, "max": 77_777, "mean": 164_214.3, "top": []}
    columns = [
        {**facts, "name": "many", "distinct": 1_490},
        {**facts, "name": "few", "distinct": 990},
        {**facts, "name": "key", "distinct": 5, "type": "identifier", "max": 88_888},
        *({**facts, "name": f"c{i}", "distinct": 7} for i in range(200)),
    ]
    run.change("profile.json", columns=columns)
    text = read(page_of(run)).text
    assert "\u2248 1,500" in text
    assert "990" in text
    assert "\u2248 990" not in text
    assert "77777" in text
    assert "164,214" in text
    assert "88888" not in text
    assert "Its first 200 columns are shown." in text


def test_what_the_naive_baseline_predicts_stands_beside_it(run_of: Runs) -> None:
    assert "Naive baseline: always the share of positives." in read(page_of(run_of("binary"))).text


def test_classes_that_begin_alike_are_told_apart() -> None:
    table = hostile_table("multiclass")
    table.classes = [f"Regional distribution centre number {i}" for i in range(len(HOSTILE))]
    run = make_run(table)
    lead = re.search(r"Most often confused: (.*?)</p>", page_of(run), re.DOTALL)
    assert lead is not None
    pairs = re.findall(r"&#39;([^&]+)&#39; taken for &#39;([^&]+)&#39;", lead[1])
    assert pairs
    assert all(actual != predicted and len(actual) <= 24 for actual, predicted in pairs)


@pytest.mark.parametrize("task", TASKS)
def test_the_page_is_one_file_that_asks_for_nothing(run_of: Runs, task: str) -> None:
    page = page_of(run_of(task))
    assert not re.search(r"https?://|url\(|@import|<script|<link|<img|<iframe", page)
    assert "default-src 'none'" in page
    assert len(page) < 250_000


def test_the_verdict_is_the_first_sentence(run_of: Runs) -> None:
    run = run_of("binary")
    run.add_champion(run.predicted)
    heading = re.search(r"<h1>(.*?)</h1>", page_of(run), re.DOTALL)
    assert heading is not None
    sentence = run.json("evaluation.json")["verdict"]["sentence"]
    assert read(heading[1]).text == sentence
    assert sentence.startswith("Approved: the model predicts 'churned' with AUC 0.")
    assert "equal within noise to the model in use" in sentence


def test_the_page_follows_from_evaluation_json_alone(run_of: Runs) -> None:
    run = run_of("multiclass")
    page = page_of(run)
    document = run.json("evaluation.json")
    kept = copy.deepcopy(document)
    assert render(document) == page
    assert document == kept


def test_a_minimal_document_without_extras_still_renders(run_of: Runs) -> None:
    run = run_of("binary")
    page_of(run)
    document = run.json("evaluation.json")
    document |= {"worst": [], "columns": [], "importance": None, "learning_curve": None}
    document["metric"] |= {"value": None, "interval": None}
    document["plots"] |= {"roc": None, "pr": None}
    document["training"] |= {"seconds": None, "billable_seconds": None}
    assert worst_columns(document) == []
    assert "AUC on the test rows" in render(document)


def test_a_single_test_row_still_has_a_page() -> None:
    for task in TASKS:
        run = make_run(hostile_table(task), parts=1)
        for folder in ("data/truth", "data/test", "predictions"):
            name = run.files.names(folder)[0]
            keep = 2 if folder == "data/truth" else 1
            lines = run.text(f"{folder}/{name}").splitlines(keepends=True)[:keep]
            run.put(f"{folder}/{name}", "".join(lines))
        run.change("chunks/encode-00000.json", test=1)
        assert "</html>" in page_of(run)
