"""Several instances of one training job: who gets which objects, and how they meet."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def shards_of(keys: list[str], hosts: list[str], distribution: str | None) -> dict[str, list[str]]:
    """Share out a channel's objects.

    Parameters
    ----------
    distribution : FullyReplicated gives each host all of them; ShardedByS3Key
        gives each every n-th.
    """
    if distribution != "ShardedByS3Key":
        return dict.fromkeys(hosts, keys)
    return {host: keys[number :: len(hosts)] for number, host in enumerate(hosts)}


@contextlib.contextmanager
def collective_of(hosts: dict[str, Path]) -> Iterator[dict[str, dict[str, Any]]]:
    """Run XGBoost's tracker while the hosts train, when there are several.

    Yields
    ------
    For each host, what xgboost.collective.CommunicatorContext needs; empty for one.
    """
    if len(hosts) == 1:
        yield {host: {} for host in hosts}
        return
    # Only here, since it costs a fifth of a second and few jobs have several hosts.
    from xgboost.tracker import RabitTracker

    tracker = RabitTracker(n_workers=len(hosts), host_ip="127.0.0.1", sortby="task")
    tracker.start()
    try:
        arguments = tracker.worker_args()
        yield {
            host: arguments | {"dmlc_task_id": f"{number:05d}", "dmlc_timeout": 60}
            for number, host in enumerate(hosts)
        }
    finally:
        tracker.free()
