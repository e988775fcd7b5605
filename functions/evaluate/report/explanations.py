"""The plots of what a model goes by, with their captions."""

from evaluate.report.charts import contributions
from evaluate.report.plots import Plot
from evaluate.wording import told_apart
from pipeline.documents.evaluation import Evaluation
from pipeline.documents.model_part import Effect
from pipeline.wording import counted, figure, quoted

_LONGEST = 40


def unit_of(document: Evaluation) -> str:
    """Say what a contribution is a part of."""
    explanation = document["explanation"]
    if explanation and explanation["of"] is not None:
        return f"the probability of {quoted(explanation['of'], 30)}"
    if document["task"] == "multiclass":
        return "the probability of the predicted class"
    return f"the prediction of {quoted(document['target'], 30)}"


def explanations_of(document: Evaluation) -> list[Plot]:
    """Return the swarm of contributions and the effects of the foremost columns."""
    explanation = document["explanation"]
    if not explanation or not explanation["columns"]:
        return []
    unit = unit_of(document)
    first: Plot = {
        "title": "What each column adds",
        "about": (
            f"A dot is a test row: right of zero its value raised {unit}, left it lowered it. "
            f"Blue are small values of the column, orange large ones, grey are those that are "
            f"missing or have no order."
        ),
        "svg": contributions.swarm(explanation, unit),
    }
    names = told_apart([each["column"] for each in explanation["effects"]], _LONGEST)
    effects = [
        _effect(each, name, number, unit)
        for number, (each, name) in enumerate(zip(explanation["effects"], names, strict=True), 1)
    ]
    return [first, *effects]


def _effect(effect: Effect, name: str, number: int, unit: str) -> Plot:
    of = f"the probability of {quoted(effect['of'], 30)}" if effect["of"] is not None else unit
    left = effect["left"]
    rarer = f" {counted(left, 'row')} of rarer values left out." if left else ""
    return {
        "title": name,
        "about": f"Its mean contribution to {of} by its value, and the number of rows.{rarer}",
        "svg": contributions.effect(effect, number),
    }


def lead_of(document: Evaluation) -> str:
    """Say in words how contributions are to be read."""
    explanation = document["explanation"]
    if not explanation:
        return ""
    rows = counted(explanation["rows"], "test row")
    if document["task"] == "multiclass":
        return (
            f"Sizes are means over the classes, and over {rows}, of how far a column moves a "
            f"class's probability; the dots are of the class that a row was predicted to be."
        )
    return (
        f"Beside the base of {figure(explanation['base'])}, which the model predicts knowing "
        f"nothing of a row, the contributions of all columns add up to {unit_of(document)}. Sizes "
        f"are means over {rows}."
    )
