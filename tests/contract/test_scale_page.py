"""docs/scale.md has the figures that the benches wrote, and no others."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from bench.large.tables import of_large
from bench.scale import tables
from prepare.training.memory import Table, instance_for

DOCS = Path(__file__).parents[2] / "docs"
FOUND: dict[str, Any] = json.loads((DOCS / "scale.json").read_text())
LARGE: list[dict[str, Any]] = json.loads((DOCS / "large.json").read_text())
PAGE = (DOCS / "scale.md").read_text()
TABLES = [*tables.all_of(FOUND), of_large(LARGE)]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.split("|")[1].strip())
def test_page_has_each_table(table: str) -> None:
    assert table in PAGE


@pytest.mark.parametrize("measured", FOUND["training"], ids=lambda one: f"{one['features']}")
def test_bounds_of_the_trainings_memory_hold_what_was_measured(measured: dict[str, Any]) -> None:
    there = 1 - measured["missing"] / 100
    table = Table(measured["rows"], 0, measured["features"], there)
    assert table.least_gib(1) * 1024 <= measured["mib"]
    found = instance_for(table, 1)
    assert found is not None
    assert measured["mib"] <= table.most_gib(1) * 1024 <= found[1] * 1024


def test_page_says_when_and_on_what_it_was_measured() -> None:
    assert f"{FOUND['date']}, {FOUND['processors']} processors" in PAGE


def test_page_has_no_other_tables() -> None:
    known = {line for table in TABLES for line in table.split("\n")}
    assert [line for line in re.findall(r"^\|.*$", PAGE, re.M) if line not in known] == []
