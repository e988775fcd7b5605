"""A file gets in Python the predictions that it gets below score/, record by record."""

import json
from pathlib import Path
from typing import Any

import pytest

from dropforge.model.model import Model
from scoring.words import Words
from tests.unit.join.scored_file import Champion, Scored, score, trained

ODD = Path(__file__).parents[1] / "table" / "reading" / "odd_csv"
EXPECTED: dict[str, dict[str, Any]] = json.loads((ODD / "expected.json").read_text())
HEADER = "key,age,plan,price"
ROWS = [
    f"C{n:03d},{n % 70 + 18},{['gold', 'free'][n % 2]},{n % 70 * 2 + n % 2 * 40}"
    for n in range(300)
]
NEW = ["C900,40,gold,1", "C901,41,free,1", "C902,42,free,1"]
OTHER = {
    "commented out": [HEADER, *ROWS[:30], "#C901,41,free,1", *NEW],
    "a line of totals": [HEADER, *ROWS[:30], "Total,,,4000"],
    "lines behind the rows": [HEADER, *ROWS[:30], "Total,,,4000", "by a program"],
    "the header again": [HEADER, *NEW, HEADER, *NEW],
    "records of another width": [HEADER, NEW[0], "C901,41", "C901,41,free,1,2", NEW[2]],
    "blank lines": [HEADER, "", NEW[0], "", NEW[1], ""],
    "lines before the header": ["Prices of May", "", HEADER, *ROWS[:30]],
    "cells that are no numbers": [HEADER, *ROWS[:30], "C903,old,gold,1", "C904,,gold,1"],
}

pytestmark = pytest.mark.filterwarnings("ignore::dropforge.model.model.RowsWarning")


def expected(scored: Scored, champion: Champion) -> list[str]:
    """Return the predictions of the rows, in the words of the file."""
    words = Words.of_target(champion.encoder["target"]).fields()  # type: ignore[arg-type]
    parts = sorted(key for key in scored.files if "/predictions/" in key)
    text = "".join(scored.files[key].decode() for key in parts)
    return [words(line)[0] for line in text.splitlines()]


def differing(champion: Champion, data: bytes, name: str, folder: Path, **settings: Any) -> Any:
    scored = score(champion, data, name=name, settings={"reasons": 0, **settings})
    wanted = expected(scored, champion)
    assert wanted
    (folder / name).write_bytes(data)
    model = Model(champion.ensemble, champion.encoder)  # type: ignore[arg-type]
    found = [str(value) for value in model.predict(folder / name)["prediction"].drop_nulls()]
    return [] if found == wanted else (len(found), len(wanted), found[:5], wanted[:5])


@pytest.fixture(scope="module")
def champion() -> Champion:
    return trained("\n".join([HEADER, *ROWS]).encode(), {"target": "price"})


@pytest.mark.parametrize("kind", OTHER)
def test_file_with_lines_that_are_no_rows(kind: str, champion: Champion, tmp_path: Path) -> None:
    assert differing(champion, "\n".join(OTHER[kind]).encode(), "new.csv", tmp_path) == []


@pytest.mark.parametrize("name", [name for name, e in EXPECTED.items() if "warns" in e][::4])
def test_odd_file(name: str, tmp_path: Path) -> None:
    data, settings = (ODD / name).read_bytes(), EXPECTED[name].get("settings", {})
    assert differing(trained(data, settings), data, name, tmp_path, **settings) == []


@pytest.mark.parametrize("delimiter", ["\t", ";"])
def test_sign_of_the_settings_counts_wherever_the_file_is_read(
    delimiter: str, tmp_path: Path
) -> None:
    rows = [[f"1.{n:03d}" if n % 3 else "850", f"{n % 7}.5", str(n)] for n in range(300)]
    data = "\n".join(map(delimiter.join, [["big", "small", "price"], *rows])).encode()
    champion = trained(data, {"target": "price", "decimal": ","})
    assert champion.encoder["decimal"] == ","
    assert differing(champion, data, "new.csv", tmp_path, decimal=",") == []
    predicted = [float(text) for text in expected(score(champion, data), champion)]
    # Read as 1.001 to 1.299 they would all be near the least of training.
    assert max(abs(value - n) for n, value in enumerate(predicted) if n % 3) < 30
