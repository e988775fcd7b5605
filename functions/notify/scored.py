"""The message of a file that was scored."""

from pipeline.documents.scoring.result import ScoringOutput
from pipeline.wording import counted, plain_figure, shorten

_WORTH_SAYING = 0.05
"""Difference of a column's missing share, beside training, that is told."""


def scored(result: ScoringOutput) -> tuple[str, list[str]]:
    """Write subject and lines."""
    subject = f"{result['dataset']}: {counted(result['rows'], 'row')} predicted"
    lines = [result["sentence"], "", f"Predicts {result['target']} ({result['task']})."]
    if metric := result["metric"]:
        goal = "higher is better" if metric["goal"] == "max" else "lower is better"
        lines.append(
            f"The file holds the true values: {metric['name']} {plain_figure(metric['value'])} on "
            f"{counted(result['measured_rows'], 'row')}, {goal}."
        )
    lines += [
        f"Missing in {shorten(share['column'])}: {share['now']:.0%}, in training "
        f"{share['before']:.0%}."
        for share in result["missing"]
        if abs(share["now"] - share["before"]) >= _WORTH_SAYING
    ]
    lines += [
        f"New to the model in {shorten(column)}: {counted(count, 'value')}."
        for column, count in result["unseen"].items()
    ]
    if result["warnings"]:
        lines += ["", "Warnings:", *(f"- {warning}" for warning in result["warnings"])]
    files = [
        f"{name.capitalize()}: {uri}" for name, uri in result["files"].items() if uri is not None
    ]
    return subject, [*lines, "", *files, f"Model package: {result['model_package_arn']}"]
