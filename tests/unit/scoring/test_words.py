"""The words and numbers of a prediction."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.words import Words, seven_digits


def test_number_is_the_containers_text() -> None:
    assert Words("regression").fields()("12.5") == ["12.5"]
    assert Words("regression").columns == ["prediction"]


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        ("0.75", ["yes", "0.75", "0.25", "0.75"]),
        ("0.5", ["yes", "0.5", "0.5", "0.5"]),
        ("0.25", ["no", "0.75", "0.75", "0.25"]),
        ("0.08918094635009766", ["no", "0.9108191", "0.9108191", "0.08918094635009766"]),
    ],
)
def test_of_two_classes_the_likelier_is_named(line: str, fields: list[str]) -> None:
    words = Words("binary", ["no", "yes"])
    assert words.fields()(line) == fields
    assert words.columns == ["prediction", "probability", "probability_no", "probability_yes"]


def test_of_several_classes_the_first_likeliest_is_named() -> None:
    words = Words("multiclass", ["a", "b", "c"])
    assert words.fields()("[0.1, 0.45, 0.45]") == ["b", "0.45", "0.1", "0.45", "0.45"]


@pytest.mark.parametrize("line", ["[0.1, 0.9]", "0.5", "", "[]", "x"])
def test_what_is_no_prediction_of_these_classes_is_an_error(line: str) -> None:
    with pytest.raises((ValueError, TypeError)):
        Words("multiclass", ["a", "b", "c"]).fields()(line)


def test_digits_are_those_of_a_32_bit_float() -> None:
    for value in np.random.default_rng(0).random(200, dtype=np.float32).tolist():
        fields = Words("binary", ["no", "yes"]).fields()(str(value))
        assert fields[3] == str(value)
        assert float(fields[2]) == pytest.approx(1 - value, abs=1e-6)


@given(st.floats(-1, 2) | st.floats(0, 1e-3) | st.sampled_from([0.0, 1.0, 0.99999996, 1e-5]))
def test_seven_digits_are_written_as_python_writes_the_rounded_number(value: float) -> None:
    assert seven_digits(value) == str(float(f"{value:.7g}"))
