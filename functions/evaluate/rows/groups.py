"""Which test rows belong together, as the visits of one patient do."""

import numpy as np

from evaluate.metrics.measures import Groups
from evaluate.rows.holdout import Holdout
from pipeline import layout
from pipeline.documents import kinds
from pipeline.documents.run_files import RunFiles, in_parallel
from pipeline.storage.damage import damaged

GROUPS = "data/groups"


def read_groups(files: RunFiles, holdout: Holdout) -> Groups | None:
    """Return the number of each test row's group, from 0; None if each row stands for itself.

    Raises
    ------
    ArtefactError
        There are groups, but not one for each test row.
    """
    if not files.names(GROUPS):
        return None

    def read(part: tuple[str, int]) -> bytes:
        name, rows = layout.digest_part(part[0]), part[1]
        kind = kinds.groups(rows)
        body = files.read(GROUPS, name, kind=kind)
        if len(body) != 8 * rows:
            text = f"holds {len(body):,} bytes for {rows:,} test rows"
            raise damaged(files.uri(GROUPS, name), kind.writer, text)
        return body

    sizes = zip(holdout.parts, holdout.sizes, strict=True)
    marks = np.frombuffer(b"".join(in_parallel(read, list(sizes))), dtype="<u8")
    names, groups = np.unique(marks, return_inverse=True)
    return groups if len(names) < len(marks) else None
