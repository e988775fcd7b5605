"""Play cells, several at a time, each in a lane of its own."""

import itertools
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from bench.faults.cell import Cell, Result
from bench.faults.data import classification, regression
from bench.faults.judge import Packages, judge
from bench.faults.lane import Lane

_numbers = itertools.count()
_LATE_SECONDS = 4.0
_SETUP_SECONDS = 120.0
_MISSED = "the fault did not come to be"
# A new model that happens to be worse is not registered, and its fault never met.
_PLAYS = 3


def play(
    cells: Sequence[Cell], lanes: Sequence[Lane], tell: Callable[[Result], None]
) -> list[Result]:
    """Play all cells; what is told comes as each ends, what is returned is complete.

    A message that comes after its cell was judged counts against the cell.
    """
    # Long ones first, so that no lane ends long after the others.
    waiting: queue.SimpleQueue[Cell] = queue.SimpleQueue()
    for cell in sorted(cells, key=lambda cell: -cell.limit):
        waiting.put(cell)
    results: dict[str, Result] = {}

    def work(lane: Lane) -> None:
        datasets = {}
        while True:
            try:
                cell = waiting.get_nowait()
            except queue.Empty:
                break
            for _ in range(_PLAYS):
                # No hexadecimal number, which the identifiers in messages are full of.
                dataset = f"x{next(_numbers):04d}"
                datasets[cell.name] = dataset
                result = play_one(cell, lane, dataset)
                if _MISSED not in result.failures:
                    break
            results[cell.name] = result
            tell(result)
        time.sleep(_LATE_SECONDS if datasets else 0)
        for name, dataset in datasets.items():
            results[name] = _recounted(results[name], lane, dataset)

    threads = [threading.Thread(target=work, args=(lane,), name=lane.folder.name) for lane in lanes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [results[cell.name] for cell in cells]


def play_one(cell: Cell, lane: Lane, dataset: str) -> Result:
    """Play one cell; what goes wrong in doing so is a failure of the cell."""
    began = time.monotonic()
    try:
        return _played(cell, lane, dataset)
    except Exception as error:  # noqa: BLE001 - the other cells go on
        reason = f"could not be played: {type(error).__name__}: {error}"
        return Result(cell.name, [reason], "unplayed", round(time.monotonic() - began, 1))


def _played(cell: Cell, lane: Lane, dataset: str) -> Result:
    seed = int(dataset[1:])
    table = classification if seed % 2 else regression
    known = {_first_run(lane, dataset, table(2 * seed))} if cell.champion else set()
    before = lane.champions(dataset)
    with cell.arrange(lane, dataset):
        if cell.stimulus == "start":
            drop = lane.start(dataset)
        elif cell.stimulus.startswith("score"):
            drop = lane.score(dataset, table(2 * seed + 1), batch=cell.stimulus.endswith("batch"))
        else:
            if cell.stimulus.endswith("auto"):
                lane.put_settings(dataset, {"test_predictions": "auto"})
            drop = lane.drop(dataset, "new", table(2 * seed + 1))
        if cell.meanwhile is not None:
            cell.meanwhile(lane, drop)
        ending = lane.await_end(drop, known, cell.limit, cell.settle)
        met = cell.met is None or cell.met(lane, dataset)
    # Only now, since a fault may be in the way of looking.
    if ending.kind == "hang":
        lane.stop(drop.run)
    result = judge(cell, ending, Packages(before, lane.champions(dataset)), drop.run)
    missed = [] if met else [_MISSED]
    return replace(result, failures=[*result.failures, *missed])


def _first_run(lane: Lane, dataset: str, body: bytes) -> str:
    """Train the dataset's first model; it is in use afterwards."""
    drop = lane.drop(dataset, "first", body)
    ending = lane.await_end(drop, set(), _SETUP_SECONDS, 0.0)
    if (ending.document or {}).get("verdict") != "approved":
        raise RuntimeError(f"the first run ended {ending.kind}: {ending.document}")
    # S3 tells times in whole seconds, and a file of the first one's second is not newer.
    time.sleep(1 - time.time() % 1)
    return drop.run


def _recounted(result: Result, lane: Lane, dataset: str) -> Result:
    """Look for messages that came after the cell was judged."""
    if result.verdict == "unplayed":
        return result
    count = sum(1 for told in lane.inbox.messages(dataset, set()) if result.run in told["Message"])
    if count <= result.messages:
        return result
    late = f"{count - result.messages} more messages came later"
    return replace(result, failures=[*result.failures, late], messages=count)


def open_lanes(folder: Path, count: int) -> list[Lane]:
    """Start a cloud for each lane."""
    lanes: list[Lane] = []
    try:
        lanes.extend(Lane(folder / f"lane{number}") for number in range(count))
    except BaseException:
        for lane in lanes:
            lane.end()
        raise
    return lanes
