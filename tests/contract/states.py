"""Walks a state machine's definition, sub-machines of Maps and Parallels included."""

import inspect
from collections.abc import Iterator
from typing import Any

from pipeline import errors

State = dict[str, Any]

LEAVES = {
    name
    for name, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, errors.PipelineError) and not kind.__subclasses__()
}
"""The error names that the functions may end with."""


def machines(definition: State) -> Iterator[dict[str, State]]:
    """Yield the States object of the machine and of each sub-machine."""
    yield definition["States"]
    for state in definition["States"].values():
        inner = [
            *state.get("Branches", []),
            *([state["ItemProcessor"]] if "ItemProcessor" in state else []),
        ]
        for machine in inner:
            yield from machines(machine)


def all_states(definition: State) -> dict[str, State]:
    """Return every state by name; names are unique over the whole definition."""
    states = [pair for machine in machines(definition) for pair in machine.items()]
    assert len({name for name, _ in states}) == len(states)
    return dict(states)


def next_of(state: State) -> set[str]:
    """Return the states that a state can go to without an error."""
    choices = {choice["Next"] for choice in state.get("Choices", [])}
    return choices | {state[field] for field in ("Next", "Default") if field in state}


def reachable(machine: dict[str, State], start: set[str]) -> set[str]:
    """Return what can be reached from some states, themselves included."""
    seen: set[str] = set()
    todo = set(start)
    while todo:
        name = todo.pop()
        seen.add(name)
        state = machine[name]
        todo |= (next_of(state) | {c["Next"] for c in state.get("Catch", [])}) - seen
    return seen
