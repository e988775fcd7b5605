"""Waits for the message of a run, for a command that would else look for it again and again."""

import asyncio
import json
from pathlib import Path
from typing import Any

_LOOK_SECONDS = 0.02
_LONGEST_SECONDS = 10.0


async def told(query: dict[str, str]) -> dict[str, Any]:
    """Answer as soon as a message is there that was sent, or after some time without.

    Parameters
    ----------
    query : "bucket" and "key" of the message, and "seconds" to wait at most.

    Returns
    -------
    {"told": whether it is there}
    """
    loop = asyncio.get_running_loop()
    until = loop.time() + min(float(query["seconds"]), _LONGEST_SECONDS)
    while not _is_sent(query["bucket"], query["key"]):
        if loop.time() >= until:
            return {"told": False}
        await asyncio.sleep(_LOOK_SECONDS)
    return {"told": True}


def _is_sent(bucket: str, key: str) -> bool:
    from ministack.services import s3

    from dropforge.cloud.endpoint import ACCOUNT

    known = s3._buckets._data.get((ACCOUNT, bucket))
    if known is None or key not in known["objects"]:
        return False
    path = s3._object_disk_path(bucket, key, ACCOUNT)
    try:
        return json.loads(Path(path).read_bytes()).get("sent") is not None
    except (OSError, ValueError, AttributeError):
        # Just being replaced, or no message.
        return False
