"""A decision reads probabilities alike row by row and at once, and everywhere in the same words."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.calibrated import calibrated
from scoring.contributions import by_class, contributions
from scoring.decision import Decision
from scoring.words import Words
from tests.unit.scoring.models import FEATURES, ensemble, rows

SLOPES = st.floats(0.05, 20)
INTERCEPTS = st.floats(-10, 10)
CLASSIFIERS = ["two classes", "a share", "linear of two", "forest", "three classes"]
MODELS = {(name, count): ensemble(name, count) for name in CLASSIFIERS for count in (1, 3)}


@settings(max_examples=50)
@given(st.lists(st.floats(0, 1, width=32), min_size=1, max_size=20), SLOPES, INTERCEPTS)
def test_one_row_is_corrected_as_many_are(ones: Any, slope: float, intercept: float) -> None:
    decision = Decision(0.3, slope, intercept)
    many = calibrated(decision, np.array(ones))
    assert many == pytest.approx([decision.of_two(one) for one in ones], rel=1e-12)
    assert ((many >= 0) & (many <= 1)).all()


@settings(max_examples=50)
@given(st.lists(st.floats(0, 1, width=32), min_size=3, max_size=8), SLOPES)
def test_classes_are_corrected_alike_and_keep_their_order(ones: Any, slope: float) -> None:
    shares = np.array([ones]) + 1e-30
    shares /= shares.sum()
    decision = Decision(slope=slope)
    (many,) = calibrated(decision, shares)
    assert many == pytest.approx(decision.of_many(shares[0].tolist()), rel=1e-12)
    assert many.sum() == pytest.approx(1)
    assert many[shares[0].argmax()] == many.max()


@settings(max_examples=50)
@given(st.lists(st.floats(0, 1, width=32), min_size=2, max_size=20), SLOPES, INTERCEPTS)
def test_order_of_rows_is_kept(ones: Any, slope: float, intercept: float) -> None:
    order = np.argsort(ones, kind="stable")
    corrected = calibrated(Decision(0.5, slope, intercept), np.array(ones))[order]
    assert (np.diff(corrected) >= -1e-12).all()


def test_without_a_correction_no_digit_changes() -> None:
    ones = np.random.default_rng(0).random(50, dtype=np.float32).astype(float)
    assert calibrated(Decision(0.2), ones) is ones
    words = Words("binary", ["no", "yes"], Decision(0.2))
    assert words.fields()("0.08918094635009766")[3] == "0.08918094635009766"


@pytest.mark.parametrize(
    ("line", "prediction", "probability"),
    [("0.2", "yes", "0.2"), ("0.19999", "no", "0.80001"), ("0.5", "yes", "0.5")],
)
def test_row_is_positive_from_the_threshold_on(
    line: str, prediction: str, probability: str
) -> None:
    fields = Words("binary", ["no", "yes"], Decision(0.2)).fields()(line)
    assert fields[:2] == [prediction, probability]


def test_threshold_is_of_the_corrected_probability() -> None:
    # Log odds of 0.6 are 0.405; less 1 they are those of 0.355.
    words = Words("binary", ["no", "yes"], Decision(0.4, 1.0, -1.0))
    assert words.fields()("0.6") == ["no", "0.644405", "0.644405", "0.355595"]
    many = Words("multiclass", ["a", "b", "c"], Decision(slope=0.5)).fields()("[0.64, 0.32, 0.04]")
    assert many[0] == "a"
    assert many[1] == many[2]
    assert sum(map(float, many[2:])) == pytest.approx(1, abs=1e-6)
    assert float(many[2]) / float(many[4]) == pytest.approx(4)


def test_probabilities_of_0_and_1_stay_finite() -> None:
    decision = Decision(0.5, 20.0, 5.0)
    assert [decision.of_two(0.0), decision.of_two(1.0)] == pytest.approx([0, 1])
    assert decision.of_many([1.0, 0.0, 0.0]) == pytest.approx([1, 0, 0])


@pytest.mark.parametrize(("name", "count"), MODELS)
@settings(max_examples=10)
@given(slope=st.floats(0.1, 5), intercept=st.floats(-3, 3), threshold=st.floats(0, 1))
def test_contributions_add_up_to_what_is_told(
    name: str, count: int, slope: float, intercept: float, threshold: float
) -> None:
    model, matrix = MODELS[name, count], rows(40, 3)
    many = name == "three classes"
    task = "multiclass" if many else "binary"
    decision = Decision(threshold, slope, 0.0 if many else intercept)
    found = contributions(model, matrix, FEATURES, task, decision)  # type: ignore[arg-type]
    classes = ["a", "b", "c"] if many else ["no", "yes"]
    fields = Words(task, classes, decision).fields()  # type: ignore[arg-type]
    told = [float(fields(str(line))[1]) for line in model.predict(matrix).tolist()]
    assert found.base + found.values.sum(axis=1) == pytest.approx(told, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("name", ["two classes", "three classes"])
def test_correction_is_taken_into_each_contribution(name: str) -> None:
    """Of one booster the sum needs no closing: margins are corrected, not the parts stretched."""
    model, matrix = MODELS[name, 1], rows(40, 3)
    decision = Decision(0.5, 0.5, 0.0 if name == "three classes" else 1.0)
    (whole,) = by_class(model, matrix, FEATURES, decision)
    (plain,) = by_class(model, matrix, FEATURES)
    base = np.column_stack([one.base for one in plain])
    corrected = calibrated(decision, base if name == "three classes" else base[:, 0])
    assert np.column_stack([one.base for one in whole]) == pytest.approx(
        corrected.reshape(len(base), -1), rel=1e-5
    )
