"""The compact form of a state machine's file."""

import json

import pytest

from statemachine.form import WIDTH_COLUMNS, parsed, written

RETRIER = {
    "ErrorEquals": [f"Lambda.SomeVeryLongNameOfAnErrorException{n}" for n in range(4)],
    "IntervalSeconds": 2,
    "BackoffRate": 1.5,
}
MACHINE = {
    "StartAt": "Run",
    "States": {
        "Run": {
            "Type": "Task",
            "Parameters": {"short.$": "$.a", "none": None, "empty": {}},
            "Wide": [{"Key": "x" * 40}, {"Key": "y" * 40}],
            "Retry": [RETRIER, {"ErrorEquals": ["States.ALL"], "MaxAttempts": 0}],
            "Next": "≥",
        },
        "≥": {"Type": "Succeed"},
    },
}


def test_written_text_means_the_same_in_the_same_order() -> None:
    text = written(MACHINE)
    assert json.dumps(json.loads(text)) == json.dumps(MACHINE)
    assert written(parsed(text)) == text


def test_a_retrier_takes_one_line_however_wide() -> None:
    lines = written(MACHINE).splitlines()
    assert f"        {json.dumps(RETRIER)}," in lines
    assert len(json.dumps(RETRIER)) > WIDTH_COLUMNS


def test_a_state_takes_several_lines_however_short() -> None:
    assert written(MACHINE).splitlines()[-5:] == [
        '    "≥": {',
        '      "Type": "Succeed"',
        "    }",
        "  }",
        "}",
    ]


def test_what_fits_takes_one_line_and_what_does_not_one_for_each_item() -> None:
    lines = written(MACHINE).splitlines()
    assert '      "Parameters": {"short.$": "$.a", "none": null, "empty": {}},' in lines
    assert f'        {{"Key": "{"x" * 40}"}},' in lines


@pytest.mark.parametrize("spare", [0, 1])
def test_line_is_as_wide_as_it_may_be(spare: int) -> None:
    begin = '  "P": {"a": ""},'
    text = written({"P": {"a": "x" * (WIDTH_COLUMNS - len(begin) + spare)}, "Q": 1})
    assert len(text.splitlines()) == (6 if spare else 4)


def test_name_given_twice_is_refused() -> None:
    with pytest.raises(ValueError, match=r"named twice: \['b'\]"):
        parsed('{"a": {"b": 1, "b": 2}}')
