"""What must outlive a kill, written before anyone hears of it.

One SQLite file in WAL mode holds a row for each execution, each record of
SageMaker and each event that a function has yet to take. A row is written in a
transaction together with the events that tell of it, so that after a kill at any
moment either both are there or neither is. A process that is killed loses no
transaction; a machine that loses its power may lose the last ones, but no half of
one (SQLite documentation, PRAGMA synchronous, NORMAL in WAL mode).
"""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from dropforge.errors import DamagedStateError

_SCHEMA = """
CREATE TABLE IF NOT EXISTS records (
  kind TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (kind, key)
) WITHOUT ROWID
"""


class JournalError(OSError):
    """A row could not be written, most often because the disk is full."""


class Journal:
    """Rows of text by kind and key, in one file.

    Raises
    ------
    DamagedStateError
        The file is there but is no database that can be read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._batches = threading.local()
        try:
            self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
            self._connection.execute(_SCHEMA)
        except sqlite3.DatabaseError as error:
            raise damaged(path, error) from error

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Write all or nothing of what this thread puts inside, at its end.

        A transaction within another joins it. Nothing is locked before the end, so
        that what is called inside may wait for other threads.

        Raises
        ------
        JournalError
            It could not be written.
        """
        if getattr(self._batches, "batch", None) is not None:
            yield
            return
        batch = self._batches.batch = _Batch()
        try:
            yield
        finally:
            self._batches.batch = None
        self._write(batch)
        for call in batch.then:
            call()

    def after_commit(self, call: Callable[[], None]) -> None:
        """Call this once the transaction of this thread is written, and not if it never is."""
        with self.transaction():
            self._batches.batch.then.append(call)

    def put(self, kind: str, key: str, value: str) -> None:
        """Write a row, in place of an earlier one of the same kind and key."""
        self._add("INSERT OR REPLACE INTO records VALUES (?, ?, ?)", (kind, key, value))

    def delete(self, kind: str, key: str) -> None:
        """Delete a row, if it is there."""
        self._add("DELETE FROM records WHERE kind = ? AND key = ?", (kind, key))

    def get(self, kind: str, key: str) -> str | None:
        """Return a row's value, None if there is none."""
        with self._lock:
            query = "SELECT value FROM records WHERE kind = ? AND key = ?"
            found = self._connection.execute(query, (kind, key)).fetchone()
        return None if found is None else str(found[0])

    def rows(self, kind: str) -> list[tuple[str, str]]:
        """Return key and value of all rows of a kind, in the order of the keys."""
        with self._lock:
            query = "SELECT key, value FROM records WHERE kind = ? ORDER BY key"
            try:
                return list(self._connection.execute(query, (kind,)))
            except sqlite3.DatabaseError as error:
                raise damaged(self.path, error) from error

    def _add(self, statement: str, values: tuple[str, ...]) -> None:
        with self.transaction():
            self._batches.batch.statements.append((statement, values))

    def _write(self, batch: "_Batch") -> None:
        if not batch.statements:
            return
        with self._lock:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                for statement, values in batch.statements:
                    self._connection.execute(statement, values)
                self._connection.execute("COMMIT")
            except sqlite3.Error as error:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise JournalError(f"{self.path}: {error}") from error


@dataclass
class _Batch:
    """What one transaction is to write, and what to call then."""

    statements: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    then: list[Callable[[], None]] = field(default_factory=list)


_open: list[Journal] = []


def install(path: Path) -> None:
    """Open the journal that this process writes."""
    _open[:] = [Journal(path)]


def journal() -> Journal:
    """Return the journal of this process."""
    return _open[0]


def damaged(path: Path, error: object) -> DamagedStateError:
    """Return the error for a file of the state that cannot be read, with the way out."""
    return DamagedStateError(
        f"{path} cannot be read ({error}), so the local cloud does not start and writes nothing "
        f"over it; put a copy of it back, or give up what it holds with: mv {path} {path}.damaged"
    )
