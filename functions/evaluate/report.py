"""report.html: evaluation.json as one page that needs nothing else.

The page is a pure function of evaluation.json's document. Every name and value
passes jinja2's escaping; the page's own policy forbids scripts and any request.
"""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from evaluate import figures


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
        "figure": figures.figure,
        "signed": figures.signed,
        "percent": figures.percent,
        "duration": figures.duration,
        "size": figures.size,
    }
    return environment


def render(document: dict[str, Any]) -> str:
    """Return the report of an evaluation as HTML."""
    return _environment().get_template("report.html.j2").render(document)
