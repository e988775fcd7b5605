"""Step check: a file to score against the champion's encoder, and what is to be done with it."""

from typing import Any

from pipeline import layout
from pipeline.documents import kinds, reading
from pipeline.documents.chunk_profile import MergedProfile
from pipeline.documents.encoder import Encoder, columns_of
from pipeline.documents.plan import Plan
from pipeline.documents.profile import Profile
from pipeline.documents.run_files import CHUNKS, RunFiles
from pipeline.documents.scoring.check import Checked, CheckedFacts, MissingShare
from pipeline.documents.scoring.chunk import Scored
from pipeline.documents.scoring.plan import ScoringPlan
from pipeline.errors import ArtefactError, RowsUnusableError
from pipeline.notices import Notice, capped, notice
from pipeline.planned import read_plan
from pipeline.storage.bucket import Bucket
from pipeline.wording import quoted
from prepare.checks.champion import encoder_of
from prepare.checks.left_out import check_records, left_out_notices
from prepare.steps.chunk_results import chunk_results
from prepare.training.engine import engine_to_score
from scoring.as_written import as_written
from scoring.columns import extra_notices
from scoring.words import PREDICTION_ERROR, Words
from table.profiling.whole_file import Chain, chain
from table.reading.file_kind import cp1252_notice

REASON_ROWS = 20_000
"""Rows up to which each has reasons, if the settings do not say (ADR 49)."""
DEFAULT_REASONS = 3
_SHOWN = 3
_MORE_MISSING = 0.2
"""So much more of a column may be missing than in training without a warning of its own."""


def check_file(client: Any, bucket_name: str, prefix: str) -> CheckedFacts:
    """Write the encoder that reads the file, check.json and the list of chunks.

    Returns
    -------
    What the state machine passes on.

    Raises
    ------
    ColumnMismatchError, RowsUnusableError, NotCsvError, FileLimitError
    """
    files = RunFiles(Bucket(client, bucket_name), prefix)
    plan, scoring = read_plan(files), files.read_document(kinds.SCORING)
    champion = encoder_of(files.bucket, scoring["champion"]["encoder_key"])
    if isinstance(champion, str):
        raise ArtefactError(f"the approved model is gone since the run began: {champion}")
    with reading.belonging(files.uri(CHUNKS, f"{layout.CHUNK_PROFILE}*.json")):
        chained = chain(chunk_results(files, plan), plan, 0)
    check_records(chained, plan)
    if not chained.profile["rows"]:
        raise RowsUnusableError(f"{plan['file']} has no rows to predict; add rows below its header")
    fitted = as_written(
        champion,
        plan["columns"],
        chained.profile["columns"],
        chained.profile["rows"],
        plan["dialect"]["delimiter"],
        plan["file"],
    )
    missing = _missing(files, scoring, champion, plan["columns"], chained.profile)
    checked = _checked(chained, plan, scoring, fitted.encoder, missing)
    checked["warnings"] = capped(
        [
            *plan["notices"],
            *([cp1252_notice(plan["file"])] if chained.profile["cp1252"] else []),
            *left_out_notices(chained, plan),
            *extra_notices(plan["columns"], champion),
            *_renamed(checked["added"], champion),
            *fitted.notices,
            *_more_missing(missing),
        ]
    )
    files.write_document(kinds.ENCODER, fitted.encoder)
    files.write_document(kinds.CHECK, checked)
    files.write_document(kinds.TO_SCORE, _chunks(chained, scoring["size"]))
    return {
        "engine": checked["engine"],
        "reasons": checked["reasons"],
        "has_target": checked["target_column"] is not None,
        "chunks": files.key(layout.CHUNKS),
    }


def _checked(
    chained: Chain,
    plan: Plan,
    scoring: ScoringPlan,
    encoder: Encoder,
    missing: list[MissingShare],
) -> Checked:
    rows, settings = chained.profile["rows"], scoring["settings"]
    asked, most = settings.get("scoring", "auto"), settings.get("reasons")
    if not isinstance(most, int):
        most = DEFAULT_REASONS if rows <= REASON_ROWS else 0
    reasons = min(most, len(columns_of(encoder["features"])))
    return {
        "engine": engine_to_score(
            asked, scoring["size"], rows // len(chained.chunks), len(encoder["features"])
        ),
        "reasons": reasons,
        "rows": rows,
        "records": chained.profile["records"],
        "added": _added(plan, encoder, reasons),
        "target_column": plan["target"] or None,
        "missing": missing[:_SHOWN],
        "warnings": [],
    }


def _added(plan: Plan, encoder: Encoder, reasons: int) -> list[str]:
    """Name the columns that the result has beside the file's, differently from those."""
    wanted = [
        *Words.of_target(encoder["target"]).columns,
        *(f"reason_{number}" for number in range(1, reasons + 1)),
        PREDICTION_ERROR,
    ]
    taken, added = set(plan["columns"]), []
    for name in wanted:
        own, number = name, 2
        while own in taken:
            own, number = f"{name}_{number}", number + 1
        taken.add(own)
        added.append(own)
    return added


def _renamed(added: list[str], encoder: Encoder) -> list[Notice]:
    first = Words.of_target(encoder["target"]).columns[0]
    if added[0] == first:
        return []
    text = f"The file has a column {quoted(first)} of its own; the predictions are {added[0]!r}."
    return [notice("same_columns", text)]


def _missing(
    files: RunFiles,
    scoring: ScoringPlan,
    encoder: Encoder,
    names: list[str],
    profile: MergedProfile,
) -> list[MissingShare]:
    """Compare how much is missing with the file that trained, largest difference first."""
    before = _profile_of(files, scoring)
    if before is None or not before["rows"]:
        return []
    known = {column["name"]: column["missing"] / before["rows"] for column in before["columns"]}
    needed = set(columns_of(encoder["features"]))
    shares: list[MissingShare] = [
        {"column": name, "now": column["missing"] / profile["rows"], "before": known[name]}
        for name, column in zip(names, profile["columns"], strict=True)
        if name in needed and name in known
    ]
    differing = [share for share in shares if share["now"] != share["before"]]
    return sorted(differing, key=lambda share: -abs(share["now"] - share["before"]))


def _profile_of(files: RunFiles, scoring: ScoringPlan) -> Profile | None:
    """Read what the file held that trained; its run may have been deleted since."""
    run = scoring["champion"].get("run")
    if run is None:
        return None
    own = RunFiles(files.bucket, layout.prefix_of(run))
    body = own.read_if_there(layout.PROFILE, kind=kinds.PROFILE)
    return None if body is None else reading.checked(kinds.PROFILE, body, own.uri(layout.PROFILE))


def _more_missing(shares: list[MissingShare]) -> list[Notice]:
    return [
        notice(
            "missing_more",
            f"Column {quoted(share['column'])}: {share['now']:.0%} of its values are missing, and "
            f"{share['before']:.0%} were when the model was trained.",
        )
        for share in shares[:_SHOWN]
        if share["now"] - share["before"] > _MORE_MISSING
    ]


def _chunks(chained: Chain, size: int) -> list[Scored]:
    """List the chunks so that each byte of the file is one's to carry over."""
    ends = [0, *(chunk["end"] for chunk in chained.chunks)]
    last = len(chained.chunks) - 1
    return [
        {
            **chunk,
            "lead": ends[number],
            "tail": size if number == last else chunk["end"],
        }
        for number, chunk in enumerate(chained.chunks)
    ]
