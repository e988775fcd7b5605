"""Lies beside the functions' code in the copy that is deployed: a handler that fails when told to.

FAULTS_FOLDER holds arranged.json, a list of what is to happen; see `bench.faults.functions`.
"""

import importlib
import json
import os
import signal
import time
from pathlib import Path
from typing import Any

_PAUSE_SECONDS = 60.0
_LARGE = 7 * 1024 * 1024


class FaultOnPurposeError(Exception):
    """What a handler raises that is told to."""


def wrapped(function: str) -> Any:
    """Return the function's own handler, with what is arranged around it."""
    if os.environ.get("FAULT_AT_IMPORT"):
        raise ImportError("a failure on purpose")
    _hasten(os.environ.get("FAULT_SILENCE_SECONDS"))
    shipped = importlib.import_module(f"{function}.handler").handler
    folder = Path(os.environ["FAULTS_FOLDER"])

    def handler(event: Any, context: Any) -> Any:
        met = [fault for fault in _arranged(folder, function, event) if _use(folder, fault)]
        for fault in met:
            _before(folder, fault)
        answer = shipped(event, context)
        for fault in met:
            answer = _after(folder, fault, answer)
        return answer

    return handler


def _hasten(silence: str | None) -> None:
    """Skip the clients' waits between attempts, as those of the state machine are skipped.

    Parameters
    ----------
    silence : seconds after which a call counts as failed, in place of what is shipped.
    """
    from botocore.retries import standard

    from pipeline import clients

    standard.ExponentialBackoff.delay_amount = lambda *_arguments: 0.0
    if silence:
        attempts, _, *others = clients.client.__defaults__ or ()
        clients.client.__defaults__ = (attempts, float(silence), *others)


def _arranged(folder: Path, function: str, event: Any) -> list[dict[str, Any]]:
    text = json.dumps(event)
    step = event.get("step", "") if isinstance(event, dict) else ""
    faults = json.loads((folder / "arranged.json").read_text())
    return [
        fault
        for fault in faults
        if fault["function"] == function
        and fault.get("step", step) == step
        and fault["marker"] in text
    ]


def _use(folder: Path, fault: dict[str, Any]) -> bool:
    """Take one use of a fault; false once its count is used up."""
    for number in range(fault.get("count", 1_000)):
        try:
            (folder / f"met-{fault['id']}-{number}").touch(exist_ok=False)
        except FileExistsError:
            continue
        return True
    return False


def _before(folder: Path, fault: dict[str, Any]) -> None:
    kind = fault["fault"]
    if kind == "raise":
        raise FaultOnPurposeError("a failure on purpose")
    if kind == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if kind == "sleep":
        time.sleep(fault["seconds"])
    if kind == "pause_before":
        _pause(folder, fault)


def _after(folder: Path, fault: dict[str, Any], answer: Any) -> Any:
    kind = fault["fault"]
    if kind == "die_after":
        os.kill(os.getpid(), signal.SIGKILL)
    if kind == "rubbish":
        return {"rubbish": True}
    if kind == "large":
        return {"answer": answer, "padding": "x" * _LARGE}
    if kind == "pause_after":
        _pause(folder, fault)
    return answer


def _pause(folder: Path, fault: dict[str, Any]) -> None:
    (folder / f"paused-{fault['id']}").touch()
    end = time.monotonic() + _PAUSE_SECONDS
    while not (folder / f"go-{fault['id']}").exists() and time.monotonic() < end:
        time.sleep(0.02)
