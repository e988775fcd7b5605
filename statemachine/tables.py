"""Lists a definition's catchers, ends and retry policies as Markdown tables."""

from collections.abc import Iterable

from statemachine.flow import Machine, all_machines, catchers
from statemachine.retry_policies import POLICIES, Retrier, name_of, waited_seconds, waits_seconds

Row = tuple[str, ...]


def catchers_table(definition: Machine) -> str:
    """List which error of which state leads where; equal catchers share a row."""
    rows: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for _, machine in all_machines(definition):
        for name, errors, end in catchers(machine):
            rows.setdefault((end, errors), []).append(name)
    return _table(
        ("Error", "In", "Next"),
        ((_code(errors), ", ".join(names), end) for (end, errors), names in sorted(rows.items())),
    )


def defaults_table(definition: Machine) -> str:
    """List the state that a Choice goes to if no case fits."""
    rows: dict[str, list[str]] = {}
    for _, machine in all_machines(definition):
        for name, state in machine["States"].items():
            if "Default" in state:
                rows.setdefault(state["Default"], []).append(name)
    return _table(
        ("No case fits in", "Next"), ((", ".join(each), end) for end, each in rows.items())
    )


def policies_table(*definitions: Machine) -> str:
    """List the named retry policies: what they wait for and how long, who carries them and why."""
    carried: dict[str | None, list[str]] = {}
    functions: list[str] = []  # the states whose task is a function
    for machine in (inner for one in definitions for _, inner in all_machines(one)):
        for name, state in machine["States"].items():
            # Both machines have states of one name, which carry the same.
            if "FunctionArn" in state.get("Resource", "") and name not in functions:
                functions.append(name)
            for retrier in state.get("Retry", []):
                states = carried.setdefault(name_of(retrier), [])
                states += [name] if name not in states else []
    return _table(
        ("Policy, and who carries it", "Tried again after", "Why"),
        (
            (
                f"`{name}`<br>{'every function' if found == functions else ', '.join(found)}",
                f"{_code(policy.retrier['ErrorEquals'])}<br>{_waits(policy.retrier)}",
                policy.reason,
            )
            for name, policy in POLICIES.items()
            for found in [carried.get(name, [])]
        ),
    )


def _table(head: Row, rows: Iterable[Row]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', '') for cell in line)} |\n" for line in lines)


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _waits(retrier: Retrier) -> str:
    """Say how often and when, and how long all of that is on average."""
    attempts = retrier["MaxAttempts"]
    if not attempts:
        return "never"
    waits = waits_seconds(retrier)
    apart = "" if waits[0] == waits[-1] else f"{waits[0]:.0f} to "
    apart += f"{_time(waits[-1])} apart"
    return f"{attempts} times, {apart}, {_time(waited_seconds(retrier))} in all"


def _time(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds >= 120 else f"{seconds:.0f} s"
