"""``dropforge settings``."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from dropforge.cli.connection.connect import connected
from dropforge.cli.exit_codes import reported
from dropforge.cli.options import Env, Json
from dropforge.cli.screen.output import Output
from dropforge.cli.screen.wrapping import FactsText
from dropforge.client.inbox.settings import Edit, Settings, settings_of_dataset, value_of
from dropforge.environment import LOCAL

Dataset = Annotated[str, typer.Argument(metavar="DATASET", help="Name of a dataset.")]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        show_default=False,
        help="Set one; the value is JSON, else a text. split.seed=3 sets a part of one.",
    ),
]
Unset = Annotated[
    list[str] | None,
    typer.Option("--unset", metavar="NAME", show_default=False, help="Return one to its default."),
]
File = Annotated[
    Path | None,
    typer.Option("--file", metavar="FILE", help="Replace all of them by those of a file first."),
]


def settings(
    dataset: Dataset,
    set_: Set = None,
    unset: Unset = None,
    file: File = None,
    env: Env = LOCAL,
    as_json: Json = False,
) -> None:
    """Show a dataset's settings, which count for its next drops, or change them."""
    output = Output(as_json)
    values = dict(_pair(text) for text in set_ or [])
    with reported(output):
        with connected(env, output) as stack:
            found = settings_of_dataset(stack, dataset, Edit(file, values, unset or ()))
        output.result(_facts(found), lambda: [_text(found)])


def _pair(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise typer.BadParameter(f"{text!r} is no NAME=VALUE; give one, as in metric=auc.")
    return name.strip(), value_of(value)


def _facts(found: Settings) -> dict[str, Any]:
    return {
        "dataset": found.dataset,
        "source": found.source,
        "settings": found.given,
        "effective": found.effective,
        "changed": found.changed,
    }


def _text(found: Settings) -> FactsText:
    defaults = {name: value for name, value in found.effective.items() if name not in found.given}
    return FactsText(
        {
            "Dataset": found.dataset,
            "Written" if found.changed else "Stored": found.source if found.given else None,
            "Set": _lines(found.given) or "nothing; the defaults count",
            "By default": _lines(defaults),
        }
    )


def _lines(values: dict[str, Any]) -> str:
    return "\n".join(
        f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in values.items()
    )
