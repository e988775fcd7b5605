"""Settings take the hyperparameters that the container takes, and send them as it reads them."""

import json
from typing import Any

import pytest

from dropforge.cloud.sagemaker.container.hyperparameters import validate
from dropforge.cloud.sagemaker.container.known_hyperparameters import HYPERPARAMETERS
from dropforge.cloud.sagemaker.container.known_names import ALIASES
from dropforge.cloud.sagemaker.container.ranges import Interval
from pipeline.errors import SettingsError
from pipeline.settings import SCHEMA_FILE, resolve_settings
from prepare.training.hyperparameters import hyperparameters
from table.columns.target import Target

SCHEMA: dict[str, Any] = json.loads(SCHEMA_FILE.read_text())["properties"]["hyperparameters"]
# The container's own tuning adds names with an underscore; its list of objectives has a slip.
CONTAINER = {name: known for name, known in HYPERPARAMETERS.items() if not name.startswith("_")}
NOT_OBJECTIVES = {"aft_loss_distribution"}


def sent(chosen: dict[str, Any], task: str = "binary", rows: int = 70) -> dict[str, str]:
    target = Target("label", task, "plain", [50, 50], 0, ["no", "yes"], {"no": 0, "yes": 1}, [])
    return hyperparameters(target, resolve_settings({"hyperparameters": chosen}), rows)


@pytest.mark.parametrize(
    ("seed", "told"),
    [(0, "0"), (7, "7"), (2**31 - 2, "2147483646"), (2**31 - 1, "0"), (2**32 - 1, "1")],
)
def test_any_seed_of_a_split_makes_one_that_the_container_takes(seed: int, told: str) -> None:
    target = Target("label", "binary", "plain", [50, 50], 0, ["no", "yes"], {"no": 0, "yes": 1}, [])
    made = hyperparameters(target, resolve_settings({"split": {"seed": seed}}), 70)
    assert made["seed"] == told
    validate(made)


def accepted(name: str, value: object) -> bool:
    try:
        resolve_settings({"hyperparameters": {name: value}})
    except SettingsError:
        return False
    return True


def test_schema_names_are_those_of_the_container() -> None:
    assert set(SCHEMA["properties"]) == {*CONTAINER, *ALIASES}


@pytest.mark.parametrize("name", SCHEMA["properties"])
def test_schema_accepts_the_numbers_that_the_container_accepts(name: str) -> None:
    known = CONTAINER[ALIASES.get(name, name)]
    if not isinstance(known.allowed, Interval) or known.depth:
        assert not accepted(name, 1)
        return
    for value in (-(2**31), -1, 0, 0.5, 1, 1.5, 2, 3, 4, 50, 2**31 - 1):
        whole = known.parse is float or isinstance(value, int)
        assert accepted(name, value) is (whole and value in known.allowed)


@pytest.mark.parametrize("name", [n for n, s in SCHEMA["properties"].items() if "enum" in s])
def test_schema_accepts_the_words_that_the_container_accepts(name: str) -> None:
    words = {"true" if w is True else "false" if w is False else w for w in _enum(name)}
    assert words == set(CONTAINER[name].allowed) - NOT_OBJECTIVES


def _enum(name: str) -> list[str | bool]:
    words: list[str | bool] = SCHEMA["properties"][name]["enum"]
    return words


def test_hyperparameters_reach_the_container_as_it_reads_them() -> None:
    chosen = {"num_round": 50.0, "eta": 1.0, "gamma": 1e-7, "deterministic_histogram": True}
    found = sent(chosen)
    assert found["num_round"] == "50"
    read = validate(found)
    assert (read["num_round"], read["eta"], read["gamma"]) == (50, 1, 1e-7)
    assert read["deterministic_histogram"] == "true"


@pytest.mark.parametrize(
    ("task", "rows", "expected"),
    [
        ("regression", 19_999, ("2000", "30", "0.04", "5", "0.8", None)),
        ("binary", 19_999, ("2000", "30", "0.04", "3", None, "0.5")),
        ("multiclass", 19_999, ("1000", "30", "0.05", "5", "0.8", None)),
        ("regression", 20_000, ("1000", "30", "0.1", "6", "0.8", None)),
        ("multiclass", 20_000, ("1000", "30", "0.1", "6", "0.8", None)),
    ],
)  # fmt: skip
def test_defaults_are_those_of_the_task_and_the_size(
    task: str, rows: int, expected: tuple[str | None, ...]
) -> None:
    found = sent({}, task, rows)
    names = ("num_round", "early_stopping_rounds", "eta", "max_depth")
    names += ("colsample_bytree", "colsample_bynode")
    assert tuple(found.get(name) for name in names) == expected
    assert validate(found)["num_round"] == int(found["num_round"])


def test_own_hyperparameters_take_the_place_of_the_defaults() -> None:
    chosen = {"num_round": 7, "max_depth": 9, "colsample_bynode": 1, "learning_rate": 0.3}
    chosen |= {"early_stopping_rounds": 3, "colsample_bytree": 0.6, "min_child_weight": 5}
    found = sent(chosen)
    texts = {ALIASES.get(name, name): str(value) for name, value in chosen.items()}
    assert found | texts == found


@pytest.mark.parametrize("alias", ALIASES)
def test_alias_takes_the_place_of_the_default(alias: str) -> None:
    found = sent({alias: 0.25})
    assert alias not in found
    assert found[ALIASES[alias]] == "0.25"


def test_linear_booster_gets_nothing_of_trees() -> None:
    chosen = sent({"booster": "gblinear", "num_round": 20})
    assert not {"early_stopping_rounds", "max_depth", "tree_method"} & chosen.keys()
    assert not {name for name in chosen if name.startswith("colsample")}
    assert (chosen["booster"], chosen["num_round"]) == ("gblinear", "20")


@pytest.mark.parametrize(
    ("chosen", "says"),
    [
        ({"csv_weights": 1}, "has no column of weights; delete csv_weights"),
        ({"booster": "gblinear", "early_stopping_rounds": 5}, "cannot do together"),
    ],
)
def test_hyperparameters_that_cannot_work_here_are_refused(
    chosen: dict[str, Any], says: str
) -> None:
    with pytest.raises(SettingsError, match=says):
        sent(chosen)
