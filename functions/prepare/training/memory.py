"""Whether the training job's instances can hold the rows, which XGBoost has in memory.

SageMaker developer guide, XGBoost algorithm: for CSV the memory of all instances together must be
able to hold the training dataset. A job that cannot fails after minutes that are paid.
"""

import json
import math
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.documents import kinds
from pipeline.documents.run_files import RunFiles
from pipeline.errors import FileLimitError
from pipeline.settings import SplitSettings
from prepare.training.start import Beside

MEMORY_FILE = Path(__file__).with_name("memory.json")
_GIB = 1 << 30
# Of a row and of each of its features, as `python -m bench.scale` prints of XGBoost 3.2: the least
# that was seen at 3 to 100 features, which no instance can do without, and the most, of those that
# are there.
_LEAST = (50, 10)
_MOST = (90, 14)
_WHOLE = 0.995
"""Share of values, above which nothing is said of it."""
_MOST_INSTANCES = 100
"""As settings.schema.json allows."""
_SUGGESTED = ("ml.m5.", "ml.r5.")
"""Families to name an instance of: the usual one, and the one with the most memory."""


@dataclass(frozen=True)
class Table:
    """What the job holds.

    Attributes
    ----------
    train_rows : which the instances share.
    validation_rows : of which each instance has all.
    filled : share of the features' values that are there; a missing one takes no memory.
    """

    train_rows: int
    validation_rows: int
    features: int
    filled: float = 1.0

    def gib(self, instances: int, taken: tuple[float, float]) -> float:
        """Return the memory of each of so many instances."""
        row, feature = taken
        rows = math.ceil(self.train_rows / instances) + self.validation_rows
        return rows * (row + feature * self.features) / _GIB

    def least_gib(self, instances: int) -> float:
        """Return the memory that none of so many instances can do without."""
        row, feature = _LEAST
        return self.gib(instances, (row, feature * self.filled))

    def most_gib(self, instances: int) -> float:
        """Return the memory that is enough for each of so many instances, if nothing is missing."""
        return self.gib(instances, _MOST)


@cache
def _instances() -> dict[str, float]:
    found: dict[str, Any] = json.loads(MEMORY_FILE.read_text(encoding="utf-8"))
    return found["gib"]  # type: ignore[no-any-return]


def check_memory(
    files: RunFiles, beside: Beside, split: SplitSettings, resources: dict[str, Any]
) -> None:
    """Refuse rows that the job's instances cannot hold.

    Parameters
    ----------
    files : of the run, among them encoder.json and profile.json.
    resources : SageMaker's ResourceConfig. An instance type whose memory is not known is not
        refused.

    Raises
    ------
    FileLimitError
    """
    table = Table(
        beside.rows, round(beside.rows * split["validation"] / split["train"]), beside.features
    )
    instance, count = resources["InstanceType"], int(resources["InstanceCount"])
    has = _instances().get(instance)
    if has is None or table.least_gib(count) <= has:
        return
    # Only now it matters how much is missing.
    table = replace(table, filled=_filled(files))
    needs = table.least_gib(count)
    if needs <= has:
        return
    there = "" if table.filled > _WHOLE else f" ({table.filled:.0%} of their values are there)"
    each = "" if count == 1 else f" on each of {count} instances"
    raise FileLimitError(
        f"the file has {table.train_rows:,} rows to train on and {table.validation_rows:,} to "
        f"validate with, of {table.features:,} features{there}: in training they take "
        f"{math.ceil(10 * needs) / 10:,.1f} GiB of memory or more{each}, and {instance} has "
        f"{has:g}; in pipeline.json set {_remedy(table, count)}, or list columns in drop_columns"
    )


def _filled(files: RunFiles) -> float:
    """Return the share of values that are there, a column's for each feature of it.

    It is the least: of a category that is missing, the features that say so are 0.
    """
    features = files.read_document(kinds.ENCODER)["features"]
    profile = files.read_document(kinds.PROFILE)
    missing = {column["name"]: column["missing"] for column in profile["columns"]}
    gone = sum(missing[feature["column"]] for feature in features)
    return 1 - gone / (max(1, profile["rows"]) * len(features))


def instance_for(table: Table, count: int) -> tuple[str, float] | None:
    """Return the smallest suggested instance that surely holds the rows, and its GiB.

    None if the largest cannot.
    """
    needs = table.most_gib(count)
    return next(((name, gib) for gib, name in _suggested() if needs <= gib), None)


def _suggested() -> list[tuple[float, str]]:
    return sorted((gib, name) for name, gib in _instances().items() if name.startswith(_SUGGESTED))


def _remedy(table: Table, count: int) -> str:
    """Name the smallest instance that can hold the rows, or how many of the largest can."""
    if found := instance_for(table, count):
        return f"instance_type to {found[0]} ({found[1]:g} GiB)"
    largest, name = _suggested()[-1]
    for instances in range(count + 1, _MOST_INSTANCES + 1):
        if table.most_gib(instances) <= largest:
            return f"instance_type to {name} ({largest:g} GiB) and instance_count to {instances}"
    return "split.train and split.validation to less, with the rest in split.test"
