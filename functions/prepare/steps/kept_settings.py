"""Part of step fit: settings that came with a drop become the dataset's, once accepted."""

from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from pipeline import drop_keys, staged
from pipeline.aws_errors import ABSENT, code_of
from pipeline.documents.plan import Request
from pipeline.errors import ServiceBusyError
from pipeline.settings import SETTINGS_LIMIT
from pipeline.storage.bucket import Bucket
from pipeline.storage.conditional import put_if_unchanged

_TRIES = 10


def keep_settings(bucket: Bucket, request: Request) -> bool:
    """Write the settings that came with a run's drop as its dataset's pipeline.json.

    Of several drops the newest one's stay, whichever run ends first; and so do those that
    a person wrote after the drop.

    Parameters
    ----------
    request : of the run; ``keep_settings``, ``dataset``, ``last_modified`` and ``run`` are read.

    Returns
    -------
    Whether they are the dataset's now.
    """
    source = request.get("keep_settings")
    if not source:
        return False
    key = drop_keys.settings_key(request["dataset"])
    mine = (datetime.fromisoformat(request["last_modified"]), str(request["run"]))
    try:
        body = bucket.get(source, SETTINGS_LIMIT)
    except ClientError as error:
        if code_of(error) not in ABSENT:
            raise
        # Deleted meanwhile: the run has its settings in its own record, the dataset keeps its.
        return False
    for _ in range(_TRIES):
        known = _known(bucket, key)
        if known and staged.moment_of(key, known["mark"], known["last_modified"]) > mine:
            return False
        if put_if_unchanged(
            bucket.client,
            known["etag"] if known else None,
            Bucket=bucket.name,
            Key=key,
            Body=body,
            ContentType="application/json",
            Metadata={staged.DROP: staged.mark_of(key, mine)},
        ):
            return True
    raise ServiceBusyError(
        f"{key} was changed by others {_TRIES} times while the settings of {request['run']} were "
        f"to be written there; drop the file again"
    )


def _known(bucket: Bucket, key: str) -> dict[str, Any] | None:
    try:
        head = bucket.client.head_object(Bucket=bucket.name, Key=key)
    except ClientError as error:
        if code_of(error) not in ABSENT:
            raise
        return None
    return {
        "etag": head["ETag"],
        "last_modified": head["LastModified"],
        "mark": head["Metadata"].get(staged.DROP),
    }
