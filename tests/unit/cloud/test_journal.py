import sqlite3
import threading
from pathlib import Path

import pytest

from dropforge.cloud.journal import Journal, JournalError
from dropforge.errors import DamagedStateError


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal.db")


def reopened(journal: Journal) -> Journal:
    """The journal as another process would see it."""
    return Journal(journal.path)


def test_row_outlives_its_process(journal: Journal) -> None:
    journal.put("a", "1", "one")
    journal.put("a", "1", "uno")
    journal.put("b", "1", "other")
    assert reopened(journal).rows("a") == [("1", "uno")]
    assert reopened(journal).get("b", "1") == "other"
    assert reopened(journal).get("b", "2") is None


def test_deleted_row_is_gone(journal: Journal) -> None:
    journal.put("a", "1", "one")
    journal.delete("a", "1")
    assert reopened(journal).rows("a") == []


def test_transaction_writes_all_at_its_end(journal: Journal) -> None:
    with journal.transaction():
        journal.put("a", "1", "one")
        assert reopened(journal).rows("a") == []
        with journal.transaction():
            journal.put("a", "2", "two")
        assert reopened(journal).rows("a") == []
    assert [key for key, _ in reopened(journal).rows("a")] == ["1", "2"]


def test_transaction_that_fails_writes_nothing(journal: Journal) -> None:
    called: list[str] = []

    def fail() -> None:
        with journal.transaction():
            journal.put("a", "1", "one")
            journal.after_commit(lambda: called.append("never"))
            raise ValueError("nothing of this")

    with pytest.raises(ValueError, match="nothing of this"):
        fail()
    journal.put("a", "2", "two")
    assert [key for key, _ in reopened(journal).rows("a")] == ["2"]
    assert called == []


def test_what_follows_is_called_once_the_rows_are_there(journal: Journal) -> None:
    seen: list[int] = []
    with journal.transaction():
        journal.after_commit(lambda: seen.append(len(reopened(journal).rows("a"))))
        journal.put("a", "1", "one")
        assert seen == []
    assert seen == [1]


def test_transaction_of_another_thread_is_its_own(journal: Journal) -> None:
    with journal.transaction():
        journal.put("a", "mine", "1")
        thread = threading.Thread(target=journal.put, args=("a", "theirs", "2"))
        thread.start()
        thread.join(5)
        assert reopened(journal).rows("a") == [("theirs", "2")]


def test_row_that_cannot_be_written_is_an_error(journal: Journal) -> None:
    journal.put("a", "1", "one")
    journal._connection.execute("PRAGMA max_page_count = 3")
    with pytest.raises(JournalError, match="full"):
        journal.put("a", "2", "x" * 100_000)
    assert journal.rows("a") == [("1", "one")]
    journal.put("a", "3", "three")


def test_row_that_is_refused_undoes_its_transaction_and_holds_up_no_other(journal: Journal) -> None:
    def write() -> None:
        with journal.transaction():
            journal.put("a", "1", "one")
            journal.put("a", "2", None)  # type: ignore[arg-type]

    with pytest.raises(JournalError, match="NOT NULL"):
        write()
    journal.put("a", "3", "three")
    assert reopened(journal).rows("a") == [("3", "three")]


def test_damaged_file_says_the_way_out(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    path.write_bytes(b"no database at all" * 100)
    with pytest.raises(DamagedStateError, match=f"mv {path}"):
        Journal(path)


def test_rows_that_cannot_be_read_are_said(journal: Journal) -> None:
    for number in range(2000):
        journal.put("a", f"{number}", "x" * 100)
    journal._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    journal._connection.close()
    content = bytearray(journal.path.read_bytes())
    content[8192:-4096] = b"\xff" * len(content[8192:-4096])
    journal.path.write_bytes(content)
    with pytest.raises((DamagedStateError, sqlite3.DatabaseError)) as caught:
        Journal(journal.path).rows("a")
    assert isinstance(caught.value, DamagedStateError)
