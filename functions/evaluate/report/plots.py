"""Which plots a task's report shows, with their captions."""

from collections.abc import Iterator
from typing import TypedDict, cast

from markupsafe import Markup

from evaluate.report.charts import curves, errors
from evaluate.report.charts.search import trials
from pipeline.documents.evaluation import Evaluation
from pipeline.documents.plots import BinaryPlots, MulticlassPlots, RegressionPlots
from pipeline.wording import counted, probability


class Plot(TypedDict):
    """A plot of the report."""

    title: str
    about: str
    """A caption."""
    svg: Markup


def plots_of(document: Evaluation) -> list[Plot]:
    """Return the plots of a task: title, about (a caption) and svg."""
    by_task = {"regression": _regression, "binary": _binary, "multiclass": _multiclass}
    return list(by_task[document["task"]](document))


def learning_of(document: Evaluation) -> Plot | None:
    """Return the learning curve, if there is one."""
    curve = document["learning_curve"]
    if not curve:
        return None
    about = "The metric that training watched, round by round; the gap shows how much it memorised."
    return {"title": "Learning curve", "about": about, "svg": curves.learning(curve)}


def search_of(document: Evaluation) -> Plot | None:
    """Return the picture of the search, if there was one of more than one training job."""
    search = document.get("search")
    svg = trials(search) if search else None
    if svg is None:
        return None
    about = "What each training job reached on the validation rows; the line is the best so far."
    return {"title": "The search", "about": about, "svg": svg}


def _plot(title: str, about: str, svg: Markup) -> Plot:
    return {"title": title, "about": about, "svg": svg}


def _regression(document: Evaluation) -> Iterator[Plot]:
    plots, target = cast(RegressionPlots, document["plots"]), document["target"]
    density = " The stronger the colour, the more rows."
    more = density if "cells" in plots["predicted_actual"] else ""
    yield _plot(
        "Predicted against actual",
        f"On the dashed line a prediction is exact.{more}",
        errors.predicted_actual(plots["predicted_actual"], target),
    )
    outside = plots["residuals"]["outside"]
    beyond = f" {outside:,} rows lie further out." if outside else ""
    yield _plot(
        "How large errors are",
        f"Right of zero the model predicted too much, left too little.{beyond}",
        errors.residuals(plots["residuals"]),
    )
    if len(plots["residuals_by_prediction"]) > 2:
        yield _plot(
            "Where errors are large",
            "Median error and the middle 80 % of rows, from small to large predictions.",
            errors.residuals_by_prediction(plots["residuals_by_prediction"]),
        )


def _binary(document: Evaluation) -> Iterator[Plot]:
    plots, metrics = cast(BinaryPlots, document["plots"]), document["metrics"]
    names = document["classes"] or []
    threshold = probability(plots["threshold"])
    yield _plot(
        "Confusion",
        f"Rows by actual and predicted class at the threshold of {threshold}; shaded "
        f"by share of the actual class.",
        errors.confusion(plots["confusion"], names, [sum(row) for row in plots["confusion"]]),
    )
    if plots["roc"]:
        yield _plot(
            "ROC",
            "How many positives are found at the price of how many false alarms.",
            curves.roc(plots["roc"], metrics["auc"]),
        )
    if plots["pr"]:
        yield _plot(
            "Precision and recall",
            "How many alarms are right, the more positives are found.",
            curves.precision_recall(
                plots["pr"], plots["positive_share"], metrics["average_precision"]
            ),
        )
    yield _plot(
        "Calibration",
        "Whether a predicted 70 % happens in 70 % of cases, by groups of equally many rows.",
        curves.calibration(plots["calibration"], "predicted probability", "observed share"),
    )
    yield _plot(
        "Probabilities by class",
        "The further apart the two sides, the better the model tells the classes.",
        curves.scores(plots, names),
    )


def _multiclass(document: Evaluation) -> Iterator[Plot]:
    plots = cast(MulticlassPlots, document["plots"])
    shown, all_classes = len(plots["confusion_classes"]), len(document["classes"] or [])
    cut = (
        f" The {shown} largest of {all_classes} classes; "
        f"{counted(plots['confusion_outside'], 'row')} of others, or predicted as others, are "
        f"not shown, but count in the shares."
        if shown < all_classes
        else ""
    )
    yield _plot(
        "Confusion",
        f"Rows by actual and predicted class, shaded by share of the actual class.{cut}",
        errors.confusion(
            plots["confusion"],
            plots["confusion_classes"],
            plots["confusion_rows"],
            plots["confusion_outside"],
        ),
    )
    yield _plot(
        "Calibration",
        "Whether the model is right as often as it is sure, by groups of equally many rows.",
        curves.calibration(
            plots["calibration"], "probability of the predicted class", "share predicted rightly"
        ),
    )
