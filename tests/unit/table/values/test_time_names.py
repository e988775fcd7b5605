"""What names of columns say of times."""

import pytest

from table.values.time_names import says_birth, says_clock, says_day, says_duration, says_moment


@pytest.mark.parametrize("name", ["date", "Order Date", "orderDate", "SALEDATE", "day", "dob"])
def test_name_of_a_date_says_so(name: str) -> None:
    assert says_day(name)


@pytest.mark.parametrize("name", ["amount", "holidays", "candidate_no", "code", "monday"])
def test_name_of_no_date_does_not_say_so(name: str) -> None:
    assert not says_day(name)


@pytest.mark.parametrize(
    "name", ["timestamp", "created_at", "createdAt", "time", "ts", "event_time"]
)
def test_name_of_a_moment_says_so(name: str) -> None:
    assert says_moment(name)


@pytest.mark.parametrize("name", ["population", "user_id", "phone", "lifetimes", "charts"])
def test_name_of_no_moment_does_not_say_so(name: str) -> None:
    assert not says_moment(name)


def test_name_of_births_says_so() -> None:
    assert says_birth("date_of_birth")
    assert says_birth("birthDate")
    assert not says_birth("date")


@pytest.mark.parametrize(
    "name", ["duration", "time_taken", "elapsedTime", "Length", "departure_delay"]
)
def test_name_of_a_duration_says_so_and_is_no_time_of_day(name: str) -> None:
    assert says_duration(name)
    assert not says_clock(name)


@pytest.mark.parametrize("name", ["departure", "opens_at", "start time", "hour", "time_of_day"])
def test_name_of_a_time_of_day_says_so_and_is_no_duration(name: str) -> None:
    assert says_clock(name)
    assert not says_duration(name)
