"""What all jobs of the server share: folders, faults, the fork server, places."""

import os
import threading
from pathlib import Path
from typing import Any

from dropforge.cloud.sagemaker.fault_injection import Faults
from dropforge.cloud.sagemaker.jobs.places import Places
from dropforge.cloud.sagemaker.jobs.processes import ForkServer

# More at once would only share the processors, and take memory for it.
LIMIT = 2 * max(2, os.cpu_count() or 2)

fork_server = ForkServer()
places = Places(LIMIT)
_settings: dict[str, Any] = {}
_closing = threading.Event()


def install(directory: Path, faults: Faults) -> None:
    """Say where jobs have their folders and which faults they are to meet."""
    _settings.update(directory=directory, faults=faults)


def folder_of(prefix: str, name: str) -> Path:
    """Return the folder of a job; `prefix` is that of its kind, as in "Training"."""
    directory: Path = _settings["directory"]
    return directory / f"{prefix.lower()}-{name}"


def faults() -> Faults:
    """Return the faults on purpose."""
    found: Faults = _settings["faults"]
    return found


def backlog() -> dict[str, int]:
    """Count the jobs that wait for a place, and those whose processes run."""
    return places.counts()


def close() -> None:
    """Say that the cloud ends: from now on no job's end is noted.

    What the end of the cloud does to a job, the next start tells of, whatever it looked like here.
    """
    _closing.set()


def hold_if_closing() -> None:
    """Do not return once the cloud ends; the thread goes with the process."""
    if _closing.is_set():
        threading.Event().wait()


def shutdown() -> None:
    """Kill every job's process."""
    close()
    fork_server.shutdown()
