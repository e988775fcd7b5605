"""Part of step fit: what rows have to do with each other, which decides how they are divided."""

from pipeline.documents.encoder import TargetFacts
from pipeline.documents.plan import Plan
from pipeline.settings import Settings
from pipeline.storage.bucket import Source
from prepare.checks.drift import drifting_with
from prepare.checks.entity import entity_of
from prepare.checks.sample import Sample
from prepare.splitting.choosing import Found
from prepare.splitting.content import content_columns
from table.columns.kind import Column
from table.columns.named_in_settings import kept_columns


def found_between_rows(
    source: Source,
    plan: Plan,
    sample: Sample | None,
    columns: list[Column],
    target: TargetFacts,
    settings: Settings,
) -> Found:
    """Look for rows of one entity, for rows that follow one another in time, and for copies."""
    return Found(
        entity_of(sample, columns, target, kept_columns(settings, plan["columns"])),
        drifting_with(sample, columns, target),
        content_columns(source, plan),
    )
