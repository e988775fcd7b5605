"""The kinds of documents: who writes each, how large it may be, and what type it has."""

from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from pipeline import layout
from pipeline.documents.chunk_profile import ChunkProfile
from pipeline.documents.encoder import Encoder, Versioned
from pipeline.documents.evaluation import Evaluation
from pipeline.documents.fit import Chunk, Fit, Folds, Recorded
from pipeline.documents.message import Message
from pipeline.documents.model_part import Explanation
from pipeline.documents.notes import ChunkRows, PartsNote
from pipeline.documents.plan import ChunkRange, Plan, Request
from pipeline.documents.profile import Profile
from pipeline.documents.scoring.check import Checked
from pipeline.documents.scoring.chunk import JoinNote, Scored, ScoreNote
from pipeline.documents.scoring.decision import Decision
from pipeline.documents.scoring.plan import ScoringPlan
from pipeline.documents.scoring.result import ScoringOutput
from pipeline.documents.search.found import Start
from pipeline.documents.search.searched import Searched

T = TypeVar("T")
MIB = 1 << 20
MOST_VALUES = 3_000_000
"""Of one JSON file; as empty lists, 200 MB."""


@dataclass(frozen=True)
class Kind(Generic[T]):
    """A kind of document: the state that writes it, most bytes, and its name in the schema."""

    writer: str
    limit: int
    schema: str = ""
    values: int = MOST_VALUES
    file: str = ""
    """Its name below the run's prefix, if a run has one of it."""
    is_compact: bool = False
    """Whether it is written on one line, for machines."""


REQUEST: Kind[Request] = Kind("Plan data", 2 * MIB, "request", file=layout.REQUEST)
"""Settings are at most 1 MiB (pipeline.settings), all else is names."""
PLAN: Kind[Plan] = Kind("Plan data", 32 * MIB, "plan", file=layout.PLAN)
"""Names of columns, from a header of at most 16 MiB."""
MANIFEST: Kind[list[ChunkRange]] = Kind(
    "Plan data", 32 * MIB, "manifest", file=layout.MANIFEST, is_compact=True
)
"""45 bytes a chunk: 32 MiB are 40 TB in chunks of 64 MiB; S3's objects end at 50 TB."""
ENCODER: Kind[Encoder] = Kind("Fit encoder", 48 * MIB, "encoder", file=layout.ENCODER)
"""Up to 64 KiB of categories a column; 2,400 columns with 1,000 of ten letters each."""
CHAMPION_ENCODER: Kind[Encoder] = replace(ENCODER, file=layout.CHAMPION_ENCODER)
VERSIONED: Kind[Versioned] = Kind(ENCODER.writer, ENCODER.limit, "versioned")
"""One of another version has another schema, too."""
FIT: Kind[Fit] = Kind("Fit encoder", 4 * MIB, "fit", file=layout.FIT, is_compact=True)
"""Rows of at most 500 classes, and at most 1,000 groups of 64 KiB in all."""
FOLDS: Kind[Folds] = Kind("Fit encoder", 64 * MIB, "folds", file=layout.FOLDS, is_compact=True)
"""About 20 bytes for each of at most 2,000,000 pairs of a value and a fold, and its means."""
RECORDED: Kind[Recorded] = Kind(FIT.writer, FIT.limit, "recorded")
"""The fit.json of another run, which an earlier version may have written."""
PROFILE: Kind[Profile] = Kind("Fit encoder", 48 * MIB, "profile", file=layout.PROFILE)
"""Ten values of at most 100 letters for each of at most 16,384 columns."""
ROWS: Kind[ChunkRows] = Kind("Encode chunks", 64 * 1024, "rows")
"""Five counts."""
NOTE: Kind[PartsNote] = Kind("Encode chunks", 4 * MIB, "note")
"""Some 100 bytes a part; a chunk has at most 10,000."""
TRUTH: Kind[bytes] = Kind("Encode chunks", 192 * MIB)
"""Row numbers, labels and id columns of a chunk's test rows; a chunk has at most 128 MiB."""
TEST: Kind[bytes] = Kind("Encode chunks", 4096 * MIB)
"""Features of a chunk's test rows, read in blocks: up to 25 bytes a feature."""
TRAIN: Kind[bytes] = Kind("Encode chunks", 4096 * MIB)
"""Features of a chunk's train rows, label first."""
VALIDATION: Kind[bytes] = Kind("Encode chunks", 4096 * MIB)
"""The same of its validation rows, label first, read in blocks."""
LINE_LIMIT = 16 * MIB
"""Of a line of features: 16,384 columns as thirteen numbers of 25 bytes have 5 MiB."""
SEEN: Kind[bytes] = Kind("Encode chunks", 16 * MIB)
"""Eight bytes a digest; of a file about a million are kept, of a chunk no more."""
MODEL: Kind[bytes] = Kind("Train model (XGBoost)", 0)
"""Read as a stream, with limits of its own (evaluate.model.trees)."""
CHUNKS: Kind[list[Chunk]] = Kind(
    "Fit encoder", 256 * MIB, "chunks", file=layout.CHUNKS, is_compact=True
)
"""No function reads the list as a whole: a Map hands on its items."""
EXPLANATION: Kind[Explanation] = Kind(
    "Explain model", 4 * MIB, "explanation", file=layout.EXPLANATION, is_compact=True
)
"""At most 50 columns, 15 of them with 300 points, and six with ten categories of 80 letters."""
START: Kind[Start] = Kind("Fit encoder", 256 * 1024, "start", file=layout.START)
"""Some 60 hyperparameters, twice."""
SEARCH: Kind[Searched] = Kind("Choose trial", 4 * MIB, "search", file=layout.SEARCH)
"""At most 500 trials of 15 hyperparameters, each with a reason of 1,024 letters."""
DECISION: Kind[Decision] = Kind("Choose decision", 64 * 1024, "decision", file=layout.DECISION)
"""A dozen numbers."""
EVALUATION: Kind[Evaluation] = Kind("Evaluate", 64 * MIB, file=layout.EVALUATION)
"""Of any version, for people; evaluation.schema.json is the contract of this one."""
MESSAGE: Kind[Message] = Kind("NotifyFunction", 4 * MIB, file=layout.MESSAGE)
SCORING: Kind[ScoringPlan] = Kind("Plan data", 2 * MIB, "scoring", file=layout.SCORING)
"""Settings are at most 1 MiB, all else is names."""
CHECK: Kind[Checked] = Kind("Check file", 48 * MIB, "check", file=layout.CHECK)
"""Names of at most 16,384 columns, from a header of at most 16 MiB."""
TO_SCORE: Kind[list[Scored]] = Kind(
    "Check file", 256 * MIB, "to_score", file=layout.CHUNKS, is_compact=True
)
"""A Map hands on its items; Assemble result reads it as a whole: 130 bytes a chunk."""
SCORED: Kind[Scored] = Kind("Check file", 64 * 1024, "scored")
"""An item of it, as the Map hands it on."""
SCORE_NOTE: Kind[ScoreNote] = Kind("Encode chunks", 256 * MIB, "score_note")
"""Up to 25 bytes a row that has a cell which could not be read."""
JOIN_NOTE: Kind[JoinNote] = Kind("Join chunks", 64 * 1024, "join_note")
"""Two counts."""
RESULT: Kind[ScoringOutput] = Kind("Assemble result", MIB, file=layout.RESULT)
"""For people and the command; an execution's output has at most 256 KiB."""
SPANS: Kind[bytes] = Kind("Encode chunks", 1536 * MIB)
"""Twelve bytes a record; a chunk of 128 MiB has no more than one in a byte."""
FEATURES: Kind[bytes] = Kind("Encode chunks", 2048 * MIB)
"""Four bytes a feature and row."""
REASONS: Kind[bytes] = Kind("Predict chunks", 1024 * MIB)
"""Up to 20 reasons of 30 bytes a row; only files of a stated number of rows have them."""
RANGE: Kind[ChunkRange] = Kind("Plan data", 64 * 1024, "range")
"""An item of manifest.json, as the Map hands it on."""
CHUNK: Kind[Chunk] = Kind("Fit encoder", 64 * 1024, "chunk")
"""An item of chunks.json, as the Map hands it on."""
_PROFILE_MOST = 256 * MIB


def chunk_profile(columns: int) -> Kind[ChunkProfile]:
    """Return the kind of a chunk's profile, whose size goes with the number of columns.

    A column has at most 1,000 values of 64 KiB in all, in each of three pieces, and the one that
    divides the rows has them twice; the timelines of ten styles are 4,096 counts each.
    """
    limit = min(4 * MIB + columns * MIB, _PROFILE_MOST)
    return Kind("Profile chunks", limit, "chunk_profile", 1_000_000 + 7_000 * columns)


def predictions(rows: int, width: int, writer: str = "Batch transform") -> Kind[bytes]:
    """Return the kind of a part's predictions: a number has at most 24 letters and two marks."""
    return Kind(writer, 64 * 1024 + rows * (8 + 64 * width))


def groups(rows: int) -> Kind[bytes]:
    """Return the kind of a part's groups: a number a test row, which those of a group share."""
    return Kind("Encode chunks", 8 * rows)


def tested(rows: int) -> Kind[bytes]:
    """Return the kind of the digests of a part's test rows, two each: champion's, challenger's."""
    return Kind("Encode chunks", 16 * rows)
