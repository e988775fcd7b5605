"""Models with tables, and those of version 1, stay comparable and known by later runs."""

import json
from array import array
from typing import Any

import pytest

from tests.unit.prepare.learning.test_learn import run, table
from tests.unit.prepare.pipeline_run import Prepared, compare_again

CHAMPION: dict[str, Any] = {"found": True, "encoder_key": "runs/set-1/encoder.json"}


def later(before: Prepared, **settings: Any) -> Prepared:
    split = {"by": "position", **settings}
    return run(table(), s3=before.s3, run="set-2", champion=CHAMPION, settings={"split": split})


def of_version_1(prepared: Prepared) -> dict[str, Any]:
    encoder: dict[str, Any] = prepared.json("encoder.json")
    kept = [feature for feature in encoder["features"] if feature["column"] != "key"]
    hashed = [
        {"name": f"key#hash{slot}", "column": "key", "encoding": "hash", "slot": slot}
        for slot in range(4)
    ]
    del encoder["tables"]
    return {**encoder, "version": 1, "features": [*hashed, *kept]}


def test_rows_that_a_champion_learned_are_known_though_their_means_were_of_other_folds() -> None:
    before = run(table())
    after = later(before, seed=7)
    learned = set(range(1, 6001)) - set(before.table("truth")["row"])
    expected = len(learned & set(after.table("truth")["row"]))
    assert expected > 500
    count = len(after.table("truth"))
    (body,) = after.files("tested").values()
    seen = {d for part in before.files("seen").values() for d in array("Q", part)}
    assert sum(digest in seen for digest in array("Q", body)[:count]) == expected


def test_champion_of_version_1_is_compared_with_its_own_hashes() -> None:
    before = run(table())
    body = json.dumps(of_version_1(before)).encode()
    before.s3.objects[CHAMPION["encoder_key"]] = body
    after = later(before)
    assert after.fit["champion"] == {"usable": True, "reason": ""}
    assert after.table("champion").shape == (len(after.table("truth")), 5)
    assert after.table("champion").iloc[:, :4].to_numpy().max() <= 255
    assert after.json("encoder.json")["version"] == 2


def test_champion_of_a_version_to_come_is_left_to_a_person() -> None:
    before = run(table())
    body = json.dumps({**before.json("encoder.json"), "version": 3}).encode()
    before.s3.objects[CHAMPION["encoder_key"]] = body
    assert "is of version 3, this is version 2" in later(before).fit["champion"]["reason"]


@pytest.mark.parametrize(
    "damage",
    [{"keys": "x y"}, {"means": ["1 2 z"]}, {"bits": 0}, {"means": "1"}, {"prior": ["1"]}],
    ids=str,
)
def test_damaged_table_is_told(damage: dict[str, Any]) -> None:
    before = run(table())
    encoder = before.json("encoder.json")
    encoder["tables"]["key"] |= damage
    before.s3.objects[CHAMPION["encoder_key"]] = json.dumps(encoder).encode()
    told = later(before).fit["champion"]
    assert told["broken"]
    assert "damaged" in told["reason"]


def test_another_comparison_keeps_what_was_learned() -> None:
    first = run(table())
    kept = {name: first.json(name) for name in ("encoder.json", "folds.json", "fit.json")}
    train = first.files("train")
    again = compare_again(first, {"found": False})
    assert {name: again.json(name) for name in kept} == kept
    assert again.files("train") == train
