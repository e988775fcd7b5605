"""Draws a definition as Mermaid flowcharts, which GitHub shows in Markdown."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from statemachine.flow import (
    Machine,
    State,
    Transition,
    all_machines,
    catchers,
    inner_machines,
    transitions,
    without_error,
)

# Text and frame have colours of their own, so that GitHub's dark mode can show them too.
_CLASSES = {
    "function": "fill:#ffe8cc,stroke:#d9730d,color:#1f2328",
    "sagemaker": "fill:#d3f5ea,stroke:#0b7a5e,color:#1f2328",
    "choice": "fill:#e7ecf3,stroke:#57606a,color:#1f2328",
    "step": "fill:#ffffff,stroke:#8c959f,color:#1f2328",
    "success": "fill:#1a7f37,stroke:#1a7f37,color:#ffffff",
    "failure": "fill:#cf222e,stroke:#cf222e,color:#ffffff",
    "cause": "fill:#ffebe9,stroke:#cf222e,color:#1f2328,stroke-dasharray:4 3",
    "elsewhere": "fill:#f6f8fa,stroke:#8c959f,color:#57606a,stroke-dasharray:4 3",
}
_GROUP = "fill:transparent,stroke:#8c959f"
_SHAPES = {
    "choice": ('{{"', '"}}'),
    "step": ('("', '")'),
    "success": ('(["', '"])'),
    "failure": ('["', '"]'),
    "elsewhere": ('("', '")'),
    "cause": ('>"', '"]'),
}
_NAMES_AT_MOST = 2
"""More states or errors than these are counted in a drawing; the tables name them."""
_SETTINGS = '%%{init: {"flowchart": {"rankSpacing": 28, "nodeSpacing": 30}}}%%'
_INDENT = "    "


def main_path(definition: Machine) -> str:
    """Draw what a run can go through as long as nothing fails."""
    return _drawing(_without_error(definition, top=True))


def after_errors(definition: Machine) -> Iterator[tuple[str, str]]:
    """Yield drawings of what follows an error, up to an end or back to the main path.

    Yields
    ------
    The state in whose branches the error is, empty for the definition itself, and the drawing.
    """
    lines: dict[str, list[str]] = {}
    for name, machine in all_machines(definition):
        lines.setdefault(name, []).extend(_after_errors(machine, top=not name))
    yield from ((name, _drawing(each)) for name, each in lines.items() if each)


def _after_errors(machine: Machine, top: bool) -> Iterator[str]:
    states = machine["States"]
    main = set(without_error(machine))
    caught: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for name, errors, end in catchers(machine):
        # What leads straight to an end, or on as without the error, needs no picture.
        if end not in main and states[end]["Type"] != "Fail":
            caught.setdefault(end, []).append((name, errors))
    ways = [way for way in transitions(machine) if way.after_error or way.start not in main]
    used = {end for way in ways for end in ((way.start,) if way.fails else (way.start, way.end))}
    for name, state in states.items():
        if name in used | caught.keys():
            yield _node(name, state, "elsewhere" if name in main else _kind(state, top))
    for end, rules in caught.items():
        yield f"cause_{_id(end)}{_boxed(_cause(rules), 'cause')}"
        yield f"cause_{_id(end)} --> {_id(end)}"
    yield from _arrows(ways)


def _without_error(machine: Machine, top: bool) -> Iterator[str]:
    names = without_error(machine)
    for name in names:
        state = machine["States"][name]
        inner = inner_machines(state)
        if not inner:
            yield _node(name, state, _kind(state, top))
            continue
        yield f'subgraph {_id(name)}["{_title(name, state)}"]'
        yield _INDENT + "direction TB"
        for number, each in enumerate(inner, 1):
            lines = _without_error(each, top=False)
            if len(inner) > 1:
                lines = _branch(f"{_id(name)}_{number}", lines)
            yield from (_INDENT + line for line in lines)
        yield "end"
        yield f"style {_id(name)} {_GROUP}"
    ways = [way for way in transitions(machine) if not way.after_error and way.start in names]
    order = list(machine["States"])
    back = {way for way in ways if not way.fails and order.index(way.end) < order.index(way.start)}
    yield from _arrows(way for way in ways if way not in back)
    # An arrow up through the whole drawing is hard to follow, and turns the drawing around.
    for way in sorted(back, key=lambda way: way.end):
        copy = f"back to {way.end}"
        yield f"{_id(copy)}{_boxed(_text(copy), 'elsewhere')}"
        yield from _arrows([replace(way, end=copy)])


def _branch(identity: str, lines: Iterable[str]) -> Iterator[str]:
    yield f'subgraph {identity}[" "]'
    yield from (_INDENT + line for line in ["direction TB", *lines])
    yield "end"
    yield f"style {identity} {_GROUP}"


def _drawing(lines: Iterable[str]) -> str:
    styles = [f"classDef {name} {style}" for name, style in _CLASSES.items()]
    body = "\n".join(_INDENT + line for line in [*lines, *styles])
    return f"```mermaid\n{_SETTINGS}\nflowchart TD\n{body}\n```\n"


def _arrows(ways: Iterable[Transition]) -> Iterator[str]:
    failing: dict[str, list[str]] = {}
    for way in ways:
        case = f'|"{_text(way.case)}"|' if way.case else ""
        if way.fails:
            failing.setdefault(way.start, []).append(way.end)
        else:
            yield f"{_id(way.start)} -->{case} {_id(way.end)}"
    # One box for all failures of a state: a box each would make the drawing too wide to read.
    for name, ends in failing.items():
        yield f"{_id(name)}_fails{_boxed('<br>'.join(map(_text, ends)), 'failure')}"
        yield f"{_id(name)} --> {_id(name)}_fails"


def _id(name: str) -> str:
    return re.sub(r"\W+", "_", name).strip("_").lower()


def _text(text: str) -> str:
    """Escape what Mermaid would read as its own."""
    for sign, entity in (("#", "#35;"), ('"', "#quot;"), ("<", "#lt;"), (">", "#gt;")):
        text = text.replace(sign, entity)
    return text


def _kind(state: State, top: bool) -> str:
    kind = {"Choice": "choice", "Fail": "failure", "Task": "function"}.get(state["Type"], "step")
    if kind == "function" and ":sagemaker:" in state["Resource"]:
        return "sagemaker"
    # The end of a branch is no end of the run.
    return "success" if top and state.get("End") else kind


def _node(name: str, state: State, kind: str) -> str:
    lines = [_text(name)]
    if state["Type"] == "Task" and kind != "elsewhere":
        lines.append(_resource(state))
    return _id(name) + _boxed("<br>".join(lines), kind)


def _boxed(text: str, kind: str) -> str:
    first, last = _SHAPES.get(kind, ('["', '"]'))
    return f"{first}{text}{last}:::{kind}"


def _resource(state: State) -> str:
    """Name a task's function, or what it calls of SageMaker."""
    name = str(state["Resource"]).rsplit(":", 1)[-1].removesuffix(".sync")
    if name.startswith("${"):
        return re.sub(r"\$\{(\w+)Arn\}", r"\1", name)
    return name[0].upper() + name[1:]


def _title(name: str, state: State) -> str:
    if state["Type"] == "Map":
        return f"{_text(name)}: Map, at most {state['MaxConcurrency']} at once"
    return f"{_text(name)}: in parallel"


def _cause(rules: list[tuple[str, tuple[str, ...]]]) -> str:
    states = list(dict.fromkeys(name for name, _ in rules))
    errors = list(dict.fromkeys(error for _, each in rules for error in each))
    what = "any other error" if "States.ALL" in errors else _few(errors, "errors")
    return f"{what}<br>in {_few(states, 'states')}"


def _few(names: list[str], plural: str) -> str:
    if len(names) > _NAMES_AT_MOST:
        return f"{len(names)} {plural}"
    # Service and error on two lines: a box is as wide as its longest word.
    return " and<br>".join(_text(name).replace("SageMaker.", "SageMaker.<br>") for name in names)
