"""Step fit: merge the chunks' profiles, decide everything, tell Encode what to do."""

from dataclasses import dataclass
from typing import Any

from pipeline import layout
from pipeline.documents import kinds, reading
from pipeline.documents.encoder import Encoder, TargetFacts
from pipeline.documents.fit import Chunk, Fit
from pipeline.documents.plan import Plan
from pipeline.documents.profile import Profile
from pipeline.documents.run_files import CHUNKS, RunFiles
from pipeline.documents.state import Champion, Fitted
from pipeline.errors import RowsUnusableError
from pipeline.notices import Notice, capped
from pipeline.planned import read_plan, source_of
from pipeline.settings import Settings
from pipeline.storage.bucket import Bucket, Source
from pipeline.wording import shorten
from prepare.checks.champion import Usable, compare_champion
from prepare.checks.file_notices import file_notices
from prepare.checks.known_encoder import known_encoder
from prepare.checks.leakage.notices import leakage_notices
from prepare.checks.left_out import account_of, bad_rows, check_rows
from prepare.checks.mixed_units import mixed_notices
from prepare.checks.number_signs import sign_notices
from prepare.checks.sample import Sample, sample_of
from prepare.checks.totals import subtotals_notices, totals_notices
from prepare.checks.without_target import refuse_empty_target, refuse_without_target
from prepare.learning.learn import learn, learnable
from prepare.splitting.digests import digest_rule
from prepare.splitting.division import Division, divide
from prepare.steps.between_rows import found_between_rows
from prepare.steps.chunk_results import chunk_results
from prepare.steps.column_summary import summary
from prepare.steps.kept_settings import keep_settings
from prepare.training.engine import engine_to_test
from prepare.training.goes_by import goes_by
from prepare.training.hyperparameters import check_metric
from prepare.training.job import encoded_bytes, job_of
from prepare.training.start import Beside
from table.columns.kind import Column, columns_of
from table.columns.locale import has_decimal_comma
from table.columns.named_in_settings import as_in_file, kept_columns
from table.columns.target import Target, target_of
from table.columns.target_column import target_column
from table.encoding.build import build_encoder
from table.profiling.merge import count_as_labelled
from table.profiling.whole_file import Chain, chain
from table.reading.dialect import Dialect

# A state's data ends at 256 KiB, and a column's name may be longer; encoder.json has all of it.
_NAME = 200


@dataclass(frozen=True)
class _Known:
    """The dataset, and what the model in use predicts, if there is one."""

    dataset: str
    target: TargetFacts | None


@dataclass(frozen=True)
class _Decided:
    """What is decided from the chunks' profiles, before a champion is looked at."""

    chained: Chain
    columns: list[Column]
    target: Target
    encoder: Encoder
    division: Division
    sample: Sample | None
    feature_notices: list[Notice]


def fit_run(
    client: Any,
    bucket_name: str,
    prefix: str,
    champion: Champion,
    default_instance: str,
    comparison: int = 0,
) -> Fitted:
    """Write profile.json, encoder.json, fit.json and chunks.json.

    Parameters
    ----------
    comparison : over 0, the model is trained, and only the test rows are to be encoded
        anew for another champion; what the training went by stays as it is.

    Returns
    -------
    What the state machine passes on: the training job's parameters, and whether the
    champion can be compared.

    Raises
    ------
    InputError
        Any of its leaves that say what is wrong with the file or its settings.
    """
    files = RunFiles(Bucket(client, bucket_name), prefix)
    plan, request = read_plan(files), files.read_document(kinds.REQUEST)
    settings = reading.settings_of(request, files.uri(layout.REQUEST))
    again = comparison > 0
    before, dataset = known_encoder(files, champion, again), request["dataset"]
    refuse_without_target(plan, dataset, before)
    known = _Known(dataset, before["target"] if before else None)
    source = source_of(client, plan)
    decided = _decided(files, source, plan, settings, known, again)
    target, division, encoder = decided.target, decided.division, decided.encoder
    usable = compare_champion(
        files.bucket, champion, decided.encoder, decided.columns, decided.chained.profile["columns"]
    )
    if usable.encoder is not None:
        files.write_document(kinds.CHAMPION_ENCODER, usable.encoder)
    notices = _notices(decided, usable, plan, settings)
    if not again:
        fit: Fit = {**division.to_json(target), "digests": digest_rule(sum(target.counts))}
        files.write_document(kinds.FIT, fit)
        numbers = learnable(target, decided.columns)
        learned = learn(source, plan, settings, encoder, fit, division.chunks, numbers)
        encoder, notices = learned.write(files), [*notices, *learned.notices]
    files.write_document(kinds.PROFILE, _profile(decided, notices, plan))
    usable_now = usable.encoder is not None
    chunks: list[Chunk] = [{**c, "champion": usable_now, "again": again} for c in division.chunks]
    files.write_document(kinds.CHUNKS, chunks)
    rows, size = decided.chained.profile["rows"], plan["source"]["size"]
    job = job_of(settings, default_instance, encoded_bytes(encoder, rows, size))
    beside = Beside(request["run"], target.task, division.train_rows, len(encoder["features"]))
    fitted: Fitted = {
        "task": target.task,
        "target": shorten(target.name, _NAME),
        "chunks": files.key(layout.CHUNKS),
        **goes_by(files, champion, target, settings, job, beside, again),
        **job,
        "engine": engine_to_test(settings, encoder, rows, size),
        "champion": usable.to_json(),
    }
    if not again:
        # Nothing refuses the run any more, so its settings may be the dataset's.
        keep_settings(files.bucket, request)
    return fitted


def _notices(decided: _Decided, usable: Usable, plan: Plan, settings: Settings) -> list[Notice]:
    """Return all that the file's owner is told, what matters most first."""
    columns, target, profile = decided.columns, decided.target, decided.chained.profile
    return [
        *file_notices(plan, decided.chained, target),
        *subtotals_notices(columns, target, settings),
        *totals_notices(columns[plan["columns"].index(plan["target"])], target),
        *sign_notices(columns, profile, decided.encoder, settings),
        *mixed_notices(columns, profile, decided.encoder, settings),
        *leakage_notices(decided.sample, plan, decided.encoder, settings),
        *decided.division.notices,
        *usable.notices,
        *decided.feature_notices,
    ]


def _decided(
    files: RunFiles,
    source: Source,
    plan: Plan,
    settings: Settings,
    known: _Known,
    again: bool,
) -> _Decided:
    """Decide all that the file and its settings say; again, the encoder is the one in use."""
    with reading.belonging(files.uri(CHUNKS, f"{layout.CHUNK_PROFILE}*.json")):
        chained, columns, target = _understood(files, plan, settings, known)
        records = chained.profile["records"]
        sample = sample_of(source, plan, chained.chunks, target.to_json(), records)
        found = found_between_rows(source, plan, sample, columns, target.to_json(), settings)
        division = divide(chained, columns, target, settings, plan, found)
        encoder, notices = _encoder(columns, target, plan, settings, division.group_column)
        if again:
            encoder = files.read_document(kinds.ENCODER)
    return _Decided(chained, columns, target, encoder, division, sample, notices)


def _understood(
    files: RunFiles, plan: Plan, settings: Settings, known: _Known
) -> tuple[Chain, list[Column], Target]:
    """Put the chunks in order, and tell what the columns and the target are."""
    target_index = plan["columns"].index(plan["target"])
    chained = chain(chunk_results(files, plan), plan, target_index)
    profile = chained.profile
    refuse_empty_target(profile, plan, known.dataset, known.target)
    check_rows(chained, plan)
    rows, found = profile["rows"], profile["columns"]
    decimal_comma = has_decimal_comma(found, plan["dialect"]["delimiter"], settings.get("decimal"))
    kept = kept_columns(settings, plan["columns"])
    columns = columns_of(plan["columns"], found, rows, decimal_comma, kept)
    columns[target_index] = target_column(
        plan["target"], found[target_index], rows, decimal_comma, settings, known.target
    )
    target = target_of(columns[target_index], settings, rows, plan["file"], known.target)
    count_as_labelled(profile, target.labels)
    check_metric(settings, target.task)
    return chained, columns, target


def _encoder(
    columns: list[Column],
    target: Target,
    plan: Plan,
    settings: Settings,
    group: str | None,
) -> tuple[Encoder, list[Notice]]:
    encoder, notices = build_encoder(
        columns,
        target,
        Dialect(**plan["dialect"]),
        plan["header"],
        as_in_file(settings["id_columns"], plan["columns"]),
        as_in_file(settings["drop_columns"], plan["columns"]),
        group,
        plan.get("missing_values"),
        distinct=settings["distinct_labels"],
    )
    if "decimal" in settings:
        encoder["decimal"] = settings["decimal"]
    if not encoder["features"]:
        reasons = "; ".join(f"{d['column']!r}: {d['reason']}" for d in encoder["dropped"][:5])
        raise RowsUnusableError(
            f"{plan['file']} has no column to learn from beside the target {target.name!r}"
            f"{f' ({reasons})' if reasons else ''}; add columns that say something about it"
        )
    return encoder, notices


def _profile(decided: _Decided, notices: list[Notice], plan: Plan) -> Profile:
    profile = decided.chained.profile
    return {
        "target_by": plan["target_by"],
        "rows": profile["rows"],
        "dialect": plan["dialect"],
        "header": plan["header"],
        "bad_rows": {
            "count": bad_rows(profile),
            "lines": [line for line, _ in profile["bad"]],
        },
        "dropped_rows": {"no_target": decided.target.dropped},
        "records": account_of(profile, plan, decided.target.dropped),
        "columns": [summary(column) for column in decided.columns],
        "warnings": capped(notices),
        "split": decided.division.part,
    }
