"""Digests tell a later run which rows a model was trained on."""

import random
from array import array
from typing import Any

import polars as pl
import pytest

from prepare.splitting.digests import digest_rule, row_digests
from tests.unit.prepare.pipeline_run import Prepared, prepare

HEAD = "a,b,label"
ROWS = [f"{n * 7 % 101},x{n},{n * 3 % 17 / 2}" for n in range(300)]
SETTINGS: dict[str, Any] = {"target": "label"}


def made(rows: list[str], head: str = HEAD, **more: Any) -> Prepared:
    return prepare("\n".join([head, *rows, ""]).encode(), SETTINGS, **more)


def seen(prepared: Prepared) -> set[int]:
    return {digest for body in prepared.files("seen").values() for digest in array("Q", body)}


def test_digests_are_of_the_rows_that_train_or_validate() -> None:
    prepared = made(ROWS)
    assert len(seen(prepared)) == 300 - len(prepared.table("truth"))


def test_digests_of_any_chunk_size_are_the_same() -> None:
    assert seen(made(ROWS, chunk_bytes=200)) == seen(made(ROWS))


def compared(before: Prepared, rows: list[str], head: str = HEAD) -> tuple[int, int]:
    """Prepare a later file; return how many of its test rows the champion learned, and itself."""
    champion = {"found": True, "encoder_key": "runs/set-1/encoder.json"}
    later = made(rows, head, s3=before.s3, run="set-2", champion=champion)
    assert later.fit["champion"]["usable"]
    count = len(later.table("truth"))
    (body,) = later.files("tested").values()
    digests = list(array("Q", body))
    assert len(digests) == 2 * count
    theirs, own = digests[:count], digests[count:]
    return sum(d in seen(before) for d in theirs), sum(d in seen(later) for d in own)


KEYED = [f"{n},{row}" for n, row in enumerate(ROWS, 1)]
MIXED = random.Random(1).sample(ROWS, len(ROWS))


@pytest.mark.parametrize(
    ("rows", "head"),
    [
        ([f"{n},{row}" for n, row in enumerate(MIXED, 5001)], f"id,{HEAD}"),
        ([f"{row},{n % 7}" for n, row in enumerate(MIXED)], f"{HEAD},new"),
        ([",".join(reversed(row.split(","))) for row in MIXED], "label,b,a"),
        ([row.replace(".5", ".50") for row in MIXED], HEAD),
    ],
    ids=["renumbered", "more columns", "turned", "written otherwise"],
)
def test_rows_that_the_champion_learned_are_known_by_its_own_features(
    rows: list[str], head: str
) -> None:
    before = made(KEYED, f"id,{HEAD}")
    learned, own = compared(before, rows, head)
    assert 0.7 * 45 <= learned <= 45
    assert own == 0


def test_rows_with_another_target_or_feature_are_not_those_that_the_champion_learned() -> None:
    before = made(ROWS)
    assert compared(before, [f"{row}1" for row in MIXED])[0] == 0
    assert compared(before, [f"77{row}" for row in MIXED])[0] == 0


def test_other_encoders_give_other_digests() -> None:
    """So a later run asks with the champion's encoder, not with its own."""
    assert not seen(made([f"{row},{n}.5" for n, row in enumerate(ROWS)], f"{HEAD},c")) & seen(
        made(ROWS)
    )


def test_other_order_of_rows_shares_nearly_all_digests() -> None:
    mixed = random.Random(1).sample(ROWS, len(ROWS))
    both = seen(made(mixed)) & seen(made(ROWS))
    assert 0.5 * 300 < len(both) < 0.85 * 300


def test_large_files_keep_a_power_of_two_of_their_digests() -> None:
    assert [digest_rule(rows)["every"] for rows in (1, 10**6, 10**6 + 1, 9 * 10**6)] == [
        1,
        1,
        2,
        16,
    ]


def test_scheme_is_not_that_of_digests_of_whole_records() -> None:
    """Those began with the version of polars; a run that kept them counts as unknown."""
    assert digest_rule(1)["scheme"].startswith("features and target, polars ")


def test_order_of_the_columns_changes_no_digest_of_a_row() -> None:
    frame = pl.DataFrame({"c0": ["1", "2"], "c1": ["x", "y"]})
    other = pl.DataFrame({"c0": ["x", "y"], "c1": ["1", "2"]})
    assert row_digests(frame, ["b", "a"]).equals(row_digests(other, ["a", "b"]))
    assert not row_digests(frame, ["b", "a"]).equals(row_digests(frame, ["a", "b"]))
