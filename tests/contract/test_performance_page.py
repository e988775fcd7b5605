"""docs/performance.md has the figures that the bench wrote, and no others."""

import json
import re
from pathlib import Path
from typing import Any

from bench.end_to_end import tables

DOCS = Path(__file__).parents[2] / "docs"
FOUND: dict[str, Any] = json.loads((DOCS / "performance.json").read_text())
PAGE = (DOCS / "performance.md").read_text()


def test_page_has_the_tables_of_what_was_measured() -> None:
    assert FOUND["sizes"]
    assert tables.of_sizes(FOUND) in PAGE
    assert tables.of_cold(FOUND["cold"]) in PAGE
    for size in FOUND["sizes"]:
        assert tables.of_size(size) in PAGE


def test_page_says_when_and_on_what_it_was_measured() -> None:
    assert f"{FOUND['date']}, {FOUND['processors']} processors" in PAGE


def test_page_has_no_other_tables() -> None:
    known = "\n".join([tables.of_sizes(FOUND), *map(tables.of_size, FOUND["sizes"])]).split("\n")
    assert [line for line in re.findall(r"^\|.*$", PAGE, re.M) if line not in known] == []
