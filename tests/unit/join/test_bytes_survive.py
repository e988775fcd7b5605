"""What is added taken away again, a file is byte for byte what was dropped."""

import gzip
import random
import re
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from join import records
from tests.unit.join.scored_file import Champion, score, trained

random.seed(5)
TRAINING = "age,plan,price\n" + "".join(
    f"{age},{plan},{age * 2 + (plan == 'gold') * 9 + random.random():.2f}\n"
    for age, plan in ((random.randint(18, 90), random.choice(["gold", "free"])) for _ in range(200))
)
PLAIN = st.sampled_from(["x", " x ", "é", "a b", "-", "1e5 x", "007 x", "x  ", "'x", "#1x"])
TEXT = st.lists(
    st.sampled_from(["x", "y y", ",", ";", "\t", "|", '""', "\n", "\r\n", "é", "1e5", " "]),
    min_size=1,
    max_size=6,
).map(lambda parts: f'"z{"".join(parts)}z"')
AGE = st.integers(18, 90).map(str) | st.sampled_from(["040", " 41", "42 ", "", "4e1", '"43"'])
ROW = st.tuples(AGE, st.sampled_from(["gold", "free", '"gold"', "", "new"]), PLAIN | TEXT)


@pytest.fixture(scope="module")
def champion() -> Champion:
    return trained(TRAINING.encode(), {"target": "price"})


def without_added(result: str, delimiter: str) -> str:
    """Take away what is added to a regression's rows without reasons, and to its header."""
    mark = re.escape(delimiter)
    header = f"{delimiter}prediction{delimiter}prediction_error"
    assert result.count(header) == 1
    added = rf"{mark}-?\d+\.\d+(?:e-?\d+)?{mark}(?:[^\r\n{mark}]* not read)?(?=\r?\n|\Z)"
    return re.sub(added, "", result.replace(header, ""))


@settings(max_examples=30)
@given(
    rows=st.lists(ROW, min_size=3, max_size=12),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    newline=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-be"]),
    packed=st.booleans(),
    ended=st.booleans(),
    blank=st.booleans(),
    chunk_bytes=st.sampled_from([5, 64, 1 << 20]),
    block_bytes=st.sampled_from([0, 20, 4 << 20]),
)
def test_input_is_the_result_without_what_was_added(
    champion: Champion,
    rows: list[tuple[str, str, str]],
    delimiter: str,
    newline: str,
    encoding: str,
    packed: bool,
    ended: bool,
    blank: bool,
    chunk_bytes: int,
    block_bytes: int,
) -> None:
    lines = [delimiter.join(["age", "plan", "note"]), *(delimiter.join(row) for row in rows)]
    if blank:
        lines.insert(2, "")
    text = newline.join(lines) + newline * ended
    dropped = text.encode(encoding)
    with mock.patch.object(records, "_BLOCK_BYTES", block_bytes):
        scored = score(
            champion,
            gzip.compress(dropped) if packed else dropped,
            name="file.csv.gz" if packed else "file.csv",
            chunk_bytes=chunk_bytes,
            settings={"reasons": 0},
        )
    result = gzip.decompress(scored.result) if packed else scored.result
    # In bytes, so that a mark at the beginning counts.
    assert without_added(result.decode(encoding), delimiter).encode(encoding) == dropped
    assert scored.output["rows"] == len(rows)
