"""Reads from a definition which state follows which, and in what case."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

State = dict[str, Any]
Machine = dict[str, Any]
"""What has StartAt and States: the definition, a branch of a Parallel, the processor of a Map."""

_SIGNS = {
    "NumericEquals": "=",
    "NumericLessThan": "<",
    "NumericGreaterThan": ">",
    "NumericGreaterThanEquals": "≥",
}


@dataclass(frozen=True)
class Transition:
    """A way from one state to another.

    Parameters
    ----------
    case : when it is taken, in words; empty if always.
    after_error : it looks at `$.error`, so it is taken after an error only.
    fails : it leads to a Fail state.
    """

    start: str
    end: str
    case: str = ""
    after_error: bool = False
    fails: bool = False


def inner_machines(state: State) -> list[Machine]:
    """Return the machines within a Map or a Parallel; none for other states."""
    return [*([state["ItemProcessor"]] if "ItemProcessor" in state else state.get("Branches", []))]


def all_machines(machine: Machine, name: str = "") -> Iterator[tuple[str, Machine]]:
    """Yield the machine and all within it, each with the state that it lies in."""
    yield name, machine
    for inner_name, state in machine["States"].items():
        for inner in inner_machines(state):
            yield from all_machines(inner, inner_name)


def transitions(machine: Machine) -> Iterator[Transition]:
    """Yield the ways that Next and Choices give; `catchers` has those that Catch gives.

    A Default is none: it is taken where the definition knows no case, and leads to a failure.
    """
    states = machine["States"]
    for name, state in states.items():
        rules = state.get("Choices", [])
        cases = zip(rules, _cases(name, rules), strict=True)
        ways = [(rule["Next"], case, _reads_error(rule)) for rule, case in cases]
        ways += [(state["Next"], "", False)] if "Next" in state else []
        for end, case, reads_error in _merged(ways):
            yield Transition(name, end, case, reads_error, states[end]["Type"] == "Fail")


def catchers(machine: Machine) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """Yield each catcher as state, errors and next state."""
    for name, state in machine["States"].items():
        for rule in state.get("Catch", []):
            yield name, tuple(rule["ErrorEquals"]), rule["Next"]


def without_error(machine: Machine) -> list[str]:
    """Return the states that a run without an error can enter, in the definition's order."""
    ways = [way for way in transitions(machine) if not (way.after_error or way.fails)]
    seen: set[str] = set()
    todo = [machine["StartAt"]]
    while todo:
        name = todo.pop()
        seen.add(name)
        todo += [way.end for way in ways if way.start == name and way.end not in seen]
    return [name for name in machine["States"] if name in seen]


def _merged(ways: Iterable[tuple[str, str, bool]]) -> list[tuple[str, str, bool]]:
    """Join the cases of ways that lead to the same state."""
    cases: dict[tuple[str, bool], list[str]] = {}
    for end, case, reads_error in ways:
        cases.setdefault((end, reads_error), []).append(case)
    return [(end, ", ".join(case), reads_error) for (end, reads_error), case in cases.items()]


def _parts(rule: State) -> list[State]:
    """Return the conditions that And, Or or Not join; none of a condition that stands alone."""
    return [*rule.get("And", []), *rule.get("Or", []), *([rule["Not"]] if "Not" in rule else [])]


def _variables(rule: State) -> set[str]:
    """Return the paths that a rule looks at."""
    own = {rule["Variable"]} if "Variable" in rule else set()
    return own.union(*map(_variables, _parts(rule)))


def _reads_error(rule: State) -> bool:
    return any(path.startswith("$.error") for path in _variables(rule))


def _cases(name: str, rules: list[State]) -> list[str]:
    """Put the rules of a Choice into words: the answers to the question that its name asks."""
    asked = [path for rule in rules for path in _variables(rule)]
    values = [rule.get("IsPresent", rule.get("BooleanEquals")) for rule in rules]
    if not rules:
        return []
    if (
        name.endswith("?")
        and len(set(asked)) == 1
        and sorted(map(str, values)) == ["False", "True"]
    ):
        return ["yes" if value else "no" for value in values]
    words = [_words(rule) for rule in rules]
    if _is_guard(rules[-1]) and any(path.startswith(asked[-1]) for path in asked[:-1]):
        words[-1] = "else"
    return words


def _words(rule: State) -> str:
    if "And" in rule:
        # That a field is there needs no words if another condition says what is in it.
        told = set().union(*(_variables(part) for part in rule["And"] if not _is_guard(part)))
        kept = [p for p in rule["And"] if not _is_guard(p) or p["Variable"] not in told]
        words = list(dict.fromkeys(map(_words, kept)))
        return (", and " if any(" or " in each for each in words) else " and ").join(words)
    if "Or" in rule:
        return _any_of(rule["Or"])
    if "Not" in rule:
        return "else"
    field = rule["Variable"].split(".")[-1]
    if _is_guard(rule):
        return f"has {field}"
    if "IsPresent" in rule:
        return f"no {field}"
    if "BooleanEquals" in rule:
        return field if rule["BooleanEquals"] else f"not {field}"
    if "StringEqualsPath" in rule:
        return f"{field} is {rule['StringEqualsPath'].split('.')[-1]}"
    if "StringEquals" in rule:
        return str(rule["StringEquals"])
    if "StringMatches" in rule:
        pattern = rule["StringMatches"]
        part = pattern.strip("*")
        return f"{field} has {part}" if pattern == f"*{part}*" else f"{field} like {pattern}"
    [(sign, value)] = [(_SIGNS[test], rule[test]) for test in rule if test in _SIGNS]
    return f"{field} {sign} {value}"


def _any_of(rules: list[State]) -> str:
    words = [_words(rule) for rule in rules]
    # Each after the first need not say again of which field it is.
    field = f"{rules[0].get('Variable', '').split('.')[-1]} has "
    if len(_variables({"Or": rules})) == 1 and all(word.startswith(field) for word in words):
        words = [words[0], *(word.removeprefix(field) for word in words[1:])]
    return " or ".join(words)


def _is_guard(rule: State) -> bool:
    """Tell whether a condition only asks for a field's presence or type."""
    return rule.get("IsPresent", rule.get("IsString")) is True
