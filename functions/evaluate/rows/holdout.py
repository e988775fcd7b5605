"""The test rows of a run with the challenger's and the champion's predictions."""

from dataclasses import dataclass

import numpy as np

from evaluate.metrics.measures import Floats
from evaluate.rows.parse import join_parts, read_predictions, read_truth
from pipeline.documents import kinds
from pipeline.documents.run_files import RunFiles, in_parallel
from pipeline.errors import EmptyTestSplitError, PredictionCountError
from pipeline.wording import counted

MAX_ROWS = 5_000_000
"""Most test rows that are judged: above, whole parts are left out, evenly spread."""
MAX_PROBABILITIES = 20_000_000
"""Most probabilities of a model, rows times classes: what 1.5 GiB hold of two models."""
TRUTH = "data/truth"


@dataclass(frozen=True)
class Holdout:
    """The truth of the judged test rows, and where each row comes from."""

    parts: list[str]
    """Names of the judged parts."""
    sizes: list[int]
    """Rows of each judged part."""
    numbers: Floats
    """(rows,), each row's number in the dropped file."""
    truth: Floats
    """(rows,), the value or the class index."""
    skipped: list[str]
    """Names of the parts that were not judged, because there are too many rows."""

    @property
    def left_out(self) -> int:
        """How many parts were not judged."""
        return len(self.skipped)

    def locate(self, row: int) -> tuple[str, int]:
        """Return the part of a row and its position in it, from 0."""
        ends = np.cumsum(self.sizes)
        part = int(np.searchsorted(ends, row, side="right"))
        return self.parts[part], row - int(ends[part] - self.sizes[part])


def read_holdout(files: RunFiles, test_rows: int, classes: int) -> Holdout:
    """Read the truth of the test rows.

    Parameters
    ----------
    test_rows : how many there are in all parts, as counted when they were written.
    classes : how many the target has; 0 in a regression.

    Raises
    ------
    EmptyTestSplitError
        There is no test row.
    PredictionCountError
        The parts hold more or fewer rows than were counted.
    PredictionValueError
        A label is no finite number, or no index of a class.
    """
    names = files.names(TRUTH)
    if not names or not test_rows:
        raise EmptyTestSplitError(
            f"{files.uri(TRUTH)}/ holds no test rows (0 of the file's rows fell into the test "
            f"split), so nothing can be judged; drop more rows, or raise split.test in "
            f"pipeline.json"
        )
    limit = min(MAX_ROWS, MAX_PROBABILITIES // max(classes, 1))
    judged = spread(names, test_rows, limit)

    def read(name: str) -> tuple[Floats, Floats]:
        body = files.read(TRUTH, name, kind=kinds.TRUTH)
        return read_truth(body, files.uri(TRUTH, name), classes, test_rows)

    parts = list(in_parallel(read, judged))
    sizes = [len(labels) for _, labels in parts]
    skipped = sorted(set(names) - set(judged))
    # Of parts that are left out the rows are not known.
    if not skipped and sum(sizes) != test_rows:
        raise PredictionCountError(
            f"{files.uri(TRUTH)}/ holds {counted(sum(sizes), 'row')}, but {test_rows:,} fell into "
            f"the test split; nothing was judged: a part was removed or changed, so drop the file "
            f"again"
        )
    numbers, truth = (join_parts(arrays) for arrays in zip(*parts, strict=True))
    return Holdout(judged, sizes, numbers, truth, skipped)


def read_scores(files: RunFiles, holdout: Holdout, folder: str, task: str, classes: int) -> Floats:
    """Read a model's predictions of the holdout.

    Parameters
    ----------
    folder : predictions or champion, below the run's prefix.
    classes : how many the model knows; 0 in a regression.

    Raises
    ------
    PredictionCountError, PredictionValueError
        The predictions are not one sound number, or list, for each test row.
    """
    wanted = {f"{name}.out" for name in holdout.parts}
    found = {name for name in files.names(folder) if name.endswith(".out")}
    if missing := sorted(wanted - found):
        raise PredictionCountError(
            f"{files.uri(folder)}/ lacks {missing[0]} and so the predictions of "
            f"{len(missing):,} of {len(wanted):,} test parts; nothing was judged: look at the "
            f"log of what predicted (dropforge logs RUN), then drop the file again"
        )
    if extra := sorted(found - wanted - {f"{name}.out" for name in holdout.skipped}):
        raise PredictionCountError(
            f"{files.uri(folder)}/ holds {extra[0]}, for which there is no part in "
            f"{files.uri(TRUTH)}/ ({counted(len(extra), 'such file')}); nothing was judged: a part "
            f"was removed, so drop the file again"
        )
    rows = dict(zip(holdout.parts, holdout.sizes, strict=True))
    width = classes if task == "multiclass" else 1

    def read(name: str) -> Floats:
        # A function or a transform job, in a branch of that state.
        kind = kinds.predictions(rows[name], width, "Predict test rows")
        body = files.read(folder, f"{name}.out", kind=kind)
        return read_predictions(body, files.uri(folder, f"{name}.out"), task, rows[name], width)

    return join_parts(in_parallel(read, holdout.parts))


def spread(names: list[str], rows: int, limit: int) -> list[str]:
    """Choose whole parts, evenly spread, so that about `limit` of `rows` rows are kept."""
    keep = min(len(names), max(1, len(names) * limit // rows))
    return [names[i * len(names) // keep] for i in range(keep)]
