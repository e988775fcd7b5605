"""A person stops an execution while a job runs, and the call that stops the job goes wrong."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bench.faults.cell import FAILED, Cell, Expect
from bench.faults.drop import Drop
from bench.faults.lane import Lane

_ENDLESS = 100_000
_JOB_SECONDS = 3.0
_WAIT_SECONDS = 60.0
_FAULTS: dict[str, dict[str, Any]] = {
    "throttled once": {"fault": "throttling"},
    "throttling without end": {"fault": "throttling", "count": _ENDLESS},
    "server error once": {"fault": "server_error"},
    "access denied": {"fault": "access_denied", "count": _ENDLESS},
    "validation": {"fault": "validation", "count": _ENDLESS},
    "answer lost": {"fault": "lost_answer"},
    "answer slow": {"fault": "slow_answer", "seconds": 2.0},
}


def cells() -> Iterator[Cell]:
    """Yield the cells of StopTrainingJob and StopTransformJob."""
    for kind in ("Training", "Transform"):
        for fault, entry in _FAULTS.items():
            for champion in (False, True):
                yield _cell(kind, fault, entry, champion)


def _cell(kind: str, fault: str, entry: dict[str, Any], champion: bool) -> Cell:
    stop = f"Stop{kind}Job"

    @contextmanager
    def arrange(lane: Lane, dataset: str) -> Iterator[None]:
        name = f"{dataset}-*"
        slow = {"fault": "slow_job", "seconds": _JOB_SECONDS, "count": _ENDLESS}
        lane.arrange_sagemaker(
            [
                {"operation": f"Create{kind}Job", "name": name, **slow},
                {"operation": stop, "name": name, **entry},
            ]
        )
        try:
            yield
        finally:
            lane.arrange_sagemaker([])

    def meanwhile(lane: Lane, drop: Drop) -> None:
        listing = getattr(lane.client("sagemaker"), f"list_{kind.lower()}_jobs")
        end = time.monotonic() + _WAIT_SECONDS
        while not listing(NameContains=drop.run)[f"{kind}JobSummaries"]:
            if time.monotonic() > end:
                raise TimeoutError(f"no {kind} job of {drop.run}")
            time.sleep(0.05)
        lane.stop(drop.run)

    def met(lane: Lane, _dataset: str) -> bool:
        return any(each["operation"] == stop for each in lane.sagemaker_met())

    return Cell(
        axis="sagemaker",
        what=f"{stop} (execution stopped)",
        fault=fault,
        expect=Expect(FAILED, ("stopped",)),
        champion=champion,
        arrange=arrange,
        meanwhile=meanwhile,
        met=met,
    )
