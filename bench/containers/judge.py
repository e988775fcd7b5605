"""What came of one event: SAM exits with 0 also when the function failed."""

import json
from dataclasses import dataclass
from typing import Any

REFUSALS = {"trigger-not-csv": "refused"}
"""Events that are about a refusal, and the outcome that tells of it."""
RESULT, REFUSAL, FAILED = "result", "refusal", "FAILED"
_LONGEST = 300


@dataclass(frozen=True)
class Outcome:
    """What came of an event.

    Parameters
    ----------
    kind : RESULT, REFUSAL or FAILED.
    text : the result as JSON, or what failed.
    """

    kind: str
    text: str


def judge(event: str, code: int, printed: str, logged: str) -> Outcome:
    """Judge what `sam local invoke` printed (the function's answer) and logged.

    Parameters
    ----------
    event : the name of its file, without the ending.
    """
    if code != 0:
        return Outcome(FAILED, f"sam exited with {code}: {_last(logged, 'Error: ')}")
    if not printed.strip():
        return Outcome(FAILED, f"the function gave no answer: {_last(logged, 'timed out')}")
    try:
        answer = json.loads(printed)
    except ValueError:
        return Outcome(FAILED, f"no JSON: {_short(printed)}")
    if isinstance(answer, dict) and "errorType" in answer:
        return Outcome(FAILED, _short(f"{answer['errorType']}: {answer.get('errorMessage')}"))
    return _of_answer(event, answer)


def _of_answer(event: str, answer: Any) -> Outcome:
    text = _short(json.dumps(answer, ensure_ascii=False))
    fields = answer if isinstance(answer, dict) else {}
    if fields.get("batchItemFailures"):
        return Outcome(FAILED, f"an order stays in its queue: {text}")
    outcomes = {each["outcome"] for each in fields.get("outcomes", ())}
    wanted = REFUSALS.get(event)
    if wanted:
        return Outcome(REFUSAL if outcomes == {wanted} else FAILED, text)
    return Outcome(FAILED if set(REFUSALS.values()) & outcomes else RESULT, text)


def _last(logged: str, mark: str) -> str:
    lines = [line.strip() for line in logged.splitlines() if line.strip()]
    marked = [line for line in lines if mark in line]
    return _short((marked or lines or ["it said nothing"])[-1])


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]} ..."
