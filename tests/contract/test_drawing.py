"""The README of the state machine shows what is in its file."""

import re
from typing import Any

from statemachine import drawing
from tests.contract.states import all_states, machines, next_of

State = dict[str, Any]

ARROW = re.compile(r"^ *(\w+) -->(?:\|\".*\"\|)? (\w+)$", re.MULTILINE)
BOX = re.compile(r"^ *(?:subgraph )?(\w+)(?:\W{0,2}[\[({>]+)\"(.*?)\"", re.MULTILINE)


def drawn(definition: State) -> list[str]:
    return [text for text in drawing.parts(definition).values() if "```mermaid" in text]


def test_drawing_is_current(definition: State, scoring: State) -> None:
    text = drawing.README.read_text(encoding="utf-8")
    made = drawing.all_parts(definition, scoring)
    assert drawing.with_parts(text, made) == text, "run `make drawing`"


def test_every_state_is_drawn_or_listed_as_a_failure(definition: State) -> None:
    boxes = [box for text in drawn(definition) for _, box in BOX.findall(text)]
    shown = {line for box in boxes for line in box.split("<br>")}
    shown |= {title.split(": ")[0] for title in boxes}
    states = all_states(definition)
    hidden = set(states) - shown
    assert all(states[name]["Type"] == "Fail" for name in hidden)
    # What is caught may lead straight to a failure, and a Choice that knows no case does.
    listed = drawing.parts(definition)["catchers"] + drawing.parts(definition)["defaults"]
    assert [name for name in hidden if f"| {name} |\n" not in listed] == []


def test_every_arrow_joins_two_boxes_of_one_name_each(definition: State) -> None:
    for text in drawn(definition):
        identities = [identity for identity, _ in BOX.findall(text)]
        assert len(set(identities)) == len(identities)
        arrows = ARROW.findall(text)
        assert len(arrows) > 5
        assert {end for arrow in arrows for end in arrow} <= set(identities)


def test_every_way_on_is_an_arrow(definition: State) -> None:
    arrows = {arrow for text in drawn(definition) for arrow in ARROW.findall(text)}
    arrows = {(start, end.removeprefix("back_to_")) for start, end in arrows}
    for machine in machines(definition):
        for name, state in machine.items():
            for end in next_of({**state, "Default": name}) - {name}:
                fails = machine[end]["Type"] == "Fail"
                wanted = f"{slug(name)}_fails" if fails else slug(end)
                assert (slug(name), wanted) in arrows, f"{name} to {end}"


def slug(name: str) -> str:
    return re.sub(r"\W+", "_", name).strip("_").lower()


def test_every_catcher_is_listed(definition: State) -> None:
    rows = [line.split(" | ") for line in drawing.parts(definition)["catchers"].splitlines()]
    for name, state in all_states(definition).items():
        for catcher in state.get("Catch", []):
            errors = ", ".join(f"`{error}`" for error in catcher["ErrorEquals"])
            [row] = [row for row in rows if row[0] == f"| {errors}" and name in row[1].split(", ")]
            assert row[2] == f"{catcher['Next']} |"
