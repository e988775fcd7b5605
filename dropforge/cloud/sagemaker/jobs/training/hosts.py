"""Several instances of one training job: who gets which objects, and how they meet."""

import socket
from typing import Any, TypeVar

T = TypeVar("T")
_LOOPBACK = "127.0.0.1"
_TIMEOUT_SECONDS = 60
# A host may be there before the tracker is.
_RETRIES = 20


def shards_of(keys: list[T], hosts: list[str], distribution: str | None) -> dict[str, list[T]]:
    """Share out a channel's objects.

    Parameters
    ----------
    distribution : FullyReplicated gives each host all of them; ShardedByS3Key
        gives each every n-th.
    """
    if distribution != "ShardedByS3Key":
        return dict.fromkeys(hosts, keys)
    return {host: keys[number :: len(hosts)] for number, host in enumerate(hosts)}


def collective_of(hosts: list[str]) -> dict[str, dict[str, Any]]:
    """Say how the hosts of a job find each other.

    Returns
    -------
    For each host, what its process needs in order to join XGBoost's collective;
    the first also runs the tracker. Empty for a host alone.
    """
    if len(hosts) == 1:
        return {hosts[0]: {}}
    port = _free_port()
    return {
        host: {
            "dmlc_communicator": "rabit",
            "dmlc_tracker_uri": _LOOPBACK,
            "dmlc_tracker_port": port,
            "dmlc_task_id": f"{number:05d}",
            "dmlc_timeout": _TIMEOUT_SECONDS,
            "dmlc_retry": _RETRIES,
        }
        for number, host in enumerate(hosts)
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_LOOPBACK, 0))
        return int(probe.getsockname()[1])
