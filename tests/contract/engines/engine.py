"""The two engines, each in a process of its own: both change what the process has imported."""

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType

from tests.contract.engines import local, second
from tests.contract.engines.script import Record, Scenario

_STARTS: dict[str, Callable[[str, Path], None]] = {"local": local.start, "second": second.start}
_RUNS: dict[str, Callable[[Scenario], Record]] = {"local": local.run, "second": second.run}


class Engine:
    """Runs scenarios; `name` is local or second."""

    def __init__(self, name: str, definition: str) -> None:
        self._run = _RUNS[name]
        self._folder = TemporaryDirectory()
        self._pool = ProcessPoolExecutor(
            max_workers=1,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_STARTS[name],
            initargs=(definition, Path(self._folder.name)),
        )
        self._known: dict[str, Record] = {}

    def __enter__(self) -> "Engine":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.shutdown()
        self._folder.cleanup()

    def run(self, scenario: Scenario) -> Record:
        """Run a scenario, once."""
        if scenario.name not in self._known:
            future = self._pool.submit(self._run, scenario)
            self._known[scenario.name] = future.result(timeout=120)
        return self._known[scenario.name]
