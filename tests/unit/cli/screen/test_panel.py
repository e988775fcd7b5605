"""What a panel says of a run that ended."""

from io import StringIO

from rich.console import Console

from dropforge.cli.screen.panel import _trained
from tests.unit.cli.fakes import message


def printed(**more: str) -> str:
    console = Console(file=StringIO(), width=200)
    console.print(_trained(message()["result"] | more, "green", None))
    file = console.file
    assert isinstance(file, StringIO)
    return file.getvalue()


def test_second_training_is_told_where_there_was_one() -> None:
    assert "Training  The model was trained again." in printed(refit="The model was trained again.")
    assert "Training" not in printed()
