"""A run's table of predictions, made while the run is judged: all of its sources lie there then."""

import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import CancelledError, Executor, Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event

from dropforge.client.execution.history import Timeline
from dropforge.client.runs.joined import Sources, sources_of, write_joined
from dropforge.client.stack import Stack
from pipeline import layout

JUDGED_IN = "Evaluate"
"""The state that comes when the test rows are predicted."""


class EarlyTable:
    """A table that a thread makes in a temporary file.

    Parameters
    ----------
    cleanup : deletes the file, when the thread has ended.
    """

    def __init__(self, stack: Stack, run: str, pool: Executor, cleanup: ExitStack) -> None:
        self._stack, self._run = stack, run
        self._pool, self._cleanup = pool, cleanup
        self._unwanted = Event()
        self._made: Future[tuple[Sources, Path]] | None = None

    def look(self, timeline: Timeline) -> None:
        """Begin once the run is being judged."""
        if self._made or self._stack.scores or timeline.is_over:
            return
        if any(visit.name == JUDGED_IN for visit in timeline.visits):
            # The thread finds it made: making clients is not safe in two threads at once.
            self._stack.client("s3")
            self._made = self._pool.submit(self._make)

    def write(self, sources: Sources, file: Path) -> bool:
        """Write the table to a file; False if none was made, or it is of other sources."""
        # What failed is tried again by whoever asks, which then raises it as it ever was.
        if self._made is None or self._made.exception() or self._made.result()[0] != sources:
            return False
        with self._made.result()[1].open("rb") as table, file.open("wb") as out:
            shutil.copyfileobj(table, out)
        return True

    def stop(self) -> None:
        """Let the thread end soon."""
        self._unwanted.set()

    def _make(self) -> tuple[Sources, Path]:
        # Where the decision lies if the run is judged with one; else the sources will differ.
        sources = sources_of(self._stack, self._run, layout.run_key(self._run, layout.DECISION))
        file = Path(self._cleanup.enter_context(tempfile.TemporaryDirectory())) / "table.csv"
        try:
            write_joined(self._stack, sources, file, self._check)
        except BaseException:
            # The table's next try may need the space.
            file.unlink(missing_ok=True)
            raise
        return sources, file

    def _check(self) -> None:
        if self._unwanted.is_set():
            raise CancelledError


@contextmanager
def early_table(stack: Stack, run: str) -> Iterator[EarlyTable]:
    """Make a run's table as soon as it can be made; it is deleted at the end."""
    with ExitStack() as cleanup, ThreadPoolExecutor(1) as pool:
        early = EarlyTable(stack, run, pool, cleanup)
        try:
            yield early
        finally:
            early.stop()
