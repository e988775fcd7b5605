"""Draws the prediction of one row: what is predicted, why, and what was not known."""

from collections.abc import Mapping
from typing import Any

from rich import box
from rich.console import Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from dropforge.cli.screen.printable import printable
from dropforge.cli.screen.wording import number
from pipeline.wording import listed

_CLASSES_SHOWN = 6


def prediction_panel(facts: Mapping[str, Any]) -> Panel:
    """Draw what `predict` prints as JSON.

    Parameters
    ----------
    facts : dataset, target, prediction, probability, probabilities, reasons, missing, warnings,
        run.
    """
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold")
    table.add_column()
    for name, value in {
        "Probabilities": _probabilities(facts["probabilities"]),
        "Reasons": "\n".join(reason["text"] for reason in facts["reasons"]),
        "Not given": listed(facts["missing"], 20),
        "Warnings": "\n".join(f"- {warning}" for warning in facts["warnings"]),
        "Model of run": facts["run"],
    }.items():
        if value:
            table.add_row(name, Text(printable(value)))
    return Panel(
        Group(Text(printable(_sentence(facts)), style="bold"), Text(), table),
        title=Text(str(facts["dataset"])),
        title_align="left",
        box=box.ROUNDED,
    )


def _sentence(facts: Mapping[str, Any]) -> str:
    said = f"{facts['target']}: {_value(facts['prediction'])}"
    if facts["probability"] is None:
        return said
    return f"{said}, with a probability of {number(facts['probability'])}"


def _value(prediction: str | float) -> str:
    return number(prediction) if isinstance(prediction, float) else prediction


def _probabilities(probabilities: Mapping[str, float]) -> str:
    """List the likeliest classes."""
    likely = sorted(probabilities.items(), key=lambda item: -item[1])
    shown = ", ".join(f"{name} {number(value)}" for name, value in likely[:_CLASSES_SHOWN])
    left = len(likely) - _CLASSES_SHOWN
    return f"{shown} and {left} more" if left > 0 else shown
