"""What a file of any size would take, from what was measured of smaller ones."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, log
from typing import Any

from bench.scale.measured import JOBS
from bench.scale.memory import held_rows
from evaluate.rows.holdout import MAX_ROWS
from prepare.learning.learn import LEARNED_BYTES
from prepare.training.memory import Table, instance_for
from table.limits import MIB, MOST_CHUNKS

CHUNK_BYTES = 64 * MIB
_GROWING = {"Train model (XGBoost)", "Batch transform"}
"""Tasks beside those of chunks that grow with the file; all others have a bound."""
_CHUNK_TASKS = ("Profile chunk", "Encode chunk")
_PUTS = ("Put", "Create", "Complete", "Upload", "Copy", "List")
_GETS = ("Get", "Head", "Select")
_NOT_FUNCTIONS = (*JOBS, "Look at transform quota", "Save Model", "Register model")


@dataclass(frozen=True)
class Size:
    """What a file of one size takes.

    Attributes
    ----------
    tasks : seconds of all visits of each state that is a task.
    longest : seconds of the longest invocation of a function, by its state.
    training_gib : memory of the training job, the least that was seen.
    instance : the smallest that holds the rows; None if none does.
    function_mib : the most memory of a function's process.
    map_result_bytes : of the Map's result, which is not kept.
    profiles_bytes : of the chunks' profiles, which Fit reads.
    """

    bytes: int
    rows: int
    chunks: int
    tasks: dict[str, float]
    longest: dict[str, float]
    invocations: int
    transitions: int
    events: int
    payload_bytes: int
    map_result_bytes: int
    profiles_bytes: int
    puts: int
    gets: int
    log_bytes: float
    stored_bytes: float
    metrics: int
    function_mib: float
    training_gib: float
    instance: str | None
    around: dict[str, dict[str, float]]

    @property
    def function_seconds(self) -> float:
        """Seconds of all functions that the state machine calls."""
        return sum(s for name, s in self.tasks.items() if name not in _NOT_FUNCTIONS)


def size_of(found: dict[str, Any], size: int) -> Size:
    """Return what was measured of a file of this size, or follows from what was."""
    runs = sorted(found["runs"], key=lambda run: run["bytes"])
    last = runs[-1]
    chunks = ceil(size / max(CHUNK_BYTES, ceil(size / MOST_CHUNKS)))
    rows = round(size / last["bytes"] * last["file_rows"])
    grow = _Growth(runs, size)
    table = Table(held_rows(rows, "train"), held_rows(rows, "validation"), int(last["features"]))
    suggested = instance_for(table, 1)
    of_chunk = sum(chunks for _ in _CHUNK_TASKS)
    base = last["transitions"] - 2 * last["tasks"][_CHUNK_TASKS[0]]["count"] * len(_CHUNK_TASKS)
    return Size(
        bytes=size,
        rows=rows,
        chunks=chunks,
        tasks=_tasks(found, runs, size, chunks),
        longest=_longest(found, runs, size, chunks),
        invocations=of_chunk + round(sum(f["invocations"] for f in last["functions"].values()))
        - sum(int(last["tasks"][name]["count"]) for name in _CHUNK_TASKS),
        transitions=round(base + 2 * of_chunk),
        events=max(run["events"] for run in runs),
        payload_bytes=max(run["payload_bytes"] for run in runs),
        map_result_bytes=len('{"Result":[]}') + 2 * chunks,
        profiles_bytes=chunks * found["profiles"][-1]["profile_bytes"],
        puts=round(grow.by_chunks(lambda run: _requests(run, _PUTS), chunks)),
        gets=round(grow.by_chunks(lambda run: _requests(run, _GETS), chunks)),
        log_bytes=grow.by_chunks(lambda run: run["log_bytes"], chunks),
        stored_bytes=grow.by_bytes(lambda run: sum(run["stored"].values())),
        metrics=len(last["metrics"]),
        function_mib=max(
            peak for run in runs for kind, peak in run["peaks_mib"].items() if "Function" in kind
        ),
        training_gib=table.least_gib(1),
        instance=suggested[0] if suggested else None,
        around={name: last["functions"][name] for name in ("trigger", "notify")},
    )  # fmt: skip


class _Growth:
    """Goes between what was measured, and beyond it with the slope of the larger half."""

    def __init__(self, runs: list[dict[str, Any]], size: int) -> None:
        self._runs, self._size = runs, size

    def by_bytes(self, of: Callable[[dict[str, Any]], float]) -> float:
        return along([(run["bytes"], of(run)) for run in self._runs], self._size)

    def by_chunks(self, of: Callable[[dict[str, Any]], float], chunks: int) -> float:
        if chunks == 1:
            return self.by_bytes(of)
        points = [(ceil(run["bytes"] / CHUNK_BYTES), of(run)) for run in self._runs]
        return along(points, chunks)


def along(points: list[tuple[float, float]], at: float) -> float:
    """Return the value at a place of the line through points, which are in order.

    Between two points it is the line through them. Beyond the last the slope is that of the last
    three by least squares, so that one odd measurement does not decide.
    """
    if at <= points[0][0]:
        return points[0][1]
    for (x0, y0), (x1, y1) in pairwise(points):
        if x0 < at <= x1:
            return y0 + (y1 - y0) * (at - x0) / (x1 - x0)
    last = points[-3:]
    mean_x, mean_y = (sum(values) / len(last) for values in zip(*last, strict=True))
    spread = sum((x - mean_x) ** 2 for x, _ in last)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in last) / spread if spread else 0.0
    beyond: float = points[-1][1] + max(0.0, slope) * (at - points[-1][0])
    return beyond


def _tasks(
    found: dict[str, Any], runs: list[dict[str, Any]], size: int, chunks: int
) -> dict[str, float]:
    # A small file is trained on twice, which larger ones are not.
    names = min(runs, key=lambda run: abs(log(run["bytes"] / size)))["tasks"]
    return {name: _seconds(found, runs, name, size, chunks) for name in names}


def _seconds(
    found: dict[str, Any], runs: list[dict[str, Any]], name: str, size: int, chunks: int
) -> float:
    points = [(run["bytes"], run["tasks"][name]["seconds"]) for run in runs if name in run["tasks"]]
    last = runs[-1]
    if name in _CHUNK_TASKS:
        # In the run all chunks shared this machine; on AWS each has a function of its own, with 1.7
        # processors. As if on one, other load counts for nothing.
        alone = found["chunk"][name.split()[0].lower()]["processor_seconds"]
        return float(size / found["chunk"]["bytes"] * alone)
    if name in JOBS:
        # Two processors for itself, which the run shared with whatever else went on.
        points = [
            (run["bytes"], run["job_processor_seconds"][name] / 2)
            for run in runs
            if name in run["tasks"]
        ]
    if size <= last["bytes"] or name in _GROWING:
        return along(points, size)
    if name == "Fit encoder":
        more = chunks - ceil(float(last["bytes"]) / CHUNK_BYTES)
        learned: float = along(points, min(size, LEARNED_BYTES))
        return learned + more * chunk_seconds(found)
    if name == "Evaluate":
        return along(points, min(size, judged_bytes(last)))
    return float(points[-1][1])


def chunk_seconds(found: dict[str, Any]) -> float:
    """Return the processor seconds that Fit takes for each chunk."""
    few, many = found["profiles"][0], found["profiles"][-1]
    more = many["processor_seconds"] - few["processor_seconds"]
    return float(more / (many["chunks"] - few["chunks"]))


def judged_bytes(run: dict[str, Any]) -> float:
    """Return the size of a file of as many test rows as are judged."""
    return float(run["bytes"] * MAX_ROWS / run["rows"]["test"])


def _longest(
    found: dict[str, Any], runs: list[dict[str, Any]], size: int, chunks: int
) -> dict[str, float]:
    tasks = _tasks(found, runs, size, chunks)
    longest = {
        name: max(run["tasks"].get(name, {}).get("longest", 0.0) for run in runs) for name in tasks
    }
    bounded = {name: s for name, s in longest.items() if name not in _NOT_FUNCTIONS}
    alone = {name: tasks[name] / chunks for name in _CHUNK_TASKS}
    return bounded | alone | {name: tasks[name] for name in ("Fit encoder", "Evaluate")}


def _requests(run: dict[str, Any], kinds: tuple[str, ...]) -> int:
    return sum(
        count
        for who in run["requests"].values()
        for name, count in who.items()
        if name.startswith("S3.") and name.removeprefix("S3.").startswith(kinds)
    )
