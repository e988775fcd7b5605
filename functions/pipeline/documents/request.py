"""request.json: what a run was asked to do."""

from typing import Any, NotRequired, TypedDict

from pipeline.settings import Settings


class Request(TypedDict):
    """The drop that started a run, as it was found, and its settings."""

    run: str
    dataset: str
    bucket: str
    """Of the dropped object."""
    key: str
    settings: Settings
    keep_settings: NotRequired[str | None]
    """Key of settings that came with the drop, to become the dataset's."""
    version_id: NotRequired[str | None]
    etag: NotRequired[str]
    size: NotRequired[int]
    """Bytes."""
    last_modified: NotRequired[str]
    """ISO 8601."""
    execution: NotRequired[dict[str, Any]]
    """Step Functions' own words: name, id, started."""
    trigger: NotRequired[str]
    code_version: NotRequired[str]
