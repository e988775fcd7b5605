"""Contributions are Shapley values, by column, and add up to the prediction in its own unit."""

import json
from math import factorial
from typing import Any

import numpy as np
import pytest
import xgboost
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.documents.encoder import Feature
from scoring import contributions as module
from scoring.booster import Ensemble
from scoring.contributions import (
    Contributions,
    UnexplainedError,
    by_class,
    contributions,
    explained,
)
from tests.unit.scoring.models import COLUMNS, FEATURES, PARAMETERS, ensemble, rows, subsets

MODELS = {(name, count): ensemble(name, count) for name in PARAMETERS for count in (1, 2)}


def predicted_of(model: Ensemble, matrix: Any) -> Any:
    """Return the number that a person reads: the value, or the predicted class's probability."""
    predicted = model.predict(matrix).astype(np.float64)
    if predicted.ndim == 2:
        return predicted.max(axis=1)
    if model.objective == "binary:logistic":
        return np.maximum(predicted, 1 - predicted)
    return predicted


@pytest.mark.parametrize(("name", "count"), MODELS)
@settings(max_examples=10)
@given(seed=st.integers(0, 2**32 - 1))
def test_base_and_contributions_add_up_to_the_prediction(name: str, count: int, seed: int) -> None:
    model, matrix = MODELS[name, count], rows(50, seed)
    found = contributions(model, matrix, FEATURES)
    assert found.columns == COLUMNS
    assert found.values.shape == (50, 4)
    together = found.base + found.values.sum(axis=1)
    assert together == pytest.approx(predicted_of(model, matrix), rel=1e-5, abs=1e-9)


@pytest.mark.parametrize(("name", "count"), MODELS)
def test_next_to_nothing_is_spread_to_make_the_sum_exact(
    name: str, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The links are right by themselves; what is spread is xgboost's rounding of 32-bit floats."""
    found: list[Any] = []
    closed = module._closed

    def noted(sums: Any, columns: list[str], predicted: Any) -> Contributions:
        rest = predicted - sums.base - sums.values.sum(axis=0)
        scale = np.abs(sums.base) + np.abs(sums.values).sum(axis=0)
        found.append(np.abs(rest) / scale)
        return closed(sums, columns, predicted)

    monkeypatch.setattr(module, "_closed", noted)
    contributions(MODELS[name, count], rows(200, 5), FEATURES)
    assert np.concatenate(found).max() < 5e-6


@pytest.mark.parametrize(("name", "count"), MODELS)
@settings(max_examples=5)
@given(cells=st.sampled_from([1, 7, 8, 50, 99, 250]), seed=st.integers(0, 2**32 - 1))
def test_size_of_the_blocks_changes_no_digit(name: str, count: int, cells: int, seed: int) -> None:
    model, matrix = MODELS[name, count], rows(40, seed)
    whole = contributions(model, matrix, FEATURES)
    blocks = list(explained(model, matrix, FEATURES, cells=cells))
    assert len(blocks) > 1
    assert np.array_equal(np.concatenate([block.base for block in blocks]), whole.base)
    assert np.array_equal(np.concatenate([block.values for block in blocks]), whole.values)


@pytest.mark.parametrize(("name", "count"), MODELS)
def test_contributions_by_class_are_those_of_the_predicted_class(name: str, count: int) -> None:
    model, matrix = MODELS[name, count], rows(60, 3)
    (outputs,) = by_class(model, matrix, FEATURES)
    predicted = model.predict(matrix).reshape(60, -1)
    assert len(outputs) == predicted.shape[1]
    for number, output in enumerate(outputs):
        together = output.base + output.values.sum(axis=1)
        assert together == pytest.approx(predicted[:, number], rel=1e-5, abs=1e-9)
    own = contributions(model, matrix, FEATURES)
    if len(outputs) == 1:
        against = (predicted[:, 0] < 0.5) & (model.objective == "binary:logistic")
        sign = np.where(against, -1, 1)
        assert np.allclose(own.values, outputs[0].values * sign[:, None])
        assert model.objective != "binary:logistic" or 0 < against.sum() < 60
        return
    chosen = predicted.argmax(axis=1)
    assert len(set(chosen)) > 1
    each = np.stack([output.values for output in outputs])
    assert np.allclose(own.values, each[chosen, np.arange(60)], atol=1e-12)
    # What speaks for one class speaks against the others.
    assert np.abs(each.sum(axis=0)).max() < 1e-5


def test_two_classes_of_reg_logistic_are_explained_by_the_predicted_one() -> None:
    model, matrix = MODELS["a share", 1], rows(60, 3)
    share = contributions(model, matrix, FEATURES)
    of_class = contributions(model, matrix, FEATURES, "binary")
    predicted = model.predict(matrix)
    against = predicted < 0.5
    assert 0 < against.sum() < 60
    assert np.allclose(of_class.values[against], -share.values[against])
    assert np.allclose(of_class.base[against], 1 - share.base[against])
    assert np.array_equal(of_class.values[~against], share.values[~against])


def test_softmax_is_integrated_along_the_straight_line() -> None:
    """Against a thousand steps of the trapezoid rule over numerical derivatives."""
    model, matrix = MODELS["three classes", 1], rows(5, 8)
    raw = model.boosters[0].predict(xgboost.DMatrix(matrix), pred_contribs=True).astype(float)
    found = contributions(model, matrix, FEATURES)
    steps = np.linspace(0, 1, 1001)
    for row in range(5):
        base, by_feature = raw[row, :, -1], raw[row, :, :-1]
        chosen = int(model.predict(matrix)[row].argmax())

        def odds(margins: Any, chosen: int = chosen) -> float:
            return float(np.exp(margins[chosen]) / np.exp(margins).sum())

        slopes = np.zeros((1001, 3))
        for at, step in enumerate(steps):
            here = base + step * by_feature.sum(axis=1)
            for number in range(3):
                near = np.eye(3)[number] * 1e-5
                slopes[at, number] = (odds(here + near) - odds(here - near)) / 2e-5
        mean = (slopes[1:] + slopes[:-1]).mean(axis=0) / 2
        by_feature = (by_feature * mean[:, None]).sum(axis=0)
        expected = [
            sum(by_feature[i] for i, f in enumerate(FEATURES) if f["column"] == name)
            for name in COLUMNS
        ]
        assert found.values[row] == pytest.approx(expected, abs=1e-6)


def test_contributions_are_the_exact_shapley_values_of_the_trees() -> None:
    """By the definition: every subset of features, the others averaged by the rows of training."""
    model = MODELS["squared error", 1]
    booster = model.boosters[0][:2]
    dumped = [json.loads(text) for text in booster.get_dump(dump_format="json", with_stats=True)]
    matrix = rows(12, 11)
    found = contributions(Ensemble.of_files([bytes(booster.save_raw("ubj"))]), matrix, FEATURES)

    def worth(node: Any, row: Any, known: frozenset[int]) -> float:
        if "leaf" in node:
            return float(node["leaf"])
        feature = int(node["split"][1:])
        children = {child["nodeid"]: child for child in node["children"]}
        if feature not in known:
            covers = [child["cover"] for child in children.values()]
            parts = [worth(child, row, known) for child in children.values()]
            return float(np.average(parts, weights=covers))
        value = row[feature]
        side = "missing" if np.isnan(value) else "no"
        if not np.isnan(value) and value < np.float32(node["split_condition"]):
            side = "yes"
        return worth(children[node[side]], row, known)

    number = len(FEATURES)
    for at, row in enumerate(matrix):
        shares = dict.fromkeys(COLUMNS, 0.0)
        for feature in range(number):
            for others in subsets([other for other in range(number) if other != feature]):
                weight = factorial(len(others)) * factorial(number - len(others) - 1)
                with_it = frozenset({*others, feature})
                gained = sum(
                    worth(tree, row, with_it) - worth(tree, row, frozenset(others))
                    for tree in dumped
                )
                shares[FEATURES[feature]["column"]] += weight / factorial(number) * gained
        assert found.values[at] == pytest.approx(list(shares.values()), rel=1e-4, abs=1e-2)


@pytest.mark.parametrize("objective", ["reg:squarederror", "reg:logistic", "count:poisson"])
def test_a_model_that_knows_nothing_has_its_prediction_as_the_base(objective: str) -> None:
    matrix, label = rows(40), np.full(40, 0.3)
    booster = xgboost.train({"objective": objective}, xgboost.DMatrix(matrix, label=label), 2)
    model = Ensemble.of_files([bytes(booster.save_raw("ubj"))])
    found = contributions(model, matrix, FEATURES)
    assert not found.values.any()
    assert np.array_equal(found.base, model.predict(matrix).astype(float))


def test_a_prediction_without_bounds_has_no_contributions() -> None:
    matrix = rows(200)
    label = np.nan_to_num(matrix[:, 0]) > 0
    booster = xgboost.train(
        {"objective": "count:poisson", "max_delta_step": 0, "eta": 50, "base_score": 1.0},
        xgboost.DMatrix(matrix, label=np.where(label, 1e30, 1.0)),
        8,
    )
    model = Ensemble.of_files([bytes(booster.save_raw("ubj"))])
    found = contributions(model, matrix, FEATURES)
    unbounded = ~np.isfinite(model.predict(matrix))
    assert unbounded.any()
    assert not found.values[unbounded].any()
    assert np.isfinite(found.values).all()


@pytest.mark.parametrize("objective", ["binary:hinge", "rank:pairwise", "binary:logitraw"])
def test_objective_of_unknown_link_is_not_explained(objective: str) -> None:
    matrix = rows(60)
    data = xgboost.DMatrix(matrix, label=np.arange(60) % 2)
    booster = xgboost.train({"objective": objective}, data, 2)
    model = Ensemble.of_files([bytes(booster.save_raw("ubj"))])
    with pytest.raises(UnexplainedError, match=f"objective {objective}"):
        contributions(model, matrix, FEATURES)


def test_boosters_of_different_objectives_are_not_explained() -> None:
    both = [MODELS[name, 1].boosters[0] for name in ("squared error", "Poisson")]
    model = Ensemble.of_files([bytes(booster.save_raw("ubj")) for booster in both])
    with pytest.raises(UnexplainedError, match="count:poisson, reg:squarederror"):
        contributions(model, rows(3), FEATURES)


def test_features_that_are_not_the_models_are_refused() -> None:
    features: list[Feature] = FEATURES[:-1]
    with pytest.raises(ValueError, match="5 features for a model of 6"):
        contributions(MODELS["Huber", 1], rows(3), features)


def test_no_rows_have_no_contributions() -> None:
    found = contributions(MODELS["three classes", 1], rows(0), FEATURES)
    assert found.columns == COLUMNS
    assert found.values.shape == (0, 4)
