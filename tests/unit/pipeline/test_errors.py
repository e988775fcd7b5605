"""What a message can know of an error by its name."""

import importlib
import pkgutil
from collections.abc import Iterator

import pytest

from pipeline import errors
from pipeline.errors import InputError, PipelineError, is_one_of

FUNCTIONS = (
    "seed",
    "trigger",
    "prepare",
    "evaluate",
    "predict",
    "join",
    "notify",
    "tidy",
    "webhook",
)


def test_an_error_is_known_by_its_name() -> None:
    assert is_one_of("ScheduleError")
    assert is_one_of("SettingsError", InputError)
    assert not is_one_of("PredictionCountError", InputError)


@pytest.mark.parametrize("name", [None, "", "PipelineErrors", "KeyError", "is_one_of"])
def test_other_names_are_none_of_them(name: str | None) -> None:
    assert not is_one_of(name)


def test_every_error_that_a_function_can_end_with_is_defined_where_messages_look_for_it() -> None:
    for function in map(importlib.import_module, FUNCTIONS):
        for module in pkgutil.walk_packages(function.__path__, f"{function.__name__}."):
            # A handler makes clients, and has no errors of its own.
            if not module.name.endswith(".handler"):
                importlib.import_module(module.name)
    elsewhere = [kind for kind in _below(PipelineError) if kind.__module__ != errors.__name__]
    assert not elsewhere


def _below(kind: type[PipelineError]) -> Iterator[type[PipelineError]]:
    for inner in kind.__subclasses__():
        yield inner
        yield from _below(inner)
