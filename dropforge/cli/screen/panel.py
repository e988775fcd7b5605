"""Draws a run's result for a person: the verdict first, then what it rests on."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from dropforge.cli.screen.printable import printable
from dropforge.cli.screen.wording import number
from dropforge.cli.screen.wrapping import FactsText
from dropforge.client.runs.scores import SCORED
from pipeline.wording import counted

_STYLES = {
    "approved": "green",
    "scored": "green",
    "pending": "yellow",
    "kept_champion": "yellow",
    "below_minimum": "yellow",
    "skipped": "yellow",
}
_VERDICTS = {
    "approved": "Approved: this model is now in use for {dataset}.",
    "pending": "Waiting for approval: a person decides whether this model is put into use.",
    "kept_champion": "Not promoted: the model in use for {dataset} stays.",
    "below_minimum": "Not promoted: the metric misses the required minimum.",
    "skipped": "Skipped: there was nothing to do.",
}
_LINKS = ("File: ", "Run: ")

Result = Mapping[str, Any]


def result_panel(result: Result, sentence: str | None) -> Panel:
    """Draw the verdict of a result and what it rests on.

    Parameters
    ----------
    sentence : why the verdict is as it is, if known.
    """
    style = _STYLES.get(result["verdict"], "red")
    seconds = result["seconds"].get("total")
    return Panel(
        _body(result, style, sentence),
        title=Text(str(result["run"] or "no run")),
        title_align="left",
        subtitle=Text(f"{seconds:.1f} s") if seconds is not None else None,
        subtitle_align="right",
        border_style=style,
        box=box.ROUNDED,
    )


def files_text(result: Result) -> FactsText:
    """Say where a result's files lie."""
    rows = {name.capitalize(): shown_path(path) for name, path in result["files"].items()}
    return FactsText(rows, whole=rows)


def _body(result: Result, style: str, sentence: str | None) -> RenderableType:
    if result["verdict"] == SCORED:
        return _scored(result, style)
    if result["metric"]:
        return _trained(result, style, sentence)
    return Text(printable(_told(str(result["message"]))))


def _told(message: str) -> str:
    """Return a message without its last paragraph, the links, which a panel would break."""
    paragraphs = message.split("\n\n")
    linked = len(paragraphs) > 1 and paragraphs[-1].startswith(_LINKS)
    return "\n\n".join(paragraphs[:-1] if linked else paragraphs)


def _trained(result: Result, style: str, reason: str | None) -> RenderableType:
    verdict = _VERDICTS.get(result["verdict"], str(result["verdict"])).format(**result)
    sentence = Text(printable(reason or verdict), style=f"bold {style}")
    rows = result["rows"]
    facts = {
        "Predicts": f"{result['target']} ({result['task']})",
        "Metric": metric_line(result),
        "Rows": ", ".join(
            f"{rows[name]:,} {name}"
            for name in ("train", "validation", "test", "dropped")
            if name in rows
        ),
        "Search": search_line(result),
        "Training": str(result.get("refit") or ""),
        "Next": f"dropforge promote {result['run']}" if result["verdict"] == "pending" else "",
        "Warnings": _listed(result["warnings"]),
    }
    return Group(sentence, Text(), _table(facts))


def _scored(result: Result, style: str) -> RenderableType:
    rows, marked = result["rows"], result["marked"]
    facts = {
        "Predicts": f"{result['target']} ({result['task']})",
        "Metric": metric_line(result) if result["metric"] else "",
        "Marked": f"{marked:,} (see prediction_error)" if marked else "",
        "New values": ", ".join(f"{name} ({many:,})" for name, many in result["unseen"].items()),
        "Warnings": _listed(result["warnings"]),
    }
    sentence = Text(f"Predicted {counted(rows, 'row')}.", style=f"bold {style}")
    return Group(sentence, Text(), _table(facts))


def _table(facts: Mapping[str, str]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold")
    table.add_column()
    for name, value in facts.items():
        if value:
            table.add_row(name, Text(printable(value)))
    return table


def _listed(warnings: Sequence[str]) -> str:
    return "\n".join(f"- {warning}" for warning in warnings)


def search_line(result: Result) -> str:
    """Return what a search for hyperparameters tried, gained and cost; "" if there was none."""
    search = result.get("search")
    return str(search["sentence"]) if search else ""


def metric_line(result: Result) -> str:
    """Return the metric in words; what it is beside the champion's, the verdict's sentence says."""
    metric = result["metric"]
    goal = "higher" if metric["goal"] == "max" else "lower"
    return f"{metric['name']} {number(metric['value'])} ({goal} is better)"


def shown_path(path: str) -> str:
    """Return a path below the current directory as a relative one; others, and URIs, unchanged."""
    if "://" in path:
        return path
    try:
        return str(Path(path).relative_to(Path.cwd()))
    except ValueError:
        return path
