"""What of two records must be the same, and what need not be."""

import copy
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.contract.engines.script import Record, Scenario, State

View = dict[str, Any]
"""What is compared: how the execution ended, and by machine or state what was entered, asked and
waited for."""
Places = dict[str, str]
"""By state, the first state of the branch or Map that it stands in; empty for the machine's own."""


def places_of(machine: State, place: str = "") -> Places:
    found: Places = {}
    for name, state in machine["States"].items():
        found[name] = place
        for inner in [*state.get("Branches", []), *filter(None, [state.get("ItemProcessor")])]:
            found |= places_of(inner, inner["StartAt"])
    return found


def children_of(machine: State) -> set[str]:
    """Return the first states of what each item of a Map runs, in whatever order."""
    return {
        state["ItemProcessor"]["StartAt"]
        for state in machine["States"].values()
        if "ItemProcessor" in state
    }


def view(record: Record, scenario: Scenario, machine: State, until: str | None = None) -> View:
    """Arrange a record so that two engines' can be compared.

    Parameters
    ----------
    until : the last of the machine's own states that counts; all do if None.
    """
    places, children = places_of(machine), children_of(machine)
    kept = _kept(record, places, until)
    ends = ("status", "error", "cause", "output")
    seen: View = {end: getattr(record, end) for end in ends}
    for part, grouped in (("entered", places.__getitem__), ("asked", str), ("waited", str)):
        groups: dict[str, list[Any]] = {}
        for state, value in kept[part]:
            if scenario.failing is None or places[state] in ("", *children, scenario.failing):
                groups.setdefault(grouped(state), []).append([state, copy.deepcopy(value)])
        for name in children & groups.keys():
            groups[name].sort(key=json.dumps)
        seen[part] = groups
    return seen


def _kept(record: Record, places: Places, until: str | None) -> dict[str, list[Any]]:
    entered = record.entered
    if until is not None:
        names = [name for name, _ in entered]
        own = [number for number, name in enumerate(names) if not places[name]]
        last = own.index(names.index(until))
        entered = entered[: own[last + 1]] if last + 1 < len(own) else entered
    states = {name for name, _ in entered}
    asked = [pair for pair in record.asked if pair[0] in states]
    waited = [pair for pair in record.waited if pair[0] in states]
    return {"entered": entered, "asked": asked, "waited": waited}


@dataclass(frozen=True)
class Difference:
    """What the engines do not do alike.

    Parameters
    ----------
    right : who does as AWS's documents say; "local", "second", or "open" if they do not tell.
    until : by scenario, the state after which the engines part; None if the path is the same.
    fields : how the execution ended, as far as it is not compared.
    change : what else is left out of both.
    """

    right: str
    reason: str
    until: Mapping[str, str | None]
    fields: tuple[str, ...] = ()
    change: Callable[[View], View] = lambda seen: seen

    def applied(self, record: Record, scenario: Scenario, machine: State) -> View:
        seen = view(record, scenario, machine, self.until[scenario.name])
        for name in self.fields:
            del seen[name]
        return self.change(seen)
