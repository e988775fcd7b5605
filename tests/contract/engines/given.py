"""What each task is given: its first input in the first scenario that asks it.

`python -m tests.contract.engines.given` writes it anew after a change that is meant.
"""

import json
from pathlib import Path
from typing import Any

from tests.contract.engines.comparing import children_of
from tests.contract.engines.engine import Engine
from tests.contract.engines.scenarios import ALL
from tests.contract.engines.script import FILE as DEFINITION
from tests.contract.engines.script import definition_of

FILE = Path(__file__).with_name("given.json")


def given_by(engine: Engine) -> dict[str, Any]:
    found: dict[str, Any] = {}
    children = children_of(json.loads(DEFINITION.read_text(encoding="utf-8")))
    for scenario in ALL.values():
        # Chance tells which child of a Map asks first.
        for state, given in engine.run(scenario).asked:
            first = state not in children or given["chunk"] == {"index": 0}
            if first and state not in found:
                found[state] = given
    return dict(sorted(found.items()))


def main() -> None:
    with Engine("local", definition_of(DEFINITION)) as engine:
        text = json.dumps(given_by(engine), indent=1)
    FILE.write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
