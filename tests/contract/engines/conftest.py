"""Both engines, once for all tests of a process."""

from collections.abc import Iterator

import pytest

from tests.contract.engines.engine import Engine
from tests.contract.engines.script import FILE, definition_of


@pytest.fixture(scope="session")
def local() -> Iterator[Engine]:
    with Engine("local", definition_of(FILE)) as engine:
        yield engine


@pytest.fixture(scope="session")
def second() -> Iterator[Engine]:
    with Engine("second", definition_of(FILE)) as engine:
        yield engine
