"""How lines of predictions are read: fast where they are well-formed, else one by one."""

import numpy as np
import pytest

from evaluate.rows import parse
from evaluate.rows.parse import read_predictions
from pipeline.errors import PredictionValueError


@pytest.mark.parametrize(
    ("task", "bad"),
    [
        ("regression", "1 2"),
        ("regression", "1\r2"),
        ("regression", "1_0"),
        ("regression", "\uff11\uff10"),
        ("regression", "4]2"),
        ("regression", "[42"),
        ("regression", "  "),
        ("regression", "\u20287"),
        ("multiclass", "[0.5, 0.4]"),
        ("multiclass", "[0.5, 0.5"),
        ("multiclass", "0.5 0.5"),
    ],
)
def test_a_line_that_only_resembles_a_prediction_is_shown_as_it_is(task: str, bad: str) -> None:
    sound, width = ("[0.25, 0.75]", 2) if task == "multiclass" else ("3", 1)
    body = f"{sound}\n{bad}\n".encode()
    with pytest.raises(PredictionValueError) as caught:
        read_predictions(body, "part.out", task, 2, width)
    assert f"line 2 of part.out is {bad!r}, not" in str(caught.value)


@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
@pytest.mark.parametrize(
    "line", ["[0.25, 0.75]", "0.25,0.75", "[ 0.25 ,\t0.75 ]", " [2.5e-1, .75] ", "[0.25,0.7501]"]
)
def test_brackets_blanks_and_line_ends_belong_to_no_number(line: str, end: str) -> None:
    body = f"[0.5, 0.5]{end or chr(10)}{line}{end}".encode()
    found = read_predictions(body, "part.out", "multiclass", 2, 2)
    np.testing.assert_allclose(found, [[0.5, 0.5], [0.25, 0.75]], atol=2e-4)


@pytest.mark.parametrize("line", ["[0.25, 0.75]", "0.25,0.75"])
def test_well_formed_lines_are_not_read_one_by_one(
    line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parse, "_by_line", None)
    assert read_predictions(f"{line}\n".encode() * 3, "p", "multiclass", 3, 2).shape == (3, 2)


@pytest.mark.parametrize("body", [b"1.5\n\n2.5\n\n", b"\n1.5\n2.5\n", b"1.5\r\n\r\n2.5\r\n"])
def test_empty_lines_between_predictions_are_passed_over(body: bytes) -> None:
    assert read_predictions(body, "p", "regression", 2, 1).tolist() == [1.5, 2.5]


@pytest.mark.parametrize("line", ["[0.5, 0.3, 0.2]", "1"])
def test_lines_that_all_have_other_than_the_classes_are_refused(line: str) -> None:
    with pytest.raises(PredictionValueError, match="line 1 of p is"):
        read_predictions(f"{line}\n".encode() * 3, "p", "multiclass", 3, 2)
