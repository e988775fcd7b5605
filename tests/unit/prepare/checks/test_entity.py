"""A column that names what many rows are about keeps them in one split."""

import random
from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.prepare.pipeline_run import Prepared, prepare

Name = Callable[[int], str]


def visits(
    name: str,
    value: Name,
    entities: int = 60,
    each: int = 8,
    noise: float = 0,
    task: str = "binary",
) -> bytes:
    chance = random.Random(6)
    outcome = {n: chance.gauss(0, 1) for n in range(entities)}
    rows = []
    for n in range(entities * each):
        of = outcome[n % entities] if chance.random() >= noise else chance.gauss(0, 1)
        target = ("yes" if of > 0 else "no") if task == "binary" else f"{of:.3f}"
        rows.append(f"{value(n % entities)},{chance.gauss(0, 1):.3f},{target}")
    chance.shuffle(rows)
    return "\n".join([f"{name},x,y", *rows, ""]).encode()


def plain(n: int) -> str:
    return str(5000 + 3 * n)


def made(data: bytes, **settings: Any) -> Prepared:
    return prepare(data, {"target": "y", **settings})


def part(prepared: Prepared) -> Any:
    return prepared.json("profile.json")["split"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("patient_id", lambda n: f"P{n:04d}"),
        ("userId", plain),
        ("customer", plain),
        ("Kunden-Nr", plain),
        ("mrn", plain),
        ("Store", plain),
        ("firm_name", lambda n: f"F {n}"),
        ("session key", lambda n: f"s{n * 104729}"),
        ("device_id", lambda n: str(1577153682694196096 + n * 977)),
        ("code", lambda n: f"C-{n:03d}"),
        ("contact", lambda n: f"jo{n}@example.com"),
    ],
)
def test_entity_whose_rows_agree_in_the_target_stays_in_one_split(name: str, value: Name) -> None:
    prepared = made(visits(name, value))
    split = part(prepared)
    assert (split["by"], split["column"], split["chosen"]) == ("group", name, "file")
    assert f"'{name}'" in split["question"]
    (message,) = [w["message"] for w in prepared.warnings if w["code"] == "group_split"]
    assert f"'{name}'" in message
    assert '"group_column" of "split"' in message
    encoder = prepared.json("encoder.json")
    assert name not in {feature["column"] for feature in encoder["features"]}


def test_rows_of_an_entity_are_in_one_split() -> None:
    prepared = made(visits("patient_id", plain), id_columns=["patient_id"])
    groups = prepared.json("fit.json")["method"]["groups"]
    tested = set(prepared.table("truth")["patient_id"].astype(str))
    assert tested == {group for group, split in groups.items() if split == 2}


def test_entity_of_a_regression_agrees_but_for_a_little() -> None:
    assert part(made(visits("patient", plain, task="regression")))["by"] == "group"
    assert part(made(visits("patient", plain, noise=0.02)))["by"] == "group"


@pytest.mark.parametrize("task", ["binary", "regression"])
def test_entity_whose_rows_differ_in_the_target_decides_nothing(task: str) -> None:
    prepared = made(visits("patient_id", plain, noise=0.3, task=task))
    assert (part(prepared)["by"], prepared.codes) == ("position", set())


def test_column_that_names_no_entity_decides_nothing() -> None:
    prepared = made(visits("district", lambda n: f"north {'abcdefgh'[n % 8]}{'xyz' * (n // 8)}"))
    assert (part(prepared)["by"], prepared.codes) == ("position", {"leakage"})
    assert part(made(visits("mileage", plain)))["by"] == "position"


def test_few_entities_or_few_rows_decide_nothing() -> None:
    assert part(made(visits("patient_id", plain, entities=9, each=50)))["by"] == "position"
    assert part(made(visits("patient_id", plain, entities=20, each=2)))["by"] == "position"


def test_household_is_chosen_before_its_persons() -> None:
    rows = visits("household_id", plain).decode().splitlines()
    chance = random.Random(7)
    both = [f"{row},{row.split(',')[0]}-{chance.randrange(2)}" for row in rows[1:]]
    data = "\n".join([f"{rows[0]},person_id", *both, ""]).encode()
    assert part(made(data))["column"] == "household_id"


def test_settings_settle_what_becomes_of_an_entity() -> None:
    data = visits("patient_id", plain)
    named = made(data, split={"group_column": "patient_id"})
    assert (part(named)["chosen"], part(named)["question"], named.codes) == (
        "settings",
        None,
        set(),
    )
    positioned = made(data, split={"by": "position"})
    assert (part(positioned)["by"], positioned.codes) == ("position", {"leakage"})


def test_entity_that_is_kept_is_trained_on_and_groups_nothing() -> None:
    prepared = made(visits("patient_id", lambda n: f"P{n:04d}"), keep_columns=["patient_id "])
    assert part(prepared)["by"] != "group"
    used = {feature["column"] for feature in prepared.json("encoder.json")["features"]}
    assert used == {"patient_id", "x"}


def test_very_many_entities_are_divided_by_their_hash() -> None:
    prepared = made(visits("session_id", lambda n: f"s{n * 104729}", entities=1500, each=3))
    assert part(prepared)["by"] == "group"
    assert prepared.json("fit.json")["method"]["groups"] is None


def test_entities_that_cannot_be_divided_are_warned_of() -> None:
    # Any of the few groups may be the one whose targets are missing.
    rows = visits("patient_id", plain, entities=12, each=10).decode()
    lost = "".join(f"{plain(n % 12)},{n / 8},\n" for n in range(200))
    prepared = made((rows + lost).encode())
    assert (part(prepared)["by"], "group_split" in prepared.codes) == ("position", True)
    assert "'patient_id'" in part(prepared)["question"]


def test_classes_of_an_entity_agree_whatever_their_numbers_are() -> None:
    chance = random.Random(8)
    kinds = {n: chance.choice("abcde") for n in range(60)}
    rows = [f"{plain(n % 60)},{chance.gauss(0, 1):.3f},{kinds[n % 60]}" for n in range(480)]
    assert part(made("\n".join(["user,x,y", *rows, ""]).encode()))["column"] == "user"
