"""Whether the approved model can predict the new file's test rows, for a fair comparison."""

from typing import Any

from botocore.exceptions import ClientError

from prepare.bucket import Bucket
from prepare.encoder import VERSION, Encoder
from prepare.notices import Notice, listed, notice, quoted

_NUMBERS = ("numeric",)


def compare_champion(
    bucket: Bucket, champion: dict[str, Any], encoder: Encoder, columns: list[str]
) -> dict[str, Any]:
    """Compare the champion's encoder with the new file.

    Returns
    -------
    {"usable": bool, "reason": str, "notices": warnings}, and its "encoder" if usable.
    """
    if not champion.get("found"):
        return {"usable": False, "reason": "There is no approved model yet."}
    old = _encoder_of(bucket, champion["encoder_key"])
    # A stack made anew has a new bucket, and old runs are deleted, but packages stay.
    reason = (
        "its encoder is no longer in the bucket."
        if old is None
        else _difference(old, encoder, columns)
    )
    if old is None or reason:
        text = f"Not compared with the approved model: {reason}"
        return {"usable": False, "reason": reason, "notices": [notice("champion", text)]}
    notices: list[Notice] = []
    added = [name for name in columns if name not in old["columns"]]
    if added:
        text = f"{listed(added)}: new since the approved model, which does not use it."
        notices.append(notice("added_columns", text))
    return {"usable": True, "reason": "", "encoder": old, "notices": notices}


def _encoder_of(bucket: Bucket, key: str) -> Encoder | None:
    try:
        encoder: Encoder = bucket.get_json(key)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("NoSuchKey", "NoSuchBucket", "404"):
            raise
        return None
    return encoder


def _difference(old: Encoder, new: Encoder, columns: list[str]) -> str:
    if old["version"] != VERSION:
        return f"its encoder is of version {old['version']}, this is version {VERSION}."
    before, now = old["target"], new["target"]
    if before["name"] != now["name"]:
        return f"its target is {quoted(before['name'])}, the file's is {quoted(now['name'])}."
    if before["task"] != now["task"]:
        return f"its task is {before['task']}, the file's is {now['task']}."
    if before["classes"] != now["classes"]:
        return f"its classes are {listed(before['classes'])}, the file's {listed(now['classes'])}."
    needed = list(dict.fromkeys(feature["column"] for feature in old["features"]))
    missing = [name for name in needed if name not in columns]
    if missing:
        added = [name for name in columns if name not in old["columns"]]
        also = f" (new there: {listed(added)})" if added else ""
        return f"the file lacks {listed(missing)}{also}."
    changed = _changed_kinds(old, new)
    if changed:
        return f"{listed(changed)}: numbers in one file and text in the other."
    return ""


def _changed_kinds(old: Encoder, new: Encoder) -> list[str]:
    """Return columns that one encoder reads as numbers and the other as text."""
    before = {f["column"]: f["encoding"] in _NUMBERS for f in old["features"]}
    now = {f["column"]: f["encoding"] in _NUMBERS for f in new["features"]}
    return [name for name in before if name in now and before[name] != now[name]]
