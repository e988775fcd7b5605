"""Fields that AWS takes and ministack passes over: a machine would run otherwise than there."""

import json
from collections.abc import Iterator
from typing import Any

from dropforge.cloud.api_errors import unsupported

_BATCHES = ("ItemBatcher", "ResultWriter")


def not_done(definition: str) -> str | None:
    """Say which state of a definition needs what the local cloud does not do; None if none does."""
    for name, state, language in _states_of(json.loads(definition), "JSONPath"):
        fields = _BATCHES if language == "JSONata" else (*_BATCHES, "Assign")
        rules = [*state.get("Catch", []), *state.get("Choices", [])]
        for field in fields:
            if any(field in each for each in (state, *rules)):
                return f"State {name!r}: {unsupported(field)}"
    return None


def _states_of(machine: Any, language: str) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Yield each state of a machine and of those within it, with its name and query language."""
    language = machine.get("QueryLanguage", language)
    for name, state in machine["States"].items():
        yield name, state, state.get("QueryLanguage", language)
        inner = [state[field] for field in ("ItemProcessor", "Iterator") if field in state]
        for each in [*state.get("Branches", []), *inner]:
            yield from _states_of(each, language)
