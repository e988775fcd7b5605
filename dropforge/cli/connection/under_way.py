"""What goes on in the local cloud, which would end or wait if it were stopped."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dropforge.errors import CloudError

if TYPE_CHECKING:
    from dropforge.cloud import Cloud

_PAUSE_SECONDS = 0.5


@dataclass(frozen=True)
class UnderWay:
    """Work of the local cloud.

    Parameters
    ----------
    runs : executions that go on; an end of the cloud fails them.
    waiting : runs that wait for their turn, and events, such as drops, that no function has
        taken yet; the next start goes on with them.
    """

    runs: int = 0
    waiting: int = 0

    def __bool__(self) -> bool:
        return bool(self.runs or self.waiting)

    def __str__(self) -> str:
        runs = f"{self.runs:,} run{'' if self.runs == 1 else 's'}" if self.runs else ""
        waiting = f"{self.waiting:,} waiting" if self.waiting else ""
        return " and ".join(filter(None, (runs, waiting)))


def under_way(cloud: "Cloud") -> UnderWay:
    """Ask a cloud what goes on in it; nothing if it does not say."""
    from dropforge.cloud import admin

    try:
        backlog = admin.ask(cloud, "backlog")
    except CloudError:
        return UnderWay()
    runs = backlog["executions"]
    events = sum(int(line["queued"]) for line in backlog["functions"].values())
    return UnderWay(runs["running"], events + runs["queued"])


def wait_for_end(cloud: "Cloud", say: Callable[[UnderWay], None]) -> None:
    """Wait until nothing goes on in a cloud.

    Parameters
    ----------
    say : called with what goes on, at the beginning and whenever it is less or more.
    """
    told = None
    while work := under_way(cloud):
        if work != told:
            say(work)
            told = work
        time.sleep(_PAUSE_SECONDS)
