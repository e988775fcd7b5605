"""Categories that differ only in case are one, in training and to the model in use."""

import json
from typing import Any

import pandas as pd
import pytest

from tests.unit.prepare.pipeline_run import Prepared, prepare

ROWS = 400
CITIES = ["Paris", "Köln", "Rome", "Oslo"]
MANY = [f"Town {n}" for n in range(20)]


def of(cities: list[str], settings: dict[str, Any] | None = None, **how: Any) -> Prepared:
    lines = [f"{n * 7 % 31},{city},{n * 5 % 3 % 2}" for n, city in enumerate(cities)]
    text = "\n".join(["x,city,y", *lines])
    return prepare(text.encode(), {"target": "y"} | (settings or {}), **how)


def written(names: list[str], *ways: Any) -> list[str]:
    return [ways[n * 3 % 7 % len(ways)](names[n % len(names)]) for n in range(ROWS)]


def as_they_are(name: str) -> str:
    return name


def told(run: Prepared) -> str:
    return " ".join(w["message"] for w in run.warnings if w["code"] == "same_categories")


@pytest.mark.parametrize("names", [CITIES, MANY, CITIES[:2]])
@pytest.mark.parametrize("chunk_bytes", [1 << 26, 900])
def test_spellings_of_a_category_are_one_and_told(names: list[str], chunk_bytes: int) -> None:
    mixed = written(names, as_they_are, as_they_are, str.upper, lambda name: f" {name.lower()} ")
    run, twin = of(mixed, chunk_bytes=chunk_bytes), of(written(names, as_they_are))
    assert run.json("encoder.json")["features"] == twin.json("encoder.json")["features"]
    if chunk_bytes > 900:
        for split in ("train", "test"):
            pd.testing.assert_frame_equal(run.table(split), twin.table(split))
    assert f"'{names[0]}'" in told(run)
    assert not told(twin)


@pytest.mark.parametrize("mark", ["None", "NA", "-", "n/a", "NULL"])
@pytest.mark.parametrize("chunk_bytes", [1 << 26, 900])
def test_frequent_answer_that_counts_as_missing_is_told_with_its_count(
    mark: str, chunk_bytes: int
) -> None:
    run = of(written([*CITIES, f" {mark} "], as_they_are), chunk_bytes=chunk_bytes)
    (said,) = [w["message"] for w in run.warnings if w["code"] == "missing_as_written"]
    assert said.startswith(f"Column 'city': '{mark}' (80 rows) counted as missing;")
    assert run.json("profile.json")["columns"][1]["missing"] == 80


@pytest.mark.parametrize(
    "values",
    [
        ["NA" if n % 11 == 0 else CITIES[n % 4] for n in range(ROWS)],
        ["" if n % 2 else CITIES[n % 4] for n in range(ROWS)],
        ["#N/A" if n % 2 else CITIES[n % 4] for n in range(ROWS)],
        ["NA" if n % 2 else str(n) for n in range(ROWS)],
    ],
)
def test_gaps_are_not_told_as_answers(values: list[str]) -> None:
    assert "missing_as_written" not in of(values).codes


def test_distinct_labels_keep_spellings_apart() -> None:
    run = of(written(CITIES, as_they_are, str.upper), {"distinct_labels": True})
    features = run.json("encoder.json")["features"]
    assert {f["category"] for f in features if f["column"] == "city"} == {
        *CITIES,
        *map(str.upper, CITIES),
    }
    assert not told(run)


def test_one_category_in_several_spellings_is_constant() -> None:
    run = of(written(CITIES[:1], as_they_are, str.upper))
    assert {"column": "city", "reason": "one value in every row"} in run.json("encoder.json")[
        "dropped"
    ]


def test_champion_knows_its_categories_in_another_case() -> None:
    before = of(written(CITIES, as_they_are))
    champion = {"found": True, "encoder_key": f"{before.plan['prefix']}/encoder.json"}
    upper = written(CITIES, str.upper)
    run = of(upper, champion=champion, s3=before.s3, run="set-2")
    assert run.fit["champion"]["usable"]
    assert "unseen_values" not in run.codes
    pd.testing.assert_frame_equal(run.table("champion"), before.table("test"))


def test_champion_of_before_reads_as_it_was_trained() -> None:
    before = of(written(CITIES, as_they_are))
    key = f"{before.plan['prefix']}/encoder.json"
    encoder = before.json("encoder.json")
    for feature in encoder["features"]:
        feature.pop("folded", None)
    before.s3.objects[key] = json.dumps(encoder).encode()
    champion = {"found": True, "encoder_key": key}
    run = of(written(CITIES, str.upper), champion=champion, s3=before.s3, run="set-2")
    assert "unseen_values" in run.codes
    ones = run.table("champion").iloc[:, 1:]
    assert not ones.to_numpy().any()
