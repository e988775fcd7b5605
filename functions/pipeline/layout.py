"""Every key of the bucket but those of drops, which are in pipeline.drop_keys."""

from pathlib import PurePosixPath

# Documents of a run, below its prefix.
REQUEST, PLAN, MANIFEST = "request.json", "plan.json", "manifest.json"
PROFILE, ENCODER, CHAMPION_ENCODER = "profile.json", "encoder.json", "champion_encoder.json"
FIT, CHUNKS, FOLDS = "fit.json", "chunks.json", "folds.json"
EVALUATION, REPORT, MESSAGE = "evaluation.json", "report.html", "message.json"
EXPLANATION, DECISION = "explanation.json", "decision.json"
REFIT = "data/refit"
"""The folder of train and validation rows together, for a second training job."""
START, SEARCH = "start.json", "search.json"
"""Of hyperparameters: what a run began with, and what its search found."""
MODEL = "model.tar.gz"
"""What SageMaker calls the files of a training job, packed."""
PLAIN_COPY = "source.csv"
"""What can be read by range of a file that cannot."""
SCORING, CHECK, RESULT = "scoring.json", "check.json", "result.json"
"""Documents of a run that scores, beside the others."""
TEST_ROWS, CHAMPION_ROWS = "data/test", "data/champion"
"""Folders of the test rows, as the run's own encoder writes them and as the champion's does."""
CHAMPION_PREDICTIONS = "champion"
"""The folder of what the champion predicts of them."""
CHUNK_PROFILE = "profile-"
# What the chunks' notes are called, of their rows and their parts, and the folders below data/
# that the latter tell of.
ROWS_NOTE, PARTS_NOTE, CHAMPION_NOTE = "encode-", "parts-", "champion-"
PART_FOLDERS = ("train", "validation", "test", "truth", "groups")
CHAMPION_FOLDERS = ("champion",)
SCORE_NOTE, JOIN_NOTE = "score-", "join-"
"""What Encode and Join tell of a chunk of a file that is scored."""
FEATURES, TO_SCORE, SPANS = "data/features", "data/score", "data/spans"
REASONS, PREDICTIONS = "reasons", "predictions"
"""Folders of a run that scores: features as 32-bit floats and as CSV, where records lie, reasons,
and predictions, as a run that trains has of its test rows."""


def prefix_of(run: str) -> str:
    """Return the prefix, without a slash at its end, of all that a run writes."""
    return f"runs/{run}"


def join(prefix: str, *parts: str) -> str:
    """Join the parts of a key."""
    return str(PurePosixPath(prefix, *parts))


def run_key(run: str, name: str) -> str:
    """Return the key of a run's document."""
    return join(prefix_of(run), name)


def staged_key(dataset: str, digest: str) -> str:
    """Return where settings lie that came with a drop, by the SHA-256 of their text."""
    return f"settings/{dataset}/{digest}.json"


def result_prefix(dataset: str, run: str) -> str:
    """Return the prefix, without a slash at its end, of the files that a scoring run is for."""
    return f"results/{dataset}/{run}"


def turn_key(dataset: str) -> str:
    """Return the key of the note whose turn it is to change a dataset's model in use."""
    return f"turns/{dataset}.json"


def part_name(index: int, number: int = 0) -> str:
    """Return the file name of a part, the same below data/train, data/test and data/truth.

    Parameters
    ----------
    number : of the chunk's train parts; chunks may differ in how many they have, so the
        chunk's index keeps names apart.
    """
    return f"part-{index:05d}-{number:03d}.csv" if number else f"part-{index:05d}.csv"


def note_name(note: str, index: int) -> str:
    """Return the file name, below chunks/, of what a chunk's profile or its notes hold."""
    return f"{note}{index:05d}.json"


def feature_part(index: int) -> str:
    """Return the file name of a chunk's features, below data/features."""
    return f"part-{index:05d}.f32"


def spans_part(index: int) -> str:
    """Return the file name of where a chunk's records lie, below data/spans."""
    return f"part-{index:05d}.u32"


def prediction_part(index: int) -> str:
    """Return the file name of a chunk's predictions, as batch transform names them."""
    return f"{part_name(index)}.out"


def digest_part(part: str) -> str:
    """Return the file name of a part's digests, below data/seen and data/tested."""
    return f"{part.removesuffix('.csv')}.u64"
