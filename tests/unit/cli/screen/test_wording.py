"""Numbers and causes as people read them."""

import pytest

from dropforge.cli.screen.wording import error_name, number
from pipeline.wording import figure

VALUES = [0.88, 0.0, -0.5, 101_098.4, 1.011e5, 1234.5, 12.3456, 3e-7, 2.5e12, 0.00123, 1.0]


@pytest.mark.parametrize("value", VALUES)
def test_number_is_written_as_in_the_sentence_of_the_report(value: float) -> None:
    assert number(value) == figure(value)


@pytest.mark.parametrize("value", [None, float("nan"), float("inf")])
def test_number_that_is_none_is_unknown(value: float | None) -> None:
    assert number(value) == "unknown"


def test_classes_of_errors_are_not_for_people_but_names_of_aws_are() -> None:
    assert error_name("TargetMissingError") == ""
    assert error_name("States.Timeout") == "States.Timeout"
