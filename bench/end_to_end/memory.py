"""The most memory that each kind of process had while something went on."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from bench.processes import command_of, looking, peak_mib, tree

_SECONDS = 0.2
_FUNCTION = re.compile(r"ministack-lambda-.*?-(\w+Function)-")


@contextmanager
def peaks_of(pid: int) -> Iterator[dict[str, float]]:
    """Watch a process and all below it, every fifth of a second.

    Yields
    ------
    The most memory by kind of process, in MiB; of several of a kind, the largest. It is whole
    when the context has ended.
    """
    found: dict[str, float] = {}

    def look() -> None:
        for each in tree(pid):
            name = kind_of(command_of(each))
            found[name] = max(found.get(name, 0.0), peak_mib(each))

    with looking(_SECONDS, look):
        yield found


def kind_of(command: str) -> str:
    """Tell a function, the local cloud or a job by its command line."""
    function = _FUNCTION.search(command)
    if function:
        return function[1]
    return "local cloud" if "dropforge.cloud.server" in command else "SageMaker job"
