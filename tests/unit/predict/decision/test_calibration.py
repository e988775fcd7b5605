"""Probabilities are corrected where that helps other rows, and left alone where it does not."""

from typing import Any

import numpy as np
import pytest

from predict.decision import calibration as module
from predict.decision.calibration import calibration_of, log_losses
from scoring.calibrated import calibrated, log_odds, sigmoid
from scoring.decision import Decision


def two(rows: int, seed: int = 0, slope: float = 1.0, shift: float = 0.0) -> tuple[Any, Any]:
    """Return truth, and probabilities whose log odds are so many times too large."""
    draw = np.random.default_rng(seed)
    margin = -1 + 1.5 * draw.standard_normal(rows)
    truth = (draw.random(rows) < sigmoid(margin)).astype(float)
    return truth, sigmoid(slope * margin + shift)


def several(rows: int, seed: int = 0, slope: float = 1.0) -> tuple[Any, Any]:
    draw = np.random.default_rng(seed)
    margins = 1.5 * draw.standard_normal((rows, 4))
    shares = np.exp(margins) / np.exp(margins).sum(axis=1, keepdims=True)
    truth = np.array([draw.choice(4, p=share) for share in shares]).astype(float)
    return truth, calibrated(Decision(slope=slope), shares)


@pytest.mark.parametrize("made", [two, several])
def test_right_probabilities_are_left_alone(made: Any) -> None:
    found = [calibration_of(*made(rows, seed)) for rows in (120, 400) for seed in range(20)]
    assert sum(gain.calibration is not None for gain in found) <= 1
    assert all(gain.corrected == gain.raw for gain in found if gain.calibration is None)


@pytest.mark.parametrize(("slope", "shift"), [(2.0, 0.0), (0.5, 0.0), (1.0, 2.0)])
def test_wrong_probabilities_are_put_right(slope: float, shift: float) -> None:
    truth, predicted = two(2_000, 1, slope, shift)
    gain = calibration_of(truth, predicted)
    assert gain.calibration is not None
    assert gain.calibration["method"] == "platt"
    # 1 / slope takes the error back, and so does the intercept.
    assert gain.calibration["slope"] == pytest.approx(1 / slope, rel=0.15)
    assert gain.calibration["intercept"] == pytest.approx(-shift / slope, abs=0.3)
    other, given = two(20_000, 2, slope, shift)
    decision = Decision(0.5, gain.calibration["slope"], gain.calibration["intercept"])
    after = log_losses(other, calibrated(decision, given)).mean()
    assert after == pytest.approx(log_losses(*two(20_000, 2)).mean(), abs=0.003)
    assert gain.corrected == pytest.approx(after, abs=0.03)
    assert gain.raw > gain.corrected


def test_several_classes_have_a_temperature() -> None:
    gain = calibration_of(*several(2_000, 1, 2.0))
    assert gain.calibration is not None
    assert gain.calibration["method"] == "temperature"
    assert gain.calibration["slope"] == pytest.approx(0.5, rel=0.15)
    assert gain.calibration["intercept"] == 0


@pytest.mark.parametrize(
    ("truth", "predicted"),
    [
        (np.zeros(500), np.full(500, 0.5)),
        (np.r_[np.ones(5), np.zeros(495)], np.full(500, 0.9)),
        (np.ones(3), np.full(3, 0.9)),
        (np.tile([0.0, 1], 20), np.full(40, 0.99)),
        (np.tile([0.0, 1], 200), np.tile([0.0, 0], 200)),
    ],
)
def test_too_few_rows_say_nothing(truth: Any, predicted: Any) -> None:
    assert calibration_of(truth, predicted).calibration is None


@pytest.mark.parametrize("wrong", [0, 3, 9, 12])
def test_model_that_is_hardly_ever_wrong_is_not_made_surer(wrong: int) -> None:
    truth = np.tile([0.0, 1], 300)
    sides = np.where(truth == 1, 0.7, 0.3)
    sides[:wrong] = 1 - sides[:wrong]
    table = np.column_stack([1 - sides, sides, np.full(600, 1e-6)])
    for predicted in (sides, table):
        gain = calibration_of(truth, predicted)
        assert (gain.calibration is None) == (wrong < 10)
        assert gain.calibration is None or 1 < gain.calibration["slope"] <= 20


def test_probabilities_of_0_and_1_are_no_obstacle() -> None:
    truth, predicted = two(1_000, 3, 3.0)
    predicted[:5], predicted[5:10] = 0.0, 1.0
    gain = calibration_of(truth, predicted)
    assert np.isfinite([gain.raw, gain.corrected]).all()
    assert np.isfinite(log_odds(predicted)).all()


def test_gain_is_that_of_rows_that_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    fitted = module._fitted

    def noted(truth: Any, predicted: Any) -> Decision:
        sizes.append(len(truth))
        return fitted(truth, predicted)

    monkeypatch.setattr(module, "_fitted", noted)
    calibration_of(*two(200, 1, 3.0))
    assert sizes == [180] * 10 + [200]
