"""Settings that come with a drop, and become the dataset's once a run has accepted them.

They lie at a key that their content gives, below a prefix whose objects start nothing,
and the dropped object's metadata names them. The name holds the object's key as well:
S3 copies an object's metadata with it, and a copy brings no settings.
"""

import hashlib

PREFIX = "settings/"
METADATA = "dropforge-settings"
"""Name of the dropped object's metadata that says which settings came with it."""
DROP_TIME, DROP_RUN = "dropforge-drop-time", "dropforge-drop-run"
"""Names of a pipeline.json's metadata: the drop that brought it, if one did."""


def ticket_of(key: str, body: bytes) -> str:
    """Return the metadata's value for settings that are dropped with an object's key."""
    return f"{_place(key)}.{hashlib.sha256(body).hexdigest()}"


def key_of(dataset: str, ticket: str) -> str:
    """Return where the settings of a ticket lie."""
    return f"{PREFIX}{dataset}/{ticket.partition('.')[2]}.json"


def belongs(key: str, ticket: str) -> bool:
    """Say whether a ticket was made for an object's key, and not copied along with it."""
    return ticket.partition(".")[0] == _place(key)


def _place(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:16]
