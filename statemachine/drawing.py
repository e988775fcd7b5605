"""Draws the state machines into this folder's README; `make drawing` runs this.

What is made from a definition stands between two comments that name it; the rest of the
README is written by hand and stays.
"""

import re
from collections.abc import Mapping

from statemachine.flow import Machine
from statemachine.form import FOLDER, parsed
from statemachine.mermaid import after_errors, main_path
from statemachine.tables import catchers_table, defaults_table, policies_table

TRAINING, SCORING = (
    FOLDER / f"{name}.asl.json" for name in ("train_and_batch_transform", "batch_transform")
)
README = FOLDER / "README.md"

_PART = re.compile(r"(<!-- drawn: ([\w ]+) -->\n).*?(<!-- end -->\n)", re.DOTALL)


def parts(definition: Machine, machine: str = "") -> dict[str, str]:
    """Return what the README shows of a definition, by the name in its comment.

    Parameters
    ----------
    machine : what the names begin with, to tell them from another definition's.
    """
    errors = {
        f"after an error in {name}" if name else "after an error": drawing
        for name, drawing in after_errors(definition)
    }
    made = {
        "main path": main_path(definition),
        **errors,
        "catchers": catchers_table(definition),
        "defaults": defaults_table(definition),
    }
    return {f"{machine} {name}".strip(): part for name, part in made.items()}


def all_parts(training: Machine, scoring: Machine) -> dict[str, str]:
    """Return what the README shows of both definitions."""
    return {
        **parts(training),
        **parts(scoring, "scoring"),
        "retry policies": policies_table(training, scoring),
    }


def with_parts(text: str, made: Mapping[str, str]) -> str:
    """Put each part between its comments.

    Raises
    ------
    ValueError : the text has no place for a part, or a place for what is none.
    """
    places = [match[2] for match in _PART.finditer(text)]
    if sorted(places) != sorted(made):
        raise ValueError(f"{README.name} has places for {places}, but these are made: {[*made]}")
    return _PART.sub(lambda match: f"{match[1]}\n{made[match[2]]}\n{match[3]}", text)


def main() -> None:
    """Write the README's parts anew."""
    training, scoring = (parsed(path.read_text(encoding="utf-8")) for path in (TRAINING, SCORING))
    text = README.read_text(encoding="utf-8")
    if (new := with_parts(text, all_parts(training, scoring))) != text:
        README.write_text(new, encoding="utf-8")


if __name__ == "__main__":
    main()
