"""The schedule's tick: every dataset on its own, many at once, within the function's time."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from pipeline.errors import ScheduleError
from trigger.drop import StoredObject

LOOKUPS = 32
"""Datasets looked at at once; the clients' connection pools have as many."""
_SPARE_SECONDS = 20.0
"""Left for the end of the invocation: what began then still comes to its end."""
_NAMED = 10


@dataclass(frozen=True)
class Looked:
    """What a dataset's look-up came to: an outcome, an error, or neither for want of time."""

    stored: StoredObject
    outcome: str | None = None
    run: str | None = None
    error: Exception | None = None


def look_at_each(
    objects: list[StoredObject],
    look: Callable[[StoredObject], Looked],
    seconds_left: Callable[[], float],
) -> Iterator[Looked]:
    """Yield what becomes of each object, in order; the error of one never stops the others.

    Parameters
    ----------
    look : handles one object; called in several threads at once.
    seconds_left : until the invocation is cut off.
    """

    def safely(stored: StoredObject) -> Looked:
        if seconds_left() < _SPARE_SECONDS:
            return Looked(stored)
        try:
            return look(stored)
        except Exception as error:  # noqa: BLE001 one dataset must not silence the others
            return Looked(stored, error=error)

    with ThreadPoolExecutor(LOOKUPS) as pool:
        yield from pool.map(safely, objects)


def check(failed: list[Looked], late: int, count: int) -> None:
    """Raise what a tick leaves undone, so that it is tried again and in the end told.

    Raises
    ------
    ScheduleError
        Some datasets failed, or the time did not suffice for all.
    """
    said = []
    if failed:
        named = "; ".join(f"{one.stored.key}: {one.error}" for one in failed[:_NAMED])
        more = f"; and {len(failed) - _NAMED:,} more" if len(failed) > _NAMED else ""
        said.append(f"{len(failed):,} of {count:,} datasets could not be looked at ({named}{more})")
    if late:
        said.append(f"the time did not suffice for {late:,} of {count:,} datasets")
    if said:
        raise ScheduleError(
            f"{'; '.join(said)}. The others were handled; these are tried again at the next tick"
        )
