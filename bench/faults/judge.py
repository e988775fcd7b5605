"""Whether a cell held."""

from dataclasses import dataclass
from typing import Any

from bench.faults import wording
from bench.faults.cell import TRAINED, Cell, Result
from bench.faults.drop import Ending
from bench.faults.inbox import run_of

_NO_MODEL = {"failed", "rejected_input"}
_OPEN = "do not tell whether it is nearly as good"
"""What a sentence says of a comparison that was made, and that few rows leave open (ADR 53)."""


@dataclass(frozen=True)
class Packages:
    """A dataset's model packages, ARN and approval, when the file was dropped and at the end."""

    before: list[tuple[str, str]]
    after: list[tuple[str, str]]


def judge(cell: Cell, ending: Ending, packages: Packages, run: str) -> Result:
    """Compare how a run ended with what is right."""
    told = ending.messages[0] if ending.messages else {}
    document = ending.document or {}
    verdict = str(document.get("verdict")) if ending.kind == "message" else ending.kind
    failures = [*_ended(cell, ending, verdict), *_once(ending, verdict)]
    text = str(told.get("Message", ""))
    if verdict in _NO_MODEL:
        failures += _worded(cell, text)
    failures += [*_warned(cell, verdict, document), *_registered(verdict, document, packages)]
    return Result(
        name=cell.name,
        failures=failures,
        verdict=verdict,
        seconds=round(ending.seconds, 1),
        subject=str(told.get("Subject", "")),
        text=text,
        error=document.get("error"),
        cause=document.get("cause"),
        warnings=tuple((document.get("result") or {}).get("warnings", ())),
        messages=len(ending.messages),
        run=run_of(told) or run,
    )


def _ended(cell: Cell, ending: Ending, verdict: str) -> list[str]:
    right = " or ".join(sorted(cell.expect.verdicts))
    if ending.kind == "hang":
        return [f"the run did not end within {cell.limit:.0f} s"]
    if cell.champion and cell.expect.verdicts == TRAINED and _is_open(verdict, ending.document):
        return []
    return [] if verdict in cell.expect.verdicts else [f"it ended {verdict}, not {right}"]


def _is_open(verdict: str, document: dict[str, Any] | None) -> bool:
    """Say whether a model was compared, and the few rows of a cell's file settled nothing."""
    sentence = str(((document or {}).get("result") or {}).get("sentence"))
    return verdict == "pending" and _OPEN in sentence


def _once(ending: Ending, verdict: str) -> list[str]:
    """Check that one message came, and that what is kept is what was sent."""
    count = len(ending.messages)
    if verdict in ("hang", "silence", "dead_letter"):
        return [f"{count} messages though it ended {verdict}"] if count else []
    if count != 1:
        return [f"{count} messages, not one"]
    if ending.document is None:
        return ["message.json is not there"]
    if ending.document.get("sent") is None:
        return ["message.json does not say that it was sent"]
    if ending.document.get("text") != ending.messages[0]["Message"]:
        return ["message.json is not the message that was sent"]
    return []


def _worded(cell: Cell, text: str) -> list[str]:
    if not wording.body_of(text):
        return ["the message has no cause"]
    failures = []
    if not wording.names_place(text, cell.expect.places):
        failures.append("the cause names no step or file")
    if not wording.has_remedy(text):
        failures.append("the message has no remedy")
    return failures


def _warned(cell: Cell, verdict: str, document: dict[str, Any]) -> list[str]:
    warnings = (document.get("result") or {}).get("warnings", ())
    if verdict not in TRAINED or any(cell.expect.warning in warning for warning in warnings):
        return []
    return [f"no warning says {cell.expect.warning!r}"] if cell.expect.warning else []


def _registered(verdict: str, document: dict[str, object], packages: Packages) -> list[str]:
    """Check that only a run which is told as approved changes the model in use."""
    approval = {"approved": "Approved", "pending": "PendingManualApproval"}.get(verdict)
    added = [package for package in packages.after if package not in packages.before]
    if not set(packages.before) <= set(packages.after):
        return ["a model package that was there is gone or changed"]
    if verdict in ("dead_letter", "silence", "hang"):
        # Nobody was told how the run itself ended.
        return []
    if approval is None:
        return ["the failed run registered a model"] if added else []
    if [status for _, status in added] != [approval]:
        return [f"it is told as {verdict}, but registered {added or 'nothing'}"]
    result = document.get("result")
    told = result.get("model_package_arn") if isinstance(result, dict) else None
    return [] if told == added[0][0] else [f"the message names {told}, registered is {added[0][0]}"]
