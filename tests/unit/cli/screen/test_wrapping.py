"""Folding text for narrow terminals."""

import io

import pytest
from rich.console import Console, RenderableType

from dropforge.cli.screen.output import Output
from dropforge.cli.screen.wrapping import FactsText

ARN = "arn:aws:states:eu-west-1:111122223333:execution:Train:churn"


def printed(part: RenderableType, *, terminal: bool) -> list[str]:
    written = io.StringIO()
    console = Console(file=written, force_terminal=terminal, width=40, color_system=None)
    console.print(part, soft_wrap=True)
    return written.getvalue().splitlines()


def test_facts_on_a_terminal_are_folded_between_words_and_arns_stay_whole() -> None:
    facts = FactsText({"Cause": "the column is empty in all rows", "Execution": ARN, "None": None})
    assert printed(facts, terminal=True) == [
        "Cause      the column is empty in all",
        "           rows",
        "Execution",
        f"  {ARN}",
    ]


def test_facts_that_are_paths_or_commands_are_not_folded() -> None:
    command = "export AWS_ENDPOINT_URL=http://127.0.0.1:4566 AWS_REGION=eu-west-1"
    assert printed(FactsText({"Tools": command}, whole=["Tools"]), terminal=True) == [
        "Tools",
        f"  {command}",
    ]


def test_facts_in_a_file_are_not_folded() -> None:
    assert printed(FactsText({"Cause": "x " * 40}), terminal=False) == ["Cause  " + "x " * 40]


@pytest.mark.parametrize("terminal", [True, False])
def test_a_fault_is_folded_between_words_on_a_terminal_only(terminal: bool) -> None:
    output, written = Output(as_json=False), io.StringIO()
    output.err = Console(file=written, force_terminal=terminal, width=30, color_system=None)
    output.fault("column 'prize' is not in churn.csv\ngive --target")
    assert written.getvalue().splitlines() == (
        ["Error: column 'prize' is not", "in churn.csv", "give --target"]
        if terminal
        else ["Error: column 'prize' is not in churn.csv", "give --target"]
    )
