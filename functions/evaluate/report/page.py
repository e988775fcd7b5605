"""report.html: evaluation.json as one page that needs nothing else.

The page is a pure function of evaluation.json's document. Every name and value
passes jinja2's or markupsafe's escaping; the page's own policy forbids scripts
and requests.
"""

import re
from functools import cache
from pathlib import Path
from typing import cast

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from evaluate import wording
from evaluate.output.decided import decides_as_usual, told
from evaluate.report.charts.contributions import WAYS
from evaluate.report.charts.search import table_of
from evaluate.report.charts.standing import standings
from evaluate.report.explanations import explanations_of, lead_of
from evaluate.report.facts import about_of
from evaluate.report.plots import learning_of, plots_of, search_of
from evaluate.verdict.warnings import FEW_ROWS
from pipeline.documents.evaluation import (
    ColumnPart,
    ComparisonPart,
    Evaluation,
    JudgedRows,
)
from pipeline.documents.plots import BinaryPlots, ClassRow, Interval, MulticlassPlots
from pipeline.documents.search.searched import Trial
from pipeline.wording import DASH, counted, figure, probability, quoted

_TASKS = {
    "regression": "Regression",
    "binary": "Binary classification",
    "multiclass": "Classification",
}
_LABELS = {
    "rmse": ("RMSE", "root of the mean squared error"),
    "mae": ("MAE", "mean absolute error"),
    "medae": ("Median absolute error", ""),
    "mape": ("MAPE", "mean error as a share of the actual value"),
    "r2": ("R²", "share of the variance explained"),
    "auc": ("AUC", "a positive ranks above a negative"),
    "average_precision": ("Average precision", "over all thresholds"),
    "logloss": ("Log loss", "of the probabilities"),
    "mlogloss": ("Log loss", "of the probabilities"),
    "accuracy": ("Accuracy", "share of rows predicted rightly"),
    "balanced_accuracy": ("Balanced accuracy", "mean recall of the classes"),
    "precision": ("Precision", "alarms that are right"),
    "recall": ("Recall", "positives that are found"),
    "f1": ("F1", "precision and recall in one"),
    "cost": ("Cost of 1,000 rows", "false alarms and misses, at the costs that are set"),
    "macro_f1": ("Macro F1", "mean over the classes"),
    "brier": ("Brier score", "mean squared error of the probabilities"),
}
_FINDINGS = {
    "better": "better",
    "worse": "worse",
    "equal": "equal within noise",
    "undecided": "neither better nor worse as far as so few rows tell",
}
_WORST_COLUMNS = 8
_CLASS_ROWS = 12
_CLASS_LENGTH = 24
_TRIAL_ROWS = 10
_EXACT_DISTINCT = 1_000
"""Where it is not said, more different values than these are an estimate."""
_NUMERIC = ("integer", "float")
"""Kinds of column whose values are numbers, as the profile names them."""


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "figure": figure,
        "plain": wording.plain,
        "signed": wording.signed,
        "percent": wording.percent,
        "thousands": wording.thousands,
        "size": wording.size,
        "quoted": quoted,
        "counted": counted,
        "moment": wording.moment,
        "mean": wording.mean,
        "breakable": _breakable,
        "shortly": _shortly,
        "after_colon": lambda text: text.split(": ", 1)[-1],
    }
    return environment


def render(document: Evaluation) -> str:
    """Return the report of an evaluation as HTML."""
    comparison = document["comparison"]
    kinds = {column["name"]: column["type"] for column in document["columns"]}
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            document,
            task_name=_TASKS[document["task"]],
            finding_words=_FINDINGS,
            metric_rows=[
                {
                    "name": name,
                    "label": _LABELS[name][0],
                    "gloss": _LABELS[name][1],
                    "value": value,
                    "champion": comparison["metrics"].get(name),
                }
                for name, value in document["metrics"].items()
            ],
            charts={
                "standings": standings(document),
                "plots": plots_of(document),
                "learning": learning_of(document),
                "explanations": explanations_of(document),
                "search": search_of(document),
            },
            searched=document.get("search"),
            trials=_trials(document),
            class_rows=class_rows(document),
            class_names=dict(
                zip(
                    document["classes"] or [],
                    wording.told_apart(document["classes"] or [], _CLASS_LENGTH),
                    strict=True,
                )
            ),
            distinct=lambda column: _distinct(column, document["rows"]),
            worst_columns=worst_columns(document),
            numeric_columns={name for name, kind in kinds.items() if kind in _NUMERIC},
            about=about_of(document),
            decided=decided_of(document),
            explanation_lead=lead_of(document),
            ways=WAYS,
            few_rows=FEW_ROWS,
            no_difference=_no_difference(comparison),
            interval_words=_interval_words(document["metric"]["interval"]),
        )
    )


def class_rows(document: Evaluation) -> list[ClassRow]:
    """Return the rows of the table of classes: all, or those that the model knows worst."""
    if document["task"] != "multiclass":
        return []
    rows = cast(MulticlassPlots, document["plots"])["classes"]
    if len(rows) <= _CLASS_ROWS:
        return rows
    return sorted(rows, key=lambda row: (row["f1"], -row["rows"]))[:_CLASS_ROWS]


def worst_columns(document: Evaluation) -> list[str]:
    """Return the columns to show beside the worst errors, the most important first."""
    if not document["worst"]:
        return []
    there = list(document["worst"][0]["values"])
    importance = document["importance"]
    ranked = [row["column"] for row in importance["columns"]] if importance else []
    first = [name for name in ranked if name in there]
    return (first + [name for name in there if name not in first])[:_WORST_COLUMNS]


def _trials(document: Evaluation) -> list[Trial]:
    search = document.get("search")
    return table_of(search)[:_TRIAL_ROWS] if search else []


def decided_of(document: Evaluation) -> str:
    """Say from which probability on a row counts as positive, and how probabilities are corrected.

    Beside what is chosen stands what is not.
    """
    decision, known = document["decision"], told(document["decision"], document["classes"]) or ""
    if document["task"] != "binary" or (decision and not decides_as_usual(decision)):
        return known
    name = quoted((document["classes"] or [])[1])
    threshold = probability(cast(BinaryPlots, document["plots"])["threshold"])
    return f"A row counts as {name} from a probability of {threshold} on. {known}".strip()


def _distinct(column: ColumnPart, rows: JudgedRows) -> str:
    """Write how many different values a column has, an estimate as such."""
    count = column["distinct"]
    exact = column.get("distinct_is_exact")
    if count is None or (count <= _EXACT_DISTINCT if exact is None else exact):
        return wording.thousands(count)
    file = rows["train"] + rows["validation"] + rows["test"] + rows["dropped"]
    return wording.estimated(count, file - (column["missing"] or 0))


def _shortly(text: str | None) -> str:
    """Write a hyperparameter with few digits; a dash where XGBoost's own default was left."""
    try:
        return DASH if text is None else wording.plain(float(text), 3)
    except ValueError:
        return str(text)


def _breakable(name: str) -> Markup:
    """Let a long name of a column break after the marks that join its words."""
    return Markup("<wbr>").join(re.split(r"(?<=[_.\-/])(?=\w)", name))


def _no_difference(comparison: ComparisonPart) -> bool:
    """Tell whether two models cannot be told apart by any of the resamples."""
    difference = comparison["difference"]
    interval = difference["interval"] if difference else None
    if difference is None or interval is None:
        return False
    return [difference["value"], interval["low"], interval["high"]] == [0, 0, 0]


def _interval_words(interval: Interval | None) -> str:
    if interval is None:
        return "none, the metric has none on these rows"
    whole = f", in {interval['groups']:,} whole groups" if "groups" in interval else ""
    if interval["method"] == "wilson":
        return "Wilson's score interval (1927), as the rows are all right or all wrong"
    if interval["method"] == "bootstrap":
        return (
            f"expanded percentile bootstrap with {interval['replicates']:,} resamples of the test "
            f"rows{whole}, the same for both models (Hesterberg, 2015)"
        )
    how = "normal, from the infinitesimal jackknife (Efron, 1982), for AUC DeLong et al. (1988)"
    return how + whole
