"""Rows that are copies stay in one split, and are told from rows that are alike by chance."""

import random
from typing import Any

import pytest

from tests.unit.prepare.pipeline_run import Prepared, prepare

CHANNELS = ("train", "validation", "test")


def measured(rows: int, seed: int = 1) -> list[str]:
    chance = random.Random(seed)
    return [
        f"{chance.gauss(0, 1):.4f},{chance.gauss(0, 1):.4f},{chance.choice(['yes', 'no'])}"
        for _ in range(rows)
    ]


def made(rows: list[str], head: str = "a,b,won", **more: Any) -> Prepared:
    split = more.pop("split", {})
    settings = {"target": "won", "split": split, "missing_values": more.pop("missing_values", [])}
    return prepare("\n".join([head, *rows, ""]).encode(), settings, **more)


def contents(prepared: Prepared, features: int = 2) -> list[set[tuple[float, ...]]]:
    found = []
    for channel in CHANNELS:
        table = prepared.table(channel)
        found.append({tuple(row[-features:]) for row in table.itertuples(index=False)})
    return found


def part(prepared: Prepared) -> Any:
    return prepared.json("profile.json")["split"]


def shared(prepared: Prepared) -> int:
    train, validation, test = contents(prepared)
    return len(train & validation) + len(train & test) + len(validation & test)


@pytest.mark.parametrize("rows", [300, 900])
@pytest.mark.parametrize("chunk_bytes", [1 << 26, 3000])
def test_copies_stay_in_one_split_and_are_counted(rows: int, chunk_bytes: int) -> None:
    # 300 contents are listed, of 900 the hashes decide.
    prepared = made(measured(rows) * 3, chunk_bytes=chunk_bytes)
    assert prepared.json("fit.json")["method"]["by"] == "content"
    assert shared(prepared) == 0
    assert part(prepared)["copies"] == 2 * rows
    sizes = [len(prepared.table(channel)) for channel in CHANNELS]
    assert sum(sizes) == 3 * rows
    assert [round(size / sum(sizes), 1) for size in sizes[:1]] == [0.7]
    (message,) = [w["message"] for w in prepared.warnings if w["code"] == "copies"]
    assert f"{2 * rows:,} of {3 * rows:,} rows are copies of others" in message


def test_copies_with_identifiers_of_their_own_are_copies() -> None:
    rows = [f"{n},{row}" for n, row in enumerate(measured(300) * 2)]
    prepared = made(rows, "id,a,b,won")
    assert (part(prepared)["by"], part(prepared)["copies"]) == ("content", 300)
    assert shared(prepared) == 0


@pytest.mark.parametrize("setting", ["id_columns", "drop_columns"])
def test_column_that_is_not_trained_on_makes_no_row_another(setting: str) -> None:
    rows = [f"{n % 7 / 4},{row}" for n, row in enumerate(measured(300) * 2)]
    data = "\n".join(["batch,a,b,won", *rows, ""]).encode()
    prepared = prepare(data, {"target": "won", setting: ["batch"]})
    assert part(prepared)["copies"] == 300


def test_rare_class_that_was_oversampled_is_split_by_content() -> None:
    rows = measured(600)
    rare = [row for row in rows if row.endswith("yes")][:60]
    prepared = made([*rows, *random.Random(2).choices(rare, k=200)])
    assert part(prepared)["by"] == "content"
    assert shared(prepared) == 0


def test_many_copies_are_asked_about_and_few_are_not() -> None:
    rows = measured(400)
    assert "160 of 560 rows are copies" in part(made(rows + rows[:160]))["question"]
    few = made(rows + rows[:40])
    assert (part(few)["by"], part(few)["question"]) == ("content", None)


def test_single_copies_change_nothing_but_the_count() -> None:
    rows = measured(400)
    prepared = made(rows + rows[:8])
    assert (part(prepared)["by"], part(prepared)["copies"]) == ("position", 8)
    assert prepared.codes == set()


def test_rows_of_few_categories_are_no_copies() -> None:
    chance = random.Random(3)
    rows = [
        f"{chance.choice('abcd')},{chance.choice('xyz')},{chance.choice(['yes', 'no'])}"
        for _ in range(900)
    ]
    prepared = made(rows)
    assert (part(prepared)["by"], prepared.codes) == ("position", set())
    assert [len(prepared.table(channel)) for channel in CHANNELS] == [630, 135, 135]


def test_table_of_categories_that_is_there_twice_is_split_by_content() -> None:
    chance = random.Random(4)
    rows = [",".join(chance.choice("abcdefghij") for _ in range(5)) for _ in range(1500)]
    rows = [f"{row},{chance.choice(['yes', 'no'])}" for row in rows]
    assert part(made(rows, "p,q,r,s,t,won"))["by"] == "position"
    assert part(made(rows * 2, "p,q,r,s,t,won"))["by"] == "content"


@pytest.mark.parametrize(("by", "asked"), [("content", None), ("position", None)])
def test_settings_settle_what_becomes_of_copies(by: str, asked: str | None) -> None:
    prepared = made(measured(300) * 2, split={"by": by})
    assert (part(prepared)["by"], part(prepared)["chosen"]) == (by, "settings")
    assert (part(prepared)["question"], prepared.codes) == (asked, set())


def test_content_asked_for_divides_a_file_without_copies() -> None:
    prepared = made(measured(300), split={"by": "content"})
    assert part(prepared)["by"] == "content"
    assert sum(len(prepared.table(channel)) for channel in CHANNELS) == 300


def test_other_seed_divides_contents_otherwise() -> None:
    for rows in (300, 900):
        one, other = (made(measured(rows) * 2, split={"seed": seed}) for seed in (0, 1))
        assert contents(one) != contents(other)


def test_split_that_unreadable_targets_could_empty_is_by_position() -> None:
    rows = [f"{row.rsplit(',', 1)[0]},{n}.5" for n, row in enumerate(measured(30))] * 2
    prepared = made(rows + [f"{n / 8},{n / 4},?" for n in range(40)])
    assert part(prepared)["by"] == "position"
    # It is told all the same, and waits.
    assert "copies" in prepared.codes
    assert "may have trained and tested" in part(prepared)["question"]


@pytest.mark.parametrize("target", ["", "  ", "9999"])
def test_rows_whose_target_is_missing_are_no_copies(target: str) -> None:
    rows = measured(200) + [f"1.5,2.5,{target}"] * 60
    found = made(rows, missing_values=[9999])
    assert "copies" not in found.codes
    again = made(measured(200) * 2 + [f"1.5,2.5,{target}"] * 100, missing_values=[9999])
    assert (part(again)["by"], part(again)["copies"]) == ("content", 200)


def test_rows_without_a_target_are_no_copies_and_hide_none() -> None:
    rows = measured(200)
    assert "copies" not in made(rows + [",,"] * 60).codes
    copied = made(rows * 2 + [",,"] * 100)
    assert (part(copied)["by"], part(copied)["copies"]) == ("content", 200)
