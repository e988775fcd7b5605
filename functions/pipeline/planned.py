"""What Plan wrote, as the later steps read it."""

from typing import Any

from pipeline.documents import kinds
from pipeline.documents.plan import Plan
from pipeline.documents.run_files import RunFiles
from pipeline.storage.bucket import Bucket, ObjectSource
from pipeline.storage.damage import damaged


def read_plan(files: RunFiles) -> Plan:
    """Read a run's plan.json, whose parts must fit each other.

    Raises
    ------
    ArtefactError
    """
    plan, uri = files.read_document(kinds.PLAN), files.uri(kinds.PLAN.file)
    columns, writer = plan["columns"], kinds.PLAN.writer
    positions = [at for at in (plan["time_index"], plan["group_index"]) if at is not None]
    positions += plan.get("content", [])
    # A file that is scored has no target, as a rule.
    if len(set(columns)) < len(columns) or plan["target"] not in (*columns, ""):
        raise damaged(uri, writer, "names no target among its columns")
    if any(position >= len(columns) for position in positions):
        raise damaged(uri, writer, "splits by a column that is not there")
    return plan


def source_of(client: Any, plan: Plan) -> ObjectSource:
    """Return the bytes that a plan says are to be read: the drop itself, or its plain copy."""
    place = plan["source"]
    bucket = Bucket(client, place["bucket"])
    return ObjectSource(bucket, place["key"], place["version_id"], place["size"])
