"""A run's table of predictions, made while the run is judged: all of its sources lie there then."""

import shutil
import tempfile
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import IO

from dropforge.client.execution.history import Timeline
from dropforge.client.runs.joined import Sources, sources_of, write_joined
from dropforge.client.stack import Stack
from pipeline import layout

JUDGED_IN = "Evaluate"
"""The state that comes when the test rows are predicted."""


class EarlyTable:
    """A table that a thread makes in a temporary file as soon as it can be made."""

    def __init__(self, stack: Stack, run: str) -> None:
        self._stack, self._run = stack, run
        self._pool = ThreadPoolExecutor(1)
        self._unwanted = Event()
        self._made: Future[tuple[Sources, IO[bytes]]] | None = None

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
        if self._made is None or self._made.exception():
            return False
        made_of, table = self._made.result()
        if made_of != sources:
            return False
        table.seek(0)
        with file.open("wb") as out:
            shutil.copyfileobj(table, out)
        return True

    def close(self) -> None:
        """Let the thread end soon, and delete the table."""
        self._unwanted.set()
        self._pool.shutdown()
        if self._made and not self._made.exception():
            self._made.result()[1].close()

    def _make(self) -> tuple[Sources, IO[bytes]]:
        # Where the decision lies if the run is judged with one; else the sources will differ.
        sources = sources_of(self._stack, self._run, layout.run_key(self._run, layout.DECISION))
        table = tempfile.TemporaryFile()  # noqa: SIM115 it is there until the whole is closed
        try:
            write_joined(self._stack, sources, table, self._check)
        except BaseException:
            # The table's next try may need the space.
            table.close()
            raise
        return sources, table

    def _check(self) -> None:
        if self._unwanted.is_set():
            raise CancelledError
