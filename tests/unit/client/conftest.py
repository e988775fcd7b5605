"""The stack that the commands have, faked."""

from tests.unit.cli.conftest import folder, local, stack

__all__ = ["folder", "local", "stack"]
