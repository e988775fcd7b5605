"""Part of step fit: what rows have to do with each other, which decides how they are divided."""

from pipeline.documents.encoder import TargetFacts
from pipeline.documents.plan import Plan
from pipeline.storage.bucket import Source
from prepare.checks.drift import drifting_with
from prepare.checks.entity import entity_of
from prepare.checks.sample import Sample
from prepare.splitting.choosing import Found
from prepare.splitting.content import content_columns
from table.columns.kind import Column


def found_between_rows(
    source: Source, plan: Plan, sample: Sample | None, columns: list[Column], target: TargetFacts
) -> Found:
    """Look for rows of one entity, for rows that follow one another in time, and for copies."""
    return Found(
        entity_of(sample, columns, target),
        drifting_with(sample, columns, target),
        content_columns(source, plan),
    )
