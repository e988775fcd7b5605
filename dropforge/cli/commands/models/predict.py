"""``dropforge predict``."""

import json
import sys
from collections.abc import Callable, Iterator
from io import BufferedReader
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from dropforge.cli.connection.connect import connected
from dropforge.cli.exit_codes import REFUSED, error_object, fault_of, reported
from dropforge.cli.options import Env, Json, number_from
from dropforge.cli.screen.output import Output
from dropforge.cli.screen.prediction import prediction_panel
from dropforge.client.models.located import ModelFiles, champion_files
from dropforge.client.models.stored import stored
from dropforge.environment import LOCAL

# polars and xgboost take a second to import, and no other command needs them.
if TYPE_CHECKING:
    from dropforge.model.rows import Predictor

_STDIN = "-"
_BLOCK = 1 << 20
_REASONS = 3

Dataset = Annotated[
    str, typer.Argument(metavar="DATASET", help="Name of a dataset that has a model in use.")
]
Lines = Annotated[
    str | None,
    typer.Argument(
        metavar="-", show_default=False, help="Read rows from stdin: a JSON object a line."
    ),
]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="COLUMN=VALUE",
        show_default=False,
        help="Value of a column, as the file has it that trained; others count as missing.",
    ),
]
Reasons = Annotated[
    int,
    typer.Option(
        "--reasons",
        metavar="N",
        parser=number_from(int, 0, 100),
        help="How many columns to name that weighed most in the prediction.",
    ),
]


def predict(
    dataset: Dataset,
    lines: Lines = None,
    set_: Set = None,
    reasons: Reasons = _REASONS,
    env: Env = LOCAL,
    as_json: Json = False,
) -> None:
    """Predict a row, or rows from stdin, with the model in use for a dataset.

    With --set, one row. With -, each line of stdin is a row as a JSON object,
    and a line is printed for each, in order: its prediction, or an error, and
    the rows after it go on.
    """
    if lines not in (None, _STDIN):
        raise typer.BadParameter(
            f"{lines!r} is neither an option nor -; give values as --set COLUMN=VALUE."
        )
    if bool(set_) == (lines is not None):
        raise typer.BadParameter(
            "give one row as --set COLUMN=VALUE, once for each value, or else - to read rows "
            "from stdin, a JSON object a line."
        )
    for text in set_ or []:
        if not text.partition("=")[1]:
            raise typer.BadParameter(f"{text!r} is no COLUMN=VALUE; give one, as in age=41.")
    output = Output(as_json)
    with reported(output):
        with connected(env, output) as stack:
            files = champion_files(stack, dataset)
            folder = stored(stack, files)
        from dropforge.model.files import load_files
        from dropforge.model.rows import Predictor

        predictor = Predictor(load_files(folder, files.run), reasons)
        if set_:
            facts = _one(predictor, set_, dataset, files)
            output.result(facts, lambda: [prediction_panel(facts)])
            return
        is_whole = _all_of_stdin(predictor)
    if not is_whole:
        raise typer.Exit(REFUSED)


def _one(
    predictor: "Predictor", given: list[str], dataset: str, files: ModelFiles
) -> dict[str, Any]:
    row: dict[str, str] = {}
    for text in given:
        name, value = predictor.pair(text)
        if name in row:
            raise typer.BadParameter(f"{name!r} is set twice; give one value.")
        row[name] = value
    told = predictor.told([row])[0] or {}
    if isinstance(told, Exception):
        raise told
    return {
        "dataset": dataset,
        "run": files.run,
        "model": files.name,
        "target": predictor.model.target,
        "task": predictor.model.task,
        **told,
    }


def _all_of_stdin(predictor: "Predictor") -> bool:
    """Answer each line of stdin; return whether all of them were rows."""
    number, is_whole = 0, True
    for block in _blocks(cast("BufferedReader", sys.stdin.buffer).read1):
        rows = [_row(line) for line in block]
        for told in predictor.told(rows):
            number += 1
            if told is None:
                continue
            if isinstance(told, Exception):
                fault = fault_of(told)
                if fault is None:
                    raise told
                is_whole = False
                told = {"line": number, **error_object(fault)}
            sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
    return is_whole


def _blocks(read: Callable[[int], bytes]) -> Iterator[list[bytes]]:
    """Yield lines as they come, as many at once as there are: together they are answered sooner."""
    rest = b""
    while piece := read(_BLOCK):
        *whole, rest = (rest + piece).split(b"\n")
        if whole:
            yield whole
    if rest:
        yield [rest]


def _row(line: bytes) -> Any:
    """Return what a line holds; None if it is blank, an error if it is no row."""
    from dropforge.errors import RowsUnreadableError

    if not line.strip():
        return None
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        return RowsUnreadableError(f"no JSON ({error}); give an object a line")
    if not isinstance(row, dict):
        return RowsUnreadableError(
            f"a JSON {type(row).__name__} is no row; give an object a line, with columns and values"
        )
    return row
