"""What an event asks of TidyFunction is done as it says, or refused."""

from typing import Any

import pytest

from pipeline.errors import TidyError
from tidy.asked import Asked, asked_of


@pytest.mark.parametrize(
    ("event", "retention", "asked"),
    [
        ({}, 30, Asked(30, False)),
        ({"trigger": "schedule"}, 7, Asked(7, False)),
        ({"trigger": "schedule"}, 0, Asked(None, False)),
        ({"trial": True}, 30, Asked(30, True)),
        ({"trial": True}, 0, Asked(None, True)),
        ({"older_than_days": 0}, 30, Asked(0, False)),
        ({"older_than_days": 0.5, "trial": True}, 0, Asked(0.5, True)),
    ],
)
def test_event_may_ask_for_other_days_and_for_a_look(
    event: dict[str, Any], retention: int, asked: Asked
) -> None:
    assert asked_of(event, retention) == asked


@pytest.mark.parametrize("days", [-1, "0", True, False, [], 40_000, float("nan")])
def test_days_that_are_none_delete_nothing(days: Any) -> None:
    with pytest.raises(TidyError, match=r"older_than_days is .*Nothing was deleted"):
        asked_of({"older_than_days": days}, 30)


@pytest.mark.parametrize("trial", ["true", 1, None])
def test_trial_that_is_no_yes_or_no_deletes_nothing(trial: Any) -> None:
    with pytest.raises(TidyError, match=r"trial is .*Nothing was deleted"):
        asked_of({"trial": trial}, 30)
