"""Settings that come with a drop, and become the dataset's once a run has accepted them.

They lie at a key that their content gives, below a prefix whose objects start nothing,
and the dropped object's metadata names them. The name holds the object's key as well:
S3 copies an object's metadata with it, and a copy brings no settings.
"""

import hashlib
from datetime import datetime

from pipeline import layout

METADATA = "dropforge-settings"
"""Name of the dropped object's metadata that says which settings came with it."""
DROP = "dropforge-drop"
"""Name of a pipeline.json's metadata that says which drop brought it, if one did."""
Moment = tuple[datetime, str]
"""When the settings were given: LastModified of the drop, and its run."""


def ticket_of(key: str, body: bytes) -> str:
    """Return the metadata's value for settings that are dropped with an object's key."""
    return f"{_place(key)}.{hashlib.sha256(body).hexdigest()}"


def key_of(dataset: str, ticket: str) -> str:
    """Return where the settings of a ticket lie."""
    return layout.staged_key(dataset, ticket.partition(".")[2])


def belongs(key: str, ticket: str) -> bool:
    """Say whether a ticket was made for an object's key, and not copied along with it."""
    return ticket.partition(".")[0] == _place(key)


def mark_of(key: str, moment: Moment) -> str:
    """Return the metadata of a pipeline.json that a drop brought."""
    return f"{_place(key)} {moment[0].isoformat()} {moment[1]}"


def moment_of(key: str, mark: str | None, last_modified: datetime) -> Moment:
    """Return when the settings at a key were given; a person's are those of their writing."""
    place, _, rest = (mark or "").partition(" ")
    if place != _place(key):
        return last_modified, ""
    time, _, run = rest.partition(" ")
    return datetime.fromisoformat(time), run


def _place(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:16]
