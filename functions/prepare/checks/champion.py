"""Whether the champion can predict the new file's test rows, for a fair comparison."""

from dataclasses import dataclass, field

import polars as pl
from botocore.exceptions import ClientError

from pipeline.aws_errors import ABSENT, code_of
from pipeline.documents import kinds, reading
from pipeline.documents.chunk_profile import ColumnProfile
from pipeline.documents.encoder import STYLED, Encoder, Feature, by_column
from pipeline.documents.state import Champion, UsableFacts
from pipeline.errors import ArtefactError
from pipeline.notices import Notice, notice
from pipeline.storage.bucket import Bucket
from pipeline.wording import counted, listed, quoted, shorten
from scoring.cells import Unread, known_among, known_values, unread_cells
from table.columns.kind import SHARE, Column
from table.encoding.apply import encode_frame
from table.encoding.build import READ, VERSION
from table.values.date_styles import DATES
from table.values.units import unit_of

_SHOWN = 3
_SAID = 200
_WRITTEN = {
    "": "text",
    "plain": "plain numbers",
    "grouped": "numbers such as 1,234 or 5%",
    "comma": "numbers with decimal commas",
    "duration": "durations",
    "span": "durations such as 2h 50m",
    "clock": "times of day",
} | {style: f"dates such as {rule.example}" for style, rule in DATES.items()}


@dataclass(frozen=True)
class Usable:
    """Whether the champion can predict the new file's test rows."""

    reason: str
    """Why it cannot; empty if it can."""
    notices: list[Notice] = field(default_factory=list)
    encoder: Encoder | None = None
    """The champion's, if it can."""
    broken: bool = False
    """Whether it cannot because its encoder is damaged."""

    def to_json(self) -> UsableFacts:
        """Return what the state machine passes on to Evaluate."""
        told: UsableFacts = {"usable": self.encoder is not None, "reason": self.reason}
        if self.broken:
            told["broken"] = True
        return told


def compare_champion(
    bucket: Bucket,
    champion: Champion,
    encoder: Encoder,
    columns: list[Column],
    profiles: list[ColumnProfile],
) -> Usable:
    """Compare the champion's encoder with the new file.

    Parameters
    ----------
    champion : as the state Find champion answers.
    columns, profiles : what the new file's columns hold, in its order.
    """
    if not isinstance(champion.get("found"), bool):
        # Taken for "there is none", it would let the model in use be replaced uncompared.
        said = shorten(repr(champion), 100)
        raise ArtefactError(
            f"Find champion answered {said}, which does not say whether there is a "
            f"model in use; drop the file again"
        )
    if not champion["found"]:
        return Usable("There is no approved model yet.")
    uri = bucket.uri(champion["encoder_key"])
    try:
        old = encoder_of(bucket, champion["encoder_key"])
        if isinstance(old, str):
            return _apart(old)
        with reading.belonging(uri):
            changed, strays = _cells(old, columns, profiles)
            if reason := _difference(old, encoder, columns) or changed:
                return _apart(reason)
            notices = strays + _unseen(old, columns)
            _try_out(old, columns)
    except ArtefactError as error:
        # The new model can be trained all the same; whether it is better, a person decides.
        reason = f"its encoder is damaged ({shorten(str(error), _SAID)})."
        return _apart(reason, broken=True)
    added = [column.name for column in columns if column.name not in old["columns"]]
    if added:
        text = f"{listed(added)}: new since the approved model, which does not use it."
        notices.append(notice("added_columns", text))
    return Usable("", notices, old)


def _apart(reason: str, *, broken: bool = False) -> Usable:
    text = f"Not compared with the approved model: {reason}"
    return Usable(reason, [notice("champion", text)], broken=broken)


def encoder_of(bucket: Bucket, key: str) -> Encoder | str:
    """Return the champion's encoder, or why it cannot be used."""
    try:
        body = bucket.get(key, kinds.ENCODER.limit)
    except ClientError as error:
        if code_of(error) not in ABSENT:
            raise
        # A stack made anew has a new bucket, and old runs are deleted, but packages stay.
        return "its encoder is no longer in the bucket."
    value = reading.checked(kinds.VERSIONED, body, bucket.uri(key))
    if value["version"] not in READ:
        return f"its encoder is of version {value['version']}, this is version {VERSION}."
    return reading.fitting(kinds.ENCODER, value, bucket.uri(key))


def _try_out(old: Encoder, columns: list[Column]) -> None:
    """Encode a row with the old encoder: what it cannot must not end the encoding of all."""
    row = pl.DataFrame([pl.Series(f"{n}", ["1"]) for n in range(len(columns))])
    encode_frame(row, [column.name for column in columns], old)


def _difference(old: Encoder, new: Encoder, columns: list[Column]) -> str:
    before, now = old["target"], new["target"]
    if before["name"] != now["name"]:
        return f"its target is {quoted(before['name'])}, the file's is {quoted(now['name'])}."
    if before["task"] != now["task"]:
        return f"its task is {before['task']}, the file's is {now['task']}."
    known, wanted = before.get("classes") or [], now.get("classes") or []
    if known != wanted:
        return f"its classes are {listed(known)}, the file's {listed(wanted)}."
    names = [column.name for column in columns]
    missing = [name for name in by_column(old["features"]) if name not in names]
    if missing:
        added = [name for name in names if name not in old["columns"]]
        also = f" (new there: {listed(added)})" if added else ""
        return f"the file lacks {listed(missing)}{also}."
    return ""


def _cells(
    old: Encoder, columns: list[Column], profiles: list[ColumnProfile]
) -> tuple[str, list[Notice]]:
    """Look for cells that the old encoder cannot read.

    Returns
    -------
    Why too many of some columns are so, or ""; else warnings of the columns with a few.
    """
    now = {column.name: (column, found) for column, found in zip(columns, profiles, strict=True)}
    many, few = [], []
    for name, features in by_column(old["features"]).items():
        if name not in now:
            continue
        column, found = now[name]
        before = old["unread"].get(name, 0) if "unread" in old else None
        unread = unread_cells(features, column, found, before)
        if unread.many:
            many.append(_held(features[0], column, unread))
        elif unread.count:
            few.append(_strays(features[0], column, unread))
    return (f"{'; '.join(many[:_SHOWN])} when it was trained." if many else ""), few


def _held(feature: Feature, column: Column, unread: Unread) -> str:
    """Say what a column holds now, and held."""
    name, before = quoted(column.name), _style(feature)
    after = column.style if column.numbers or column.dates else ""
    if unread.count < unread.present and after in ("", before):
        return (
            f"{unread.count:,} of {counted(unread.present, 'value')} of {name}{_examples(column)} "
            f"cannot be read as {_written(before)}, as they could"
        )
    return f"{name} holds {_written(after)} now, and held {_written(before)}"


def _strays(feature: Feature, column: Column, unread: Unread) -> Notice:
    text = (
        f"Column {quoted(column.name)}: {unread.count:,} of {counted(unread.present, 'value')}"
        f"{_examples(column)} cannot be read as {_written(_style(feature))}, as the approved model "
        f"reads them; missing to it."
    )
    return notice("champion_unread", text)


def _examples(column: Column) -> str:
    return f" ({listed(column.examples)})" if column.examples else ""


def _style(feature: Feature) -> str:
    return feature.get("style", "") if feature["encoding"] in STYLED else ""


def _written(style: str) -> str:
    unit = unit_of(style)
    return _WRITTEN[style] if unit is None else f"numbers of {unit}"


def _unseen(old: Encoder, columns: list[Column]) -> list[Notice]:
    """Warn of columns many of whose values say nothing to the old encoder."""
    now = {column.name: column for column in columns}
    found = []
    for name, features in by_column(old["features"]).items():
        counts, present = now[name].counts, now[name].present
        if not known_values(features) or counts is None:
            continue
        known = known_among(counts, features)
        new = sum(count for value, count in counts.items() if value not in known)
        if new > (1 - SHARE) * present:
            text = (
                f"Column {quoted(name)}: {new:,} of {counted(present, 'value')} were not there "
                f"when the approved model was trained; it learns nothing from them."
            )
            found.append(notice("unseen_values", text))
    return found
