"""What a failed run's message must say: what failed, where, and what to do.

This is the one place that decides whether a text has a remedy. It can be checked:
a remedy is an instruction, that is one of the verbs below where a sentence or a
part of one begins. What SageMaker itself says ("Please use AWS Service Quotas to
...") counts. Whether the instruction helps is for people to judge: --messages
prints them.
"""

import json
import re
from functools import cache

from bench.faults.project import ROOT

_VERBS = (
    "add allow answer approve ask attach check choose confirm correct delete describe deploy "
    "download drop enable ensure export find free give grant increase keep let look lower "
    "make mend move name open pass point put raise read remove rename repair replace report "
    "request restart restore retrain retry run save see send set shorten show split start stop "
    "take train tell try turn unpack upload upgrade use wait write"
)
_BEGINS = r"(?:^|[.;:,!?]\s+|\b(?:and|or|so|then|please|you can|it may help to|to retry,)\s+)"
_INSTRUCTION = re.compile(
    rf"{_BEGINS}(?:{'|'.join(_VERBS.split())})\b(?![:=\"'(]| id\b)", re.IGNORECASE | re.MULTILINE
)
# What is no instruction, or helps nobody: SageMaker says it of every job that fails.
_EMPTY = re.compile(r"check failed|see job logs for more information", re.IGNORECASE)
# Facts at the end of each message; "Run:" is no instruction.
_FOOTER = re.compile(r"^(?:File|Run|Error|Execution): .*$", re.MULTILINE)


def body_of(text: str) -> str:
    """Return what a message says besides its subject and the facts at its end."""
    return _FOOTER.sub("", text.partition("\n")[2]).strip()


def has_remedy(text: str) -> bool:
    """Tell whether a message says what to do."""
    return _INSTRUCTION.search(_EMPTY.sub("", body_of(text))) is not None


def names_place(text: str, places: tuple[str, ...]) -> bool:
    """Tell whether a message names the step or the thing that failed."""
    body = body_of(text)
    if any(name in body for name in states()):
        return True
    return any(place.casefold() in body.casefold() for place in places)


@cache
def states() -> tuple[str, ...]:
    """Return the names of the state machines' states that do something."""
    files = (ROOT / "statemachine").glob("*.asl.json")
    return tuple(
        name for file in files for name in _working(json.loads(file.read_text())["States"])
    )


def _working(found: dict[str, dict[str, object]]) -> list[str]:
    names = []
    for name, state in found.items():
        if state["Type"] in ("Task", "Map", "Parallel"):
            names.append(name)
        inner = [state.get("ItemProcessor"), *(state.get("Branches") or [])]  # type: ignore[misc]
        for machine in filter(None, inner):
            names += _working(machine["States"])
    return names
