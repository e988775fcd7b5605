"""The page in a real browser, and what it says without one."""

import copy
import re
import subprocess
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evaluate.report.charts.curves import precision_recall
from evaluate.report.page import render, worst_columns
from evaluate.steps.evaluate import evaluate_run
from tests.chromium import CHROMIUM, FLAGS, in_a_browser
from tests.unit.evaluate.made_run import MadeRun, make_run
from tests.unit.evaluate.tables import Table

Runs = Callable[[str], MadeRun]
TASKS = ("regression", "binary", "multiclass")
# Each would change the page's title, or leave its mark in it, if it ran.
HOSTILE = (
    "<script>document.title='ran'</script>",
    "<img src=x onerror=\"document.title='ran'\">",
    "</style><script>document.title='ran'</script>",
    "</title></svg><svg onload=\"document.title='ran'\">",
    "\"' onmouseover='x' style=\"display:none\"",
    "{{ 7 * 7 }}{% raw %}",
    "javascript:document.title='ran'",
)


def page_of(run: MadeRun) -> str:
    evaluate_run(run.files, run.logs, run.event, "dropforge", "0.1.0")
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


def hostile_table(task: str) -> Table:
    draw = np.random.default_rng(4)
    rows = 600
    titles = [f"{text} {i}" for i, text in enumerate(HOSTILE)]
    columns: dict[str, Any] = {title: draw.normal(size=rows) for title in titles}
    columns["plan" + HOSTILE[0]] = draw.choice(HOSTILE, rows).tolist()
    first = columns[f"{HOSTILE[0]} 0"] + draw.normal(0, 0.5, rows)
    classes = {"binary": 2, "multiclass": len(HOSTILE)}.get(task)
    edges = np.quantile(first, np.linspace(0, 1, (classes or 1) + 1)[1:-1])
    labels = first if classes is None else np.digitize(first, edges)
    ids = {HOSTILE[1]: [f"{HOSTILE[i % 7]}{i}" for i in range(rows)]}
    names = list(HOSTILE[:classes]) if classes else None
    return Table(task, columns, HOSTILE[2], labels, names, ids, rounds=5)


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


@pytest.mark.parametrize("share", [0.01, 0.1, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("skill", [0.0, 0.05, 0.6])
def test_the_name_of_the_line_of_chance_is_not_behind_the_curve(share: float, skill: float) -> None:
    x = np.linspace(0, 1, 101)
    y = share + (1 - share) * skill * (1 - x) + 0.02 * share * np.sin(40 * x) * (x < 0.4)
    svg = precision_recall(np.column_stack([x, y]).tolist(), share, 0.5)
    note = re.search(r'class="note" x="([\d.]+)" y="([\d.]+)"[^>]*>chance', svg)
    curve = re.search(r'class="curve model" d="M([^"]+)"', svg)
    assert note is not None
    assert curve is not None
    left, middle = float(note[1]), float(note[2]) - 4
    points = [tuple(map(float, p.split())) for p in curve[1].split("L")]
    beside = [py for px, py in points if left <= px <= left + 40]
    assert min(abs(py - middle) for py in beside) > 6
    assert 12 <= middle <= 258


@pytest.mark.parametrize("share", [0.01, 0.03, 0.06, 0.1])
@pytest.mark.parametrize("skill", [0.0, 0.3, 0.8])
def test_the_line_of_chance_is_not_named_over_the_average_precision(
    share: float, skill: float
) -> None:
    x = np.linspace(0, 1, 101)
    y = share + (1 - share) * skill * (1 - x) ** 2
    svg = precision_recall(np.column_stack([x, y]).tolist(), share, 0.73)
    label = r'x="([\d.]+)" y="([\d.]+)" text-anchor="(\w+)">'
    note = re.search(rf'class="note" {label}chance', svg)
    callout = re.search(rf'class="callout model" {label}Average', svg)
    assert note is not None
    assert callout is not None
    left = float(callout[1]) - (170 if callout[3] == "end" else 0)
    beside = left - 40 < float(note[1]) < left + 170
    assert not beside or abs(float(note[2]) - float(callout[2])) >= 10


@pytest.mark.page
@in_a_browser
def test_long_names_of_columns_push_nothing_off_a_phone(tmp_path: Path, run_of: Runs) -> None:
    run = run_of("binary")
    encoder = run.json("encoder.json")
    for feature in encoder["features"]:
        feature["column"] += "withaverylongnamewithoutanymarkatwhichitcouldbreak"
    run.change("encoder.json", features=encoder["features"])
    assert widest(tmp_path, page_of(run)) == "0 too wide"


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


@pytest.mark.parametrize("task", TASKS)
def test_every_plot_has_a_text_alternative(run_of: Runs, task: str) -> None:
    page = page_of(run_of(task))
    plots = re.findall(r"<svg .*?</svg>", page, re.DOTALL)
    assert len(plots) >= 4
    for plot in plots:
        names = re.search(r'role="img" aria-labelledby="(\S+) (\S+)"', plot)
        assert names is not None
        assert re.search(rf'<title id="{names[1]}">[^<]+</title>', plot)
        assert re.search(rf'<desc id="{names[2]}">[^<]+</desc>', plot)
    identities = re.findall(r' id="([^"]+)"', page)
    assert len(identities) == len(set(identities))


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
