"""AWS's quotas and the project's own limits, and at which size of a file each is passed."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from math import ceil
from pathlib import Path

from s3transfer.utils import ChunksizeAdjuster  # type: ignore[import-untyped]

from bench.scale.growth import Size
from table.limits import LARGEST_CHUNK_BYTES, MIB, MOST_CHUNKS, PROFILES_LIMIT_BYTES

_LARGEST_BYTES = MOST_CHUNKS * LARGEST_CHUNK_BYTES
"""Of a file that Plan takes."""
_SMALLEST_BYTES = 10**7
_MAX_RUNTIME_SECONDS = 3600
_TRANSFORM_SECONDS = 86_400
_TRAINING_GIB = 8.0
_GIB = 1 << 30
_MACHINE = Path(__file__).parents[2] / "statemachine" / "train_and_batch_transform.asl.json"
_PARTS = 10_000


@dataclass(frozen=True)
class Quota:
    """A limit, what counts against it, and what happens past it."""

    what: str
    limit: str
    most: float
    of: Callable[[Size], float]
    form: Callable[[float], str]
    then: str


@cache
def _at_once() -> int:
    machine = json.loads(_MACHINE.read_text(encoding="utf-8"))
    return max(int(state.get("MaxConcurrency", 0)) for state in machine["States"].values())


def _in(unit: str, each: float = 1, digits: int = 0) -> Callable[[float], str]:
    """Return what writes a number in a unit of so many."""
    return lambda value: f"{value / each:,.{digits}f} {unit}".rstrip()


_kib, _mib, _gib = _in("KiB", 1024, 1), _in("MiB"), _in("GiB")
_gib_of_bytes, _seconds, _count = _in("GiB", _GIB, 1), _in("s"), _in("")

QUOTAS = (
    Quota(
        "data of a state", "256 KiB", 256 * 1024, lambda size: size.payload_bytes, _kib,
        "does not grow with the file",
    ),
    Quota(
        "events of the history", "25,000", 25_000, lambda size: size.events, _count,
        "the Maps' children have histories of their own",
    ),
    Quota(
        "a Map's result, which is not kept", "256 KiB", 256 * 1024,
        lambda size: size.map_result_bytes, _kib,
        "larger chunks: at most 100,000; refused by Plan where they would have over 128 MiB",
    ),
    Quota(
        "children of a Map at once", "10,000", 10_000, lambda _size: _at_once(), _count,
        "MaxConcurrency",
    ),
    Quota(
        "invocations at once, in a new account", "10", 10,
        lambda size: min(_at_once(), size.chunks), _count,
        "a call that is refused is made again, for a day: the Maps take longer",
    ),
    Quota(
        "parts of the command's upload", "10,000", _PARTS,
        lambda size: ceil(size.bytes / ChunksizeAdjuster().adjust_chunksize(8 * MIB, size.bytes)),
        _count, "parts are made larger",
    ),
    Quota(
        "one invocation: Profile or Encode chunk", "900 s", 900,
        lambda size: max(size.longest["Profile chunk"], size.longest["Encode chunk"]),
        _seconds, "goes with the chunk, not with the file",
    ),
    Quota(
        "one invocation: Fit encoder", "900 s", 900, lambda size: size.longest["Fit encoder"],
        _seconds, "refused by Fit at 8 GiB of profiles",
    ),
    Quota(
        "profiles that Fit reads", "8 GiB", PROFILES_LIMIT_BYTES,
        lambda size: size.profiles_bytes, _gib_of_bytes,
        "refused by Fit: raise ChunkSizeInMiB, fewer columns",
    ),
    Quota(
        "one invocation: Evaluate", "900 s", 900, lambda size: size.longest["Evaluate"],
        _seconds, "5 million test rows are judged, evenly spread",
    ),
    Quota(
        "memory of a function", "3,008 MB", 3008, lambda size: size.function_mib, _mib,
        "goes with the chunk and with the judged rows, not with the file",
    ),
    Quota(
        "memory of ml.m5.large", "8 GiB", _TRAINING_GIB, lambda size: size.training_gib,
        _gib, "refused by Fit, with an instance type that holds the rows",
    ),
    Quota(
        "memory of the largest instance named", "768 GiB", 768,
        lambda size: size.training_gib, _gib, "refused by Fit, with an instance_count",
    ),
    Quota(
        "max_runtime_seconds, 50 rounds, two processors", "3,600 s", _MAX_RUNTIME_SECONDS,
        lambda size: size.tasks["Train model (XGBoost)"], _seconds,
        "the run fails after that hour; the message says what to set",
    ),
    Quota(
        "state Batch transform", "86,400 s", _TRANSFORM_SECONDS,
        lambda size: size.tasks["Batch transform"], _seconds, "the run fails",
    ),
    Quota(
        "gzip or UTF-16, unpacked", "20 GiB", 20 * _GIB, lambda size: size.bytes, _gib_of_bytes,
        "refused by Plan",
    ),
    Quota(
        "parts of a scored file's result", "10,000", _PARTS,
        lambda size: ceil(size.bytes / (64 * MIB)), _count,
        "the parts stay as they are ([scoring](scoring.md#what-comes-back))",
    ),
)  # fmt: skip


def passed_at(value: Callable[[int], float], most: float) -> int | None:
    """Return the size at which a value that grows passes its limit; None if no file does."""
    if value(_LARGEST_BYTES) <= most:
        return None
    low, high = _SMALLEST_BYTES, _LARGEST_BYTES
    if value(low) > most:
        return low
    while high - low > low // 200:
        middle = (low + high) // 2
        low, high = (low, middle) if value(middle) > most else (middle, high)
    return high
