"""What Plan wrote, as the later steps read it."""

from typing import Any

from pipeline import layout
from pipeline.documents import kinds, reading
from pipeline.documents.plan import Plan
from pipeline.storage.bucket import Bucket, ObjectSource
from pipeline.storage.damage import damaged


def read_plan(bucket: Bucket, prefix: str) -> Plan:
    """Read a run's plan.json, whose parts must fit each other.

    Raises
    ------
    ArtefactError
    """
    key = layout.join(prefix, "plan.json")
    plan = reading.read_json(bucket, key, kinds.PLAN)
    columns, writer = plan["columns"], kinds.PLAN.writer
    positions = [at for at in (plan["time_index"], plan["group_index"]) if at is not None]
    if len(set(columns)) < len(columns) or plan["target"] not in columns:
        raise damaged(bucket.uri(key), writer, "names no target among its columns")
    if any(position >= len(columns) for position in positions):
        raise damaged(bucket.uri(key), writer, "splits by a column that is not there")
    return plan


def source_of(client: Any, plan: Plan) -> ObjectSource:
    """Return the bytes that a plan says are to be read: the drop itself, or its plain copy."""
    place = plan["source"]
    bucket = Bucket(client, place["bucket"])
    return ObjectSource(bucket, place["key"], place["version_id"], place["size"])
