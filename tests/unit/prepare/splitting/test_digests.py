"""Digests tell a later run which rows a model was trained on."""

import random
from array import array
from typing import Any

from prepare.splitting.digests import digest_rule
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


def test_other_order_of_columns_gives_the_same_digests() -> None:
    turned = [",".join(reversed(row.split(","))) for row in ROWS]
    assert seen(made(turned, "label,b,a")) == seen(made(ROWS))


def test_other_order_of_rows_shares_nearly_all_digests() -> None:
    mixed = random.Random(1).sample(ROWS, len(ROWS))
    both = seen(made(mixed)) & seen(made(ROWS))
    assert 0.5 * 300 < len(both) < 0.85 * 300


def test_large_files_keep_a_power_of_two_of_their_digests() -> None:
    assert [digest_rule(["a"], rows)["every"] for rows in (1, 10**6, 10**6 + 1, 9 * 10**6)] == [
        1,
        1,
        2,
        16,
    ]


def test_other_columns_are_another_scheme() -> None:
    assert digest_rule(["a", "b"], 1)["scheme"] == digest_rule(["b", "a"], 1)["scheme"]
    assert digest_rule(["a", "b"], 1)["scheme"] != digest_rule(["a", "c"], 1)["scheme"]
