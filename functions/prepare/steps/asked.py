"""Part of step plan: the drop that a run was asked for, and what the next states are told."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pipeline import layout, run_names
from pipeline.documents import kinds
from pipeline.documents import plan as documents
from pipeline.documents.run_files import RunFiles
from pipeline.documents.state import PlannedDrop, RunInput
from pipeline.settings import Settings
from pipeline.storage.bucket import Bucket
from prepare.steps.dropped import Dropped


@dataclass(frozen=True)
class Request:
    """The drop that starts a run, with what the deployment adds."""

    bucket: str
    drop: RunInput
    execution: dict[str, Any]
    chunk_bytes: int
    code_version: str

    @cached_property
    def run(self) -> str:
        """The run's name.

        An input may name the run of an execution that it was copied from: that one's files stay.
        """
        return run_names.run_of_execution(self.execution["name"])

    def dropped_in(self, client: Any) -> Bucket:
        """Return the bucket that the drop lies in."""
        return Bucket(client, self.drop.get("bucket") or self.bucket)

    def files(self, client: Any) -> RunFiles:
        """Return the run's files."""
        return RunFiles(Bucket(client, self.bucket), layout.prefix_of(self.run))


def write_request(
    files: RunFiles, request: Request, dropped: Dropped, dataset: str, settings: Settings
) -> PlannedDrop:
    """Write request.json, and return what the next states are told of the drop."""
    drop, source = request.drop, dropped.source
    asked: documents.Request = {
        "run": request.run,
        "dataset": dataset,
        "bucket": source.bucket.name,
        "key": source.key,
        "version_id": source.version_id,
        "etag": dropped.etag,
        "size": source.size,
        "last_modified": dropped.last_modified,
        "execution": request.execution,
        "trigger": drop.get("trigger", "person"),
        "settings": settings,
        "keep_settings": drop.get("keep_settings"),
        "code_version": request.code_version,
    }
    files.write_document(kinds.REQUEST, asked)
    return {
        "bucket": request.bucket,
        "key": source.key,
        "version_id": source.version_id,
        "dataset": dataset,
        "run": request.run,
        "prefix": files.prefix,
        "manifest": files.key(layout.MANIFEST),
        "attempts": run_names.attempts_of(request.run),
    }
