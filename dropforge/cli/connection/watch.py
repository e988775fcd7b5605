"""Deploys what is in the clone into the local cloud whenever it changes."""

import time
from collections.abc import Callable, Mapping
from threading import Event
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from dropforge.cli.connection.connect import local_stack, state_dir
from dropforge.cli.connection.shared_cloud import starting
from dropforge.cli.connection.under_way import under_way
from dropforge.environment import CONFIG_FILE, LOCAL, PROJECT_ROOT, read_environment
from dropforge.errors import DropforgeError

# The local cloud's modules are loaded only by the commands that use it.
if TYPE_CHECKING:
    from dropforge.cloud import Cloud
    from dropforge.cloud.deployment.sources import Mark, Sources

LOOK_SECONDS = 0.2
_NAMED = 3
"""Files that a line names; it counts the others."""


class Watcher:
    """Looks at the sources of a stack, and deploys them once they stay as they are.

    It waits for the runs that are under way: a run uses the same code from its beginning
    to its end.

    Parameters
    ----------
    deploy : deploys, and returns whether the stack was another before.
    runs : counts the runs that are under way.
    say : is told what became of a change.
    """

    def __init__(
        self,
        sources: "Sources",
        deploy: Callable[[], bool],
        runs: Callable[[], int],
        say: Callable[[str], None],
    ) -> None:
        self._sources = sources
        self._deploy = deploy
        self._runs = runs
        self._say = say
        self._seen: Mapping[str, Mark] | None = None
        # What was deployed or refused, what was deployed, and what waits for runs.
        self._dealt_with: Mapping[str, Mark] | None = None
        self._deployed: Mapping[str, Mark] | None = None
        self._waiting: Mapping[str, Mark] | None = None

    def look(self) -> None:
        """Look once, and deploy what has changed since the look before the last one.

        A file that was saved since the last look may be followed by others: editors save
        several in a row, and write one in several steps.
        """
        try:
            marks = self._sources.marks()
        except FileNotFoundError:
            # A folder went while it was read; the next look sees that.
            return
        settled, self._seen = marks == self._seen, marks
        if not settled or marks == self._dealt_with:
            return
        faults = self._sources.faults(marks)
        if faults:
            self._dealt_with = marks
            self._say("Not deployed, what was deployed stays. " + "\n".join(faults))
        elif runs := self._runs():
            self._wait(marks, runs)
        else:
            self._change(marks)

    def _wait(self, marks: "Mapping[str, Mark]", runs: int) -> None:
        if marks != self._waiting and self._deployed is not None:
            ends = "the run under way has" if runs == 1 else f"the {runs:,} runs under way have"
            self._say(f"{self._changes(marks)}: deployed when {ends} ended.")
        self._waiting = marks

    def _change(self, marks: "Mapping[str, Mark]") -> None:
        changes, began = self._changes(marks), time.monotonic()
        try:
            changed = self._deploy()
        except FileNotFoundError:
            # Deleted since; the next look sees that.
            return
        except (DropforgeError, ClientError, BotoCoreError, OSError) as error:
            self._dealt_with = marks
            self._say(f"Not deployed: {error}")
            return
        first = self._deployed is None
        self._dealt_with = self._deployed = marks
        if changed:
            what = "what is in the clone" if first else changes
            self._say(f"Deployed {what} in {time.monotonic() - began:.1f} s.")
        elif not first:
            self._say(f"{changes}: what is deployed is the same.")

    def _changes(self, marks: "Mapping[str, Mark]") -> str:
        """Name the files that are not as they were deployed."""
        before = self._deployed or {}
        names = sorted(name for name in {*before, *marks} if before.get(name) != marks.get(name))
        shown = [name if name in marks else f"{name} (deleted)" for name in names[:_NAMED]]
        more = [f"{len(names) - _NAMED:,} more"] if len(names) > _NAMED else []
        *listed, last = [*shown, *more]
        return f"{', '.join(listed)} and {last}" if listed else last


def watcher_of(cloud: "Cloud", say: Callable[[str], None]) -> Watcher:
    """Make what deploys the clone into a cloud that is up."""
    from dropforge.cloud.deployment.sources import Sources

    def deploy() -> bool:
        changed = Event()
        with starting(state_dir(), lambda: None):
            # Its parameters may have changed as well.
            environment = read_environment(LOCAL)
            local_stack(environment, cloud, deploy=True, changing=changed.set)
        return changed.is_set()

    sources = Sources(PROJECT_ROOT, [CONFIG_FILE])
    return Watcher(sources, deploy, lambda: under_way(cloud).runs, say)
