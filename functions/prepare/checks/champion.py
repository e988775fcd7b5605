"""Whether the approved model can predict the new file's test rows, for a fair comparison."""

from datetime import date
from typing import Any

import polars as pl
from botocore.exceptions import ClientError

from pipeline.aws_errors import ABSENT, code_of
from pipeline.documents import artefacts
from pipeline.errors import ArtefactError
from pipeline.notices import Notice, counted, listed, notice, quoted, shorten
from pipeline.storage.bucket import Bucket
from table.columns.kind import SHARE, Column
from table.encoding.apply import encode_frame
from table.encoding.build import VERSION, Encoder
from table.values.fields import DATES

_SHOWN = 3
_SAID = 200
_VERSIONED = artefacts.Artefact(artefacts.ENCODER.writer, artefacts.ENCODER.limit, "versioned")
_STYLED = ("numeric", "date")
_WRITTEN = {
    "": "text",
    "plain": "plain numbers",
    "grouped": "numbers such as 1,234 or 5%",
    "comma": "numbers with decimal commas",
    "year_month": "dates such as 2024-01",
} | {
    style: f"dates such as {date(2024, 1, 31).strftime(rule.formats[-1])}"
    for style, rule in DATES.items()
    if style != "year_month"
}


def compare_champion(
    bucket: Bucket, champion: dict[str, Any], encoder: Encoder, columns: list[Column]
) -> dict[str, Any]:
    """Compare the champion's encoder with the new file.

    Parameters
    ----------
    columns : what the new file's columns hold, in its order.

    Returns
    -------
    {"usable": bool, "reason": str, "notices": warnings}; its "encoder" if usable; "broken"
    if that is damaged.
    """
    if not isinstance(champion.get("found"), bool):
        # Taken for "there is none", it would let the model in use be replaced uncompared.
        said = shorten(repr(champion), 100)
        raise ArtefactError(
            f"Find champion answered {said}, which does not say whether there is a "
            f"model in use; drop the file again"
        )
    if not champion["found"]:
        return {"usable": False, "reason": "There is no approved model yet."}
    uri = bucket.uri(champion["encoder_key"])
    try:
        old = _encoder_of(bucket, champion["encoder_key"])
        if old is None:
            # A stack made anew has a new bucket, and old runs are deleted, but packages stay.
            return _apart("its encoder is no longer in the bucket.")
        with artefacts.belonging(uri):
            if reason := _difference(old, encoder, columns):
                return _apart(reason)
            notices = _unseen(old, columns)
            _try_out(old, columns)
    except ArtefactError as error:
        # The new model can be trained all the same; whether it is better, a person decides.
        return _apart(f"its encoder is damaged ({shorten(str(error), _SAID)}).") | {"broken": True}
    added = [column.name for column in columns if column.name not in old["columns"]]
    if added:
        text = f"{listed(added)}: new since the approved model, which does not use it."
        notices.append(notice("added_columns", text))
    return {"usable": True, "reason": "", "encoder": old, "notices": notices}


def _apart(reason: str) -> dict[str, Any]:
    text = f"Not compared with the approved model: {reason}"
    return {"usable": False, "reason": reason, "notices": [notice("champion", text)]}


def _encoder_of(bucket: Bucket, key: str) -> Encoder | None:
    try:
        body = bucket.get(key, artefacts.ENCODER.limit)
    except ClientError as error:
        if code_of(error) not in ABSENT:
            raise
        return None
    # One of another version has another schema, too.
    value = artefacts.checked(_VERSIONED, body, bucket.uri(key))
    if value["version"] != VERSION:
        return {"version": value["version"]}
    encoder: Encoder = artefacts.fitting(artefacts.ENCODER, value, bucket.uri(key))
    return encoder


def _try_out(old: Encoder, columns: list[Column]) -> None:
    """Encode a row with the old encoder: what it cannot must not end the encoding of all."""
    row = pl.DataFrame([pl.Series(f"{n}", ["1"]) for n in range(len(columns))])
    encode_frame(row, [column.name for column in columns], old)


def _difference(old: Encoder, new: Encoder, columns: list[Column]) -> str:
    if old["version"] != VERSION:
        return f"its encoder is of version {old['version']}, this is version {VERSION}."
    before, now = old["target"], new["target"]
    if before["name"] != now["name"]:
        return f"its target is {quoted(before['name'])}, the file's is {quoted(now['name'])}."
    if before["task"] != now["task"]:
        return f"its task is {before['task']}, the file's is {now['task']}."
    if before["classes"] != now["classes"]:
        return f"its classes are {listed(before['classes'])}, the file's {listed(now['classes'])}."
    names = [column.name for column in columns]
    missing = [name for name in _features(old) if name not in names]
    if missing:
        added = [name for name in names if name not in old["columns"]]
        also = f" (new there: {listed(added)})" if added else ""
        return f"the file lacks {listed(missing)}{also}."
    changed = _changed(old, columns)
    return f"{'; '.join(changed[:_SHOWN])} when it was trained." if changed else ""


def _changed(old: Encoder, columns: list[Column]) -> list[str]:
    """Say which columns the old encoder cannot read any more, with what they hold and held."""
    now = {column.name: column for column in columns}
    found = []
    for name, features in _features(old).items():
        column = now[name]
        before = features[0].get("style", "") if features[0]["encoding"] in _STYLED else ""
        if column.kind != "empty" and not _reads(features[0]["encoding"], before, column):
            after = column.style if column.numbers or column.dates else ""
            found.append(f"{quoted(name)} holds {_WRITTEN[after]} now, and held {_WRITTEN[before]}")
    return found


def _reads(encoding: str, style: str, column: Column) -> bool:
    if encoding == "date":
        # Dates that could be of either order are read by the order that training found.
        either = column.ambiguous and style[3:] == column.style[3:]
        return column.dates is not None and (style == column.style or either)
    if encoding != "numeric":
        return not column.numbers and not column.dates
    if not column.numbers:
        return False
    # Plain numbers are read in every style, but for the points in a column of decimal commas.
    whole = column.numbers["whole"] == column.numbers["count"]
    return style == column.style or (column.style == "plain" and (style == "grouped" or whole))


def _unseen(old: Encoder, columns: list[Column]) -> list[Notice]:
    """Warn of columns many of whose values say nothing to the old encoder."""
    now = {column.name: column for column in columns}
    found = []
    for name, features in _features(old).items():
        counts, present = now[name].counts, now[name].present
        known = {value for feature in features for value in _values(feature)}
        if not known or counts is None:
            continue
        new = sum(count for value, count in counts.items() if value not in known)
        if new > (1 - SHARE) * present:
            text = (
                f"Column {quoted(name)}: {new:,} of {counted(present, 'value')} were not there "
                f"when the approved model was trained; it learns nothing from them."
            )
            found.append(notice("unseen_values", text))
    return found


def _features(encoder: Encoder) -> dict[str, list[dict[str, Any]]]:
    features: dict[str, list[dict[str, Any]]] = {}
    for feature in encoder["features"]:
        features.setdefault(feature["column"], []).append(feature)
    return features


def _values(feature: dict[str, Any]) -> list[str]:
    """Return the values that a feature of a category knows."""
    one = [feature["category"]] if "category" in feature else []
    lists = (feature.get(key, []) for key in ("true", "false", "categories"))
    return [*one, *(value for values in lists for value in values)]
