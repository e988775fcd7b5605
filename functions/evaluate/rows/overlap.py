"""Which test rows the champion was trained on and the challenger was not.

A row's split follows from its place in the file. In a file whose rows were only added to,
nearly all of the champion's training rows train again; in one that was sorted anew, or lost
its oldest rows, most of them may become test rows, and the champion answers those from memory.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from evaluate.metrics.scored import Rows
from evaluate.rows.holdout import Holdout
from evaluate.wording import short
from pipeline import layout
from pipeline.documents import kinds, reading
from pipeline.documents.fit import DigestRule
from pipeline.documents.run_files import RunFiles, in_parallel
from pipeline.errors import ArtefactError

_SEEN = "data/seen"
_TESTED = "data/tested"
_NO_RECORD = "its run kept no record of them"
_LOST = "{} of the {} digests of {} training rows are lost"
_OTHER_RECORD = "they were recorded by another version of Prepare"

Digests = NDArray[np.uint64]


@dataclass(frozen=True)
class Overlap:
    """What the champion knows of the test rows."""

    seen: int | None
    """How many it was trained on and the challenger was not; None if that is not known. Trained
    on means: on a row with the same features, as the model itself sees them, and target."""
    fair: Rows | None = None
    """(rows,): which rows both can be compared on; None for all."""
    unknown: str = ""
    """Why it is not known, as a clause."""


def overlap_of(files: RunFiles, holdout: Holdout, encoder_key: str) -> Overlap:
    """Compare the test rows with what the champion and the challenger were trained on.

    A row that both were trained on, as rows that repeat may be, favours neither. One whose
    like the challenger alone was trained on is left out as well: rows of few categories are
    alike by chance, and to leave out the champion's alone would favour the challenger. Of
    a large file only a share of the rows is recorded; if there are any to leave out, the rest
    of them, a random sample, are the rows to compare on.

    Parameters
    ----------
    encoder_key : of the champion; what else its run wrote lies beside it.
    """
    champion = replace(files, prefix=encoder_key.rpartition("/")[0])
    try:
        own, old = _rule(files), _rule(champion)
        if own is None or old is None:
            return Overlap(None, unknown=_NO_RECORD)
        if own["scheme"] != old["scheme"]:
            return Overlap(None, unknown=_OTHER_RECORD)
        by_champion, by_own = _tested(files, holdout)
        mine, theirs = _seen(files, own, "this run's"), _seen(champion, old, "its")
    except _UnknownError as error:
        return Overlap(None, unknown=str(error))
    except ArtefactError as error:
        return Overlap(None, unknown=f"a record of them is damaged ({short(str(error), 120)})")
    known = (by_champion % np.uint64(old["every"]) == 0) & (by_own % np.uint64(own["every"]) == 0)
    seen, learned = known & np.isin(by_champion, theirs), known & np.isin(by_own, mine)
    one_sided = seen ^ learned
    return Overlap(int((seen & ~learned).sum()), known & ~one_sided if one_sided.any() else None)


class _UnknownError(Exception):
    """Why it is not known, as a clause."""


def _rule(files: RunFiles) -> DigestRule | None:
    body = files.read_if_there(layout.FIT, kind=kinds.FIT)
    if body is None:
        return None
    fit = reading.checked(kinds.RECORDED, body, files.uri(layout.FIT))
    return fit.get("digests")


def _tested(files: RunFiles, holdout: Holdout) -> tuple[Digests, Digests]:
    """Return the digests of the test rows by the champion's encoder and by the challenger's."""

    def read(part: tuple[str, int]) -> Digests:
        name, rows = layout.digest_part(part[0]), part[1]
        body = files.read(_TESTED, name, kind=kinds.tested(rows))
        if len(body) != 16 * rows:
            raise _UnknownError(_NO_RECORD)
        return np.frombuffer(body, dtype="<u8").reshape(2, rows)

    sizes = zip(holdout.parts, holdout.sizes, strict=True)
    by_champion, by_own = np.concatenate(list(in_parallel(read, list(sizes))), axis=1)
    return by_champion, by_own


def _seen(files: RunFiles, rule: DigestRule, whose: str) -> Digests:
    """Read the digests of the rows that trained or validated.

    What is missing of them would count as rows that nobody has seen.
    """
    counts = files.read_notes(layout.ROWS_NOTE, kinds.ROWS)
    if rule["every"] > 1 and not all("seen" in count for count in counts):
        raise _UnknownError(_NO_RECORD)
    # Without a share that was left out, each such row has a digest.
    wanted = sum(count.get("seen", count["train"] + count["validation"]) for count in counts)
    bodies = in_parallel(lambda name: files.read(_SEEN, name, kind=kinds.SEEN), files.names(_SEEN))
    body = b"".join(bodies)
    if len(body) != 8 * wanted:
        lost = max(wanted - len(body) // 8, 0)
        raise _UnknownError(_LOST.format(f"{lost:,}", f"{wanted:,}", whose))
    return np.frombuffer(body, dtype="<u8")
