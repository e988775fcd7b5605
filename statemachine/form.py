"""Writes the state machine's file in its one compact form; `make format` runs this.

A retrier and a catcher take one line each, so that two of a kind look alike and a difference
shows. A state takes several: its name stands on a line of its own, to be found and to be linked.
"""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
DEFINITIONS = sorted(FOLDER.glob("*.asl.json"))

WIDTH_COLUMNS = 105
INDENT = "  "

OPEN = {"States", "Branches", "Choices", "Retry", "Catch"}
"""Fields whose value takes a line for each of its items, even if all would fit on one."""

ONE_LINE = {"Retry", "Catch"}
"""Fields whose items take one line each, even if that is wider than the rest of the file."""


def parsed(text: str) -> dict[str, Any]:
    """Read a definition; a name that an object has twice is an error, as half of it would be lost.

    Raises
    ------
    ValueError : the text is no JSON, or an object has a name twice.
    """
    document: dict[str, Any] = json.loads(text, object_pairs_hook=_without_doubles)
    return document


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"named twice: {sorted({n for n in names if names.count(n) > 1})}")
    return result


def written(definition: dict[str, Any]) -> str:
    """Return the definition's text in the compact form; names keep their order."""
    return _open(definition, "", "") + "\n"


def _value(value: Any, field: str, parent: str, indent: str, taken: int) -> str:
    """Write a value on one line if it may and fits.

    Parameters
    ----------
    field, parent : names of the value and of what it lies in; empty for an item of a list.
    taken : columns that the line has already, and those of the comma after the value.
    """
    line = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or not value or parent in ONE_LINE:
        return line
    # Each item of States is a state.
    if field in OPEN or parent == "States" or taken + len(line) > WIDTH_COLUMNS:
        return _open(value, field, indent)
    return line


def _open(value: Any, field: str, indent: str) -> str:
    """Write an object or a list with a line or more for each of its items."""
    inner = indent + INDENT
    named = isinstance(value, dict)
    items = []
    for name, item in value.items() if named else (("", item) for item in value):
        start = inner + (f"{json.dumps(name, ensure_ascii=False)}: " if named else "")
        items.append(start + _value(item, name, field, inner, len(start) + 1))
    first, last = "{}" if named else "[]"
    return first + "\n" + ",\n".join(items) + "\n" + indent + last


def main() -> None:
    """Write each definition that is not in the compact form anew."""
    for path in DEFINITIONS:
        text = path.read_text(encoding="utf-8")
        if (new := written(parsed(text))) != text:
            path.write_text(new, encoding="utf-8")


if __name__ == "__main__":
    main()
