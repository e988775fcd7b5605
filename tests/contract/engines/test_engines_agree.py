"""The state machine is executed by two engines, with the same answers: both take the same way.

The local cloud's engine is ministack's with patches; the second is LocalStack's, as it comes with
moto. The services' part is scripted: what a task returns, by state and count. Who disagrees with
whom, and why, is in differences.py.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.contract.engines.comparing import View, places_of, view
from tests.contract.engines.differences import DIFFERENCES, comparable
from tests.contract.engines.engine import Engine
from tests.contract.engines.scenarios import ALL
from tests.contract.engines.script import FILE, Record, Scenario

MACHINE = json.loads(FILE.read_text(encoding="utf-8"))
PLACES = places_of(MACHINE)
EXCEPTED = {name: each for each in DIFFERENCES.values() for name in each.until}


def entered(record: Record, place: str) -> tuple[str, ...]:
    return tuple(name for name, _ in record.entered if PLACES[name] == place)


def found(given: Any, path: str) -> Any:
    for name in path.split("."):
        given = given[name]
    return given


# One test, so that workers of pytest-xdist run a scenario once.
@pytest.mark.parametrize("scenario", ALL.values(), ids=lambda each: each.name)
def test_both_engines_go_the_way_that_is_written_down(
    scenario: Scenario, local: Engine, second: Engine
) -> None:
    record = local.run(scenario)
    is_as_written(record, scenario)
    ours, theirs = (compared(each, scenario) for each in (record, second.run(scenario)))
    assert theirs == ours


def compared(record: Record, scenario: Scenario) -> View:
    excepted = EXCEPTED.get(scenario.name)
    if excepted is None:
        return comparable(view(record, scenario, MACHINE))
    return comparable(excepted.applied(record, scenario, MACHINE))


def is_as_written(record: Record, scenario: Scenario) -> None:
    assert entered(record, "") == scenario.path
    for place, path in scenario.within.items():
        assert entered(record, place) == path
    for state, (path, values) in scenario.inputs.items():
        assert tuple(found(g, path) for name, g in record.asked if name == state) == values
    assert record.status == ("FAILED" if scenario.error else "SUCCEEDED")
    assert record.error == scenario.error
    if scenario.cause is None:
        assert scenario.error or record.cause is None
    elif scenario.cause.endswith("..."):
        assert str(record.cause).startswith(scenario.cause.removesuffix("..."))
    else:
        assert record.cause == scenario.cause
    for state, seconds in scenario.waited.items():
        assert tuple(each for name, each in record.waited if name == state) == seconds


@pytest.mark.parametrize("name", EXCEPTED)
def test_scenario_that_is_excepted_differs(name: str, local: Engine, second: Engine) -> None:
    ours, theirs = (comparable(view(e.run(ALL[name]), ALL[name], MACHINE)) for e in (local, second))
    assert theirs != ours, "take it off the table"


def test_waits_of_a_retry_differ(local: Engine, second: Engine) -> None:
    scenario = ALL["transform fails twice"]
    waited = [
        [s for n, s in e.run(scenario).waited if n == "Batch transform"] for e in (local, second)
    ]
    assert waited == [[60.0, 60.0], [600.0, 600.0]]


def test_documentation_counts_the_differences(root: Path) -> None:
    text = (root / "docs" / "local-cloud.md").read_text(encoding="utf-8")
    [counts] = re.findall(r"(\d+)\s+scenarios.*?(\d+)\s+kinds\s+of\s+difference", text, re.DOTALL)
    # That of a Retry's wait may be in any scenario.
    assert counts == (str(len(ALL)), str(len(DIFFERENCES) + 1))
