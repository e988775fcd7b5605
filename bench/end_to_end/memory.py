"""The most memory that each kind of process had while something went on."""

import re
import threading
from types import TracebackType

from bench.processes import command_of, peak_mib, tree

_SECONDS = 0.2
_FUNCTION = re.compile(r"ministack-lambda-\w+?-(\w+Function)-")


class Peaks:
    """Watches a process and all below it, every fifth of a second.

    Attributes
    ----------
    found : by kind of process, MiB; of several of a kind, the largest.
    """

    def __init__(self, pid: int) -> None:
        self.found: dict[str, float] = {}
        self._pid = pid
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> "Peaks":
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(_SECONDS):
            for pid in tree(self._pid):
                name = _kind(command_of(pid))
                self.found[name] = max(self.found.get(name, 0.0), peak_mib(pid))


def _kind(command: str) -> str:
    function = _FUNCTION.search(command)
    if function:
        return function[1]
    return "local cloud" if "dropforge.cloud.server" in command else "SageMaker job"
