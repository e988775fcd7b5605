"""Which test rows the champion was trained on and the challenger was not.

A row's split follows from its place in the file. In a file whose rows were only added to,
nearly all of the champion's training rows train again; in one that was sorted anew, or lost
its oldest rows, most of them may become test rows, and the champion answers those from memory.
"""

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluate.holdout import Holdout
from evaluate.run_files import RunFiles, in_parallel
from evaluate.scored import Rows
from pipeline import layout

_SEEN = "data/seen"
_TESTED = "data/tested"
_NO_RECORD = "its run kept no record of them"
_OTHER_RECORD = "they were recorded for other columns, or by another version of Prepare"

Digests = NDArray[np.uint64]


@dataclass(frozen=True)
class Overlap:
    """What the champion knows of the test rows."""

    seen: int | None
    """How many it was trained on and the challenger was not; None if that is not known."""
    fair: Rows | None = None
    """(rows,): which rows both can be compared on; None for all."""
    unknown: str = ""
    """Why it is not known, as a clause."""


def overlap_of(files: RunFiles, holdout: Holdout, encoder_key: str) -> Overlap:
    """Compare the test rows with what the champion and the challenger were trained on.

    A row that both were trained on, as rows that repeat may be, favours neither. Of a
    large file only a share of the rows is recorded; if the champion was trained on any of
    those, the rest of them, a random sample, are the rows to compare on.

    Parameters
    ----------
    encoder_key : of the champion; what else its run wrote lies beside it.
    """
    champion = RunFiles(files.s3, files.bucket, encoder_key.rpartition("/")[0])
    own, old = _rule(files), _rule(champion)
    if own is None or old is None:
        return Overlap(None, unknown=_NO_RECORD)
    if own["scheme"] != old["scheme"]:
        return Overlap(None, unknown=_OTHER_RECORD)
    tested = _read(files, _TESTED, [layout.digest_part(part) for part in holdout.parts])
    if len(tested) != len(holdout.truth):
        return Overlap(None, unknown=_NO_RECORD)
    known = tested % np.uint64(max(own["every"], old["every"])) == 0
    seen = np.zeros(len(tested), dtype=np.bool_)
    seen[known] = np.isin(tested[known], _read(champion, _SEEN)) & ~np.isin(
        tested[known], _read(files, _SEEN)
    )
    count = int(seen.sum())
    return Overlap(count, known & ~seen if count else None)


def _rule(files: RunFiles) -> dict[str, Any] | None:
    rule: dict[str, Any] | None = json.loads(files.read_if_there("fit.json") or "{}").get("digests")
    return rule


def _read(files: RunFiles, folder: str, names: list[str] | None = None) -> Digests:
    wanted = files.names(folder) if names is None else names
    bodies = in_parallel(lambda name: files.read_if_there(folder, name) or b"", wanted)
    return np.frombuffer(b"".join(bodies), dtype="<u8")
