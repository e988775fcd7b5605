"""A definition as a whole: its states, how they lead to each other, and machines within it."""

import json
from typing import Any

from dropforge.cloud.patches.stepfunctions.definition.problems import (
    DUPLICATE,
    NO_JSON,
    TARGET,
    Problem,
    Problems,
    is_integer,
    schema,
)
from dropforge.cloud.patches.stepfunctions.definition.states import of_state

_TOP = {"Comment", "StartAt", "States", "Version", "TimeoutSeconds", "QueryLanguage"}
_INNER = {"Comment", "StartAt", "States", "QueryLanguage", "ProcessorConfig"}
_LANGUAGES = ("JSONPath", "JSONata")
_NAME_LENGTH = 80


def problems_of(text: Any) -> list[Problem]:
    """Return every reason for which AWS would refuse a definition."""
    try:
        document = json.loads(text)
    except (TypeError, ValueError) as error:
        return [Problem(NO_JSON, str(error), "")]
    if not isinstance(document, dict):
        return [schema("A definition must be an object", "")]
    found = list(_of_machine(document, "", "JSONPath", _TOP))
    limit = document.get("TimeoutSeconds", 1)
    if not is_integer(limit, 1):
        found.append(schema("'TimeoutSeconds' must be a whole number above 0", "/TimeoutSeconds"))
    return found + list(_duplicates(document))


def _of_machine(machine: Any, place: str, language: str, known: set[str]) -> Problems:
    if not isinstance(machine, dict):
        yield schema("It must be an object with 'StartAt' and 'States'", place)
        return
    language = machine.get("QueryLanguage", language)
    if language not in _LANGUAGES:
        yield schema("'QueryLanguage' must be JSONPath or JSONata", f"{place}/QueryLanguage")
    for name in sorted(set(machine) - known):
        yield schema(f"The field '{name}' is not supported", f"{place}/{name}")
    states = machine.get("States")
    for name in ("StartAt", "States"):
        if name not in machine:
            yield schema(f"The field '{name}' is required but was missing", place or "/")
    if not isinstance(states, dict) or not states:
        if "States" in machine:
            yield schema("The field 'States' must have at least one state", f"{place}/States")
        return
    for name, state in states.items():
        own = f"{place}/States/{name}"
        if not name or len(name) > _NAME_LENGTH:
            yield schema(f"A state's name has 1 to {_NAME_LENGTH} characters", own)
        yield from of_state(state, own, language)
        if isinstance(state, dict):
            yield from _of_inner(state, own, language)
    yield from _of_targets(machine.get("StartAt"), states, place)


def _of_inner(state: dict[str, Any], place: str, language: str) -> Problems:
    """Yield what is wrong with the machines of a Map or Parallel."""
    kind = state.get("Type")
    if kind == "Parallel" and "Branches" in state:
        branches = state["Branches"]
        if not isinstance(branches, list) or not branches:
            yield schema("'Branches' must be a list of at least one", f"{place}/Branches")
            return
        for number, branch in enumerate(branches):
            yield from _of_machine(branch, f"{place}/Branches/{number}", language, _INNER)
    if kind == "Map":
        name = "ItemProcessor" if "ItemProcessor" in state else "Iterator"
        if name not in state:
            yield schema("The field 'ItemProcessor' is required but was missing", place)
            return
        yield from _of_machine(state[name], f"{place}/{name}", language, _INNER)


def _targets(state: dict[str, Any], place: str) -> list[tuple[str, Any, str]]:
    """Return the field, the name and the place of each state that one leads to."""
    named: list[tuple[str, Any, str]] = [
        (field, state[field], f"{place}/{field}") for field in ("Next", "Default") if field in state
    ]
    for field in ("Choices", "Catch"):
        rules = state.get(field)
        for number, rule in enumerate(rules if isinstance(rules, list) else []):
            if isinstance(rule, dict) and "Next" in rule:
                named.append(("Next", rule["Next"], f"{place}/{field}/{number}/Next"))
    return named


def _of_targets(start: Any, states: dict[str, Any], place: str) -> Problems:
    ways: dict[str, list[Any]] = {}
    if isinstance(start, str) and start not in states:
        yield Problem(TARGET, f"Missing 'StartAt' target: {start}", f"{place}/StartAt")
    elif start is not None and not isinstance(start, str):
        yield schema("The field 'StartAt' must be a text", f"{place}/StartAt")
    for name, state in states.items():
        if not isinstance(state, dict):
            continue
        found = _targets(state, f"{place}/States/{name}")
        ways[name] = [target for _, target, _ in found if isinstance(target, str)]
        for field, target, own in found:
            if not isinstance(target, str):
                yield schema(f"The field '{field}' must be a text", own)
            elif target not in states:
                yield Problem(TARGET, f"Missing '{field}' target: {target}", own)
    seen: set[Any] = set()
    todo = [start]
    while todo:
        name = todo.pop()
        if isinstance(name, str) and name in ways and name not in seen:
            seen.add(name)
            todo += ways[name]
    for name in states:
        if isinstance(start, str) and start in states and name not in seen:
            yield Problem(TARGET, f'State "{name}" is not reachable.', f"{place}/States/{name}")
    # A state without any way on is a problem of its own; one that ends may have catchers.
    if all(ways.get(name) and states[name].get("End") is not True for name in states):
        yield Problem(TARGET, "No state ends the machine", f"{place}/States")


def _duplicates(document: dict[str, Any]) -> Problems:
    """Yield the names that two states have, in whatever machine."""
    seen: set[str] = set()
    todo: list[tuple[Any, str]] = [(document, "")]
    while todo:
        machine, place = todo.pop(0)
        states = machine.get("States") if isinstance(machine, dict) else None
        for name, state in states.items() if isinstance(states, dict) else ():
            own = f"{place}/States/{name}"
            if name in seen:
                yield Problem(DUPLICATE, f"Duplicate State name: {name}", own)
            seen.add(name)
            if not isinstance(state, dict):
                continue
            branches = state.get("Branches")
            for number, branch in enumerate(branches if isinstance(branches, list) else []):
                todo.append((branch, f"{own}/Branches/{number}"))
            todo += [(state[f], f"{own}/{f}") for f in ("ItemProcessor", "Iterator") if f in state]
