"""The stack that the commands have, faked."""

from tests.unit.cli.conftest import local, stack

__all__ = ["local", "stack"]
