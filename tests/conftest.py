"""What all tests share."""

import functools
import os
from collections.abc import Iterator
from typing import Any

import polars as pl
import pytest
from botocore.loaders import JSONFileLoader
from hypothesis import HealthCheck, settings

# XGBoost's threads wait busily for one another, for the very processors that the other worker of
# pytest-xdist needs; libgomp reads this when it is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

# The tables of the tests are small: threads take half as much time again to start and to wait as
# one does for all. Only here: what a test starts has as many as the processors.
with pytest.MonkeyPatch.context() as environment:
    environment.setenv("POLARS_MAX_THREADS", os.environ.get("POLARS_MAX_THREADS", "1"))
    pl.thread_pool_size()

# How long an example takes says more of the machine, and of what runs beside, than of the code.
settings.register_profile(
    "any machine", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")


@pytest.fixture(scope="session", autouse=True)
def _descriptions_of_services_read_once() -> Iterator[None]:
    """Keep what botocore reads of AWS's services: moto has each test begin with a new session."""
    load = JSONFileLoader.load_file

    @functools.cache
    def loaded(path: str) -> Any:
        return load(JSONFileLoader(), path)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(JSONFileLoader, "load_file", lambda _self, path: loaded(path))
        yield


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """Name a case of bytes after its argument, never after its content.

    A compressed file has the time of day in it. Two workers of pytest-xdist that collect in
    different seconds would see different names, and refuse to run.
    """
    del config
    return argname if isinstance(val, bytes | bytearray) else None
