import pytest

from pipeline.delivery.backoff import Backoff


def test_wait_doubles_up_to_sixty_units() -> None:
    backoff = Backoff(15)
    for number, least in enumerate([15, 30, 60, 120, 240, 480, 900, 900, 900, 900], 1):
        waits = [backoff.seconds(number) for _ in range(50)]
        assert least <= min(waits)
        assert max(waits) <= least * 1.25
    assert backoff.seconds(5000) <= 1125


def test_wait_differs_so_that_not_all_come_back_at_once() -> None:
    assert len({Backoff(15).seconds(3) for _ in range(20)}) > 10


def test_wait_without_a_unit_is_none() -> None:
    assert Backoff(0).seconds(7) == 0


@pytest.mark.parametrize(
    ("asked", "granted"), [(None, 0), (-5, 0), (7.5, 7.5), (3600, 3600), (86_400, 3600)]
)
def test_wait_that_was_asked_for_is_granted_up_to_an_hour(
    asked: float | None, granted: float
) -> None:
    assert Backoff(0).seconds(1, asked) == granted
    assert Backoff(60).seconds(9, asked) >= 3600
