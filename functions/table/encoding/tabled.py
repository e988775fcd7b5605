"""The encoder with what was learned of the target: its categories become ranks and means."""

from collections.abc import Collection

from pipeline.documents.chunk_profile import Numbers
from pipeline.documents.encoder import Dropped, Encoder, Feature, TargetFacts, by_column
from table.columns.target import Target
from table.encoding.build import indicator
from table.encoding.target_means import Means
from table.encoding.target_sums import Outputs, step_of
from table.encoding.value_table import OF_TABLE

MOST_COLUMNS = 64
"""Columns that have a table; further ones stay as they are."""
SAYS_NOTHING = "its values say no more of the target than chance would"
_MOST_CLASSES = 6
"""Classes that have a mean of their own."""


def columns_to_learn(encoder: Encoder) -> list[str]:
    """Return the columns of more values than one-hot features are made of, the largest first."""
    first = {name: found[0]["encoding"] for name, found in by_column(encoder["features"]).items()}
    many = [name for name, encoding in first.items() if encoding == "hash"]
    some = [name for name, encoding in first.items() if encoding == "frequency_rank"]
    return [*many, *some][:MOST_COLUMNS]


def outputs_of(target: Target, numbers: Numbers | None) -> Outputs:
    """Return the numbers of a target whose means are learned.

    They are the target of a regression, whether a row is of class 1, or whether it is of each of
    the most frequent classes. Numbers that look like codes for a missing value count as the
    least or most of all others.

    Parameters
    ----------
    numbers : what the numbers of a regression's target come to.
    """
    if target.task == "regression":
        if numbers is None:
            return Outputs(None)
        # One 999999999999 would hide what all other rows say.
        others = numbers["ends"]["between"] if "ends" in numbers else []
        least, most = others or (numbers["min"], numbers["max"])
        return Outputs(None, step_of(least, most), (least, most))
    if target.task == "binary":
        return Outputs((1,))
    rows = target.counts
    frequent = sorted(range(len(rows)), key=lambda index: (-rows[index], index))
    return Outputs(tuple(sorted(frequent[:_MOST_CLASSES])))


def with_tables(
    encoder: Encoder, learned: dict[str, Means], outputs: Outputs, kept: Collection[str] = ()
) -> Encoder:
    """Put tables in an encoder, and the features that look values up behind a column's others.

    A hash of the value gives way to its rank where values differ much, and to the means. A rank
    stays, and has means beside it where values differ much.

    Parameters
    ----------
    kept : columns that are trained on whatever they say: their rank stays.
    """
    features: list[Feature] = []
    for name, own in by_column(encoder["features"]).items():
        if name not in learned:
            features += own
            continue
        found, slots = learned[name], learned[name].telling
        if own[0]["encoding"] == "hash":
            own, slots = (
                [_rank(name)] if slots or name in kept else [],
                sorted({*slots, *found.sure}),
            )
        features += own + _means(name, slots, encoder["target"], outputs)
    used = by_column(features)
    gone = [name for name in learned if name not in used]
    if not features:
        # Chance is all that there is to learn from.
        features, gone = [_rank(name) for name in gone], []
    dropped: list[Dropped] = [{"column": name, "reason": SAYS_NOTHING} for name in gone]
    if len(features) == 1:
        features += indicator(features[0])
    needed = {f["column"] for f in features if f["encoding"] in OF_TABLE}
    tables = {name: means.table for name, means in learned.items() if name in needed}
    made: Encoder = {**encoder, "features": features}
    made["dropped"] = encoder.get("dropped", []) + dropped
    if tables:
        made["tables"] = tables
    return made


def _rank(name: str) -> Feature:
    return {"name": f"{name}#rank", "column": name, "encoding": "value_rank"}


def _means(name: str, slots: list[int], target: TargetFacts, outputs: Outputs) -> list[Feature]:
    names = [f"{name}#mean"]
    if outputs.classes is not None and outputs.count > 1:
        classes = target.get("classes") or []
        names = [f"{name}#mean {classes[index]}" for index in outputs.classes]
    return [
        {"name": names[slot], "column": name, "encoding": "target_mean", "slot": slot}
        for slot in slots
    ]
