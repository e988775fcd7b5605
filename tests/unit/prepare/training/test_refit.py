"""When a model is trained again on the validation rows as well."""

from typing import Any

import pytest

from pipeline.errors import SettingsError
from pipeline.settings import resolve_settings
from prepare.training.hyperparameters import SMALL_ROWS, TWICE_ROWS, refits
from tests.unit.prepare.pipeline_run import prepare
from tests.unit.prepare.steps.test_fit import labelled

STOPPED = {"num_round": "100", "early_stopping_rounds": "5"}


@pytest.mark.parametrize(
    ("settings", "rows", "wanted"),
    [
        ({}, TWICE_ROWS - 1, True),
        ({}, TWICE_ROWS, False),
        ({"tuning": True}, SMALL_ROWS - 1, True),
        ({"tuning": True}, SMALL_ROWS, False),
        ({"refit": True}, SMALL_ROWS, True),
        ({"tuning": True, "refit": False}, 100, False),
        ({"refit": False}, 100, False),
        ({"instance_count": 2}, 100, False),
        ({"refit": False, "instance_count": 2}, 100, False),
    ],
)
def test_small_tables_and_those_whose_settings_say_so_are_refitted(
    settings: dict[str, Any], rows: int, wanted: bool
) -> None:
    assert refits(resolve_settings(settings), STOPPED, rows) is wanted


def test_rounds_that_are_not_found_need_no_second_training() -> None:
    data = labelled("no", "yes")
    assert prepare(data).fit["refit"] is True
    assert prepare(data, {"refit": False}).fit["refit"] is False
    assert prepare(data, {"hyperparameters": {"num_round": 9}}).fit["refit"] is True
    linear = {"hyperparameters": {"booster": "gblinear"}}
    assert prepare(data, linear).fit["refit"] is False


@pytest.mark.parametrize(
    ("settings", "said"),
    [({"instance_count": 2}, "instance_count over 1"), ({}, "booster gblinear")],
)
def test_refit_that_cannot_be_is_refused(settings: dict[str, Any], said: str) -> None:
    chosen = STOPPED if settings else {"num_round": "100"}
    with pytest.raises(SettingsError, match=f"sets refit true and {said}"):
        refits(resolve_settings({"refit": True} | settings), chosen, 100)
