"""What lies in a state directory, and who holds it.

A cloud holds an advisory lock on its state directory for as long as it lives.
The kernel lets go of it however the process ends, so a lock that can be had
proves that no cloud runs there; a process id alone would not, since ids are
used again.
"""

import fcntl
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from dropforge.cloud.privacy import close_to_others

DAMAGED = 4
"""Exit code of a server that found something in its state that it cannot read."""
DAMAGED_MARK = "DamagedStateError: "
"""What stands in its log before the sentence that says so."""


@dataclass(frozen=True)
class StateDir:
    """The files of one local cloud."""

    root: Path

    @property
    def lock(self) -> Path:
        """Locked by the cloud while it lives."""
        return self.root / "cloud.lock"

    @property
    def info(self) -> Path:
        """What the running cloud says of itself, JSON; absent when none is up."""
        return self.root / "cloud.json"

    @property
    def log(self) -> Path:
        """What the server process printed since its last start."""
        return self.root / "cloud.log"

    @property
    def earlier_log(self) -> Path:
        """What the server process before printed."""
        return self.root / "cloud.log.1"

    @property
    def services(self) -> Path:
        """The journal, and one JSON file a service, written at checkpoints."""
        return self.root / "state"

    @property
    def journal(self) -> Path:
        """What is written before it is told: executions, events, SageMaker's records."""
        return self.services / "journal.db"

    @property
    def objects(self) -> Path:
        """The objects of S3, one file each."""
        return self.root / "s3"

    @property
    def jobs(self) -> Path:
        """One directory a SageMaker job, laid out as in its container."""
        return self.root / "jobs"

    @property
    def scratch(self) -> Path:
        """The temporary directory of the server and its children; emptied at each start."""
        return self.root / "tmp"

    @property
    def faults(self) -> Path:
        """Which SageMaker calls and jobs are to fail; see docs/local-cloud.md."""
        return self.root / "faults.json"

    def prepare(self) -> None:
        """Make the directories, and clear away what a killed cloud left in the scratch one.

        What an earlier release left readable for others is closed to them.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(self.scratch, ignore_errors=True)
        for directory in (self.services, self.objects, self.jobs, self.scratch):
            directory.mkdir(exist_ok=True)
        if self.log.exists():
            # It may say why the one before ended.
            self.log.replace(self.earlier_log)
        kept = (
            self.services,
            self.objects,
            self.jobs,
            self.scratch,
            self.info,
            self.log,
            self.earlier_log,
            self.lock,
        )
        close_to_others(self.root, kept)

    def forget(self) -> None:
        """Delete what the cloud remembers, for a start without persistence."""
        for directory in (self.services, self.objects, self.jobs):
            shutil.rmtree(directory, ignore_errors=True)

    def write_info(self, info: dict[str, object]) -> None:
        """Say that the cloud is up; a reader sees all of it or nothing."""
        draft = self.info.with_suffix(".draft")
        draft.write_text(json.dumps(info, indent=1), encoding="utf-8")
        draft.replace(self.info)

    def read_info(self) -> dict[str, object] | None:
        """Return what the cloud said of itself, None if nothing or nothing readable is there."""
        try:
            info = json.loads(self.info.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return None
        return info if isinstance(info, dict) else None


def try_lock(path: Path, *, shared: bool = False) -> int | None:
    """Take the lock without waiting.

    Parameters
    ----------
    shared : with others that ask for it so; all of them keep a cloud from it.

    Returns
    -------
    A file descriptor that holds the lock until it and its copies in child
    processes are closed; None when another process holds it.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor
