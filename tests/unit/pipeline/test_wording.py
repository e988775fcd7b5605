"""A probability is written so that nobody takes it for 0 or 1."""

import pytest

from pipeline.wording import probability


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.5, "0.5"),
        (1 / 6, "0.167"),
        (1 / 501, "0.002"),
        (1 / 250, "0.004"),
        (500 / 501, "0.998"),
        (5000 / 5001, "0.9998"),
        (0.9, "0.9"),
        (0.123456, "0.123"),
        (0.876544, "0.877"),
        (0.00001, "1e-05"),
        (1 - 2.0**-53, "0.999999999999999889"),
        (0.0, "0"),
        (1.0, "1"),
    ],
)
def test_probability_keeps_digits_of_the_nearer_end(value: float, text: str) -> None:
    assert probability(value) == text
    assert probability(float(text)) == text


def test_probability_has_as_many_digits_as_asked() -> None:
    assert probability(0.123456, 5) == "0.12346"
    assert probability(0.99912345, 5) == "0.99912345"
