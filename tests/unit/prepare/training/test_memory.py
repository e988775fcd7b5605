"""A training job whose instances cannot hold the rows is refused before it is started."""

from typing import Any

import pytest

from pipeline.errors import FileLimitError
from prepare.training.memory import check_memory
from prepare.training.start import Beside
from tests.unit.prepare.pipeline_run import prepare
from tests.unit.prepare.steps.test_fit import labelled

SPLIT: Any = {"train": 0.7, "validation": 0.15, "test": 0.15, "seed": 0}


def check(rows: int, features: int, instance: str = "ml.m5.large", count: int = 1) -> None:
    beside = Beside("run", "binary", rows, features)
    check_memory(beside, SPLIT, {"InstanceType": instance, "InstanceCount": count})


def refused(rows: int, features: int, instance: str = "ml.m5.large", count: int = 1) -> str:
    with pytest.raises(FileLimitError) as caught:
        check(rows, features, instance, count)
    return str(caught.value)


@pytest.mark.parametrize(
    # What a process of so many rows to train on was seen to take, in MiB (bench.scale).
    ("rows", "features", "mib"),
    [(2_800_000, 3, 313), (700_000, 10, 166), (2_800_000, 25, 1005), (210_000, 100, 338)],
)
def test_memory_least_is_below_what_was_measured(rows: int, features: int, mib: int) -> None:
    times = 8 * 1024 / mib
    check(int(rows * times), features)
    refused(int(rows * times * 1.6), features)


def test_memory_of_a_refused_file_is_told_with_an_instance_that_has_it() -> None:
    said = refused(72_000_000, 25)
    assert "72,000,000 rows to train on" in said
    assert "15,428,571 to validate with, of 25 features" in said
    assert "24 GiB" in said
    assert "ml.m5.large has 8;" in said
    assert "set instance_type to ml.m5.4xlarge (64 GiB)" in said
    check(72_000_000, 25, "ml.m5.4xlarge")


def test_memory_train_rows_are_shared_by_instances_and_validation_rows_are_not() -> None:
    check(30_000_000, 10, count=1)
    refused(60_000_000, 10, count=1)
    check(60_000_000, 10, count=2)
    assert "on each of 10 instances" in refused(300_000_000, 10, count=10)


@pytest.mark.parametrize("rows", [3_000_000_000, 8_000_000_000])
def test_memory_past_the_largest_instance_names_a_number_of_them(rows: int) -> None:
    said = refused(rows, 25)
    assert "ml.r5.24xlarge (768 GiB) and instance_count to" in said
    count = int(said.split("instance_count to ")[1].split(",")[0])
    check(rows, 25, "ml.r5.24xlarge", count)


def test_memory_that_no_number_of_instances_has_names_the_split() -> None:
    assert "split.train" in refused(60_000_000_000, 100)


def test_memory_of_an_unknown_instance_is_not_looked_at() -> None:
    check(10**12, 1000, "ml.x99.huge")


def test_file_that_does_not_fit_is_refused_by_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    data = labelled("0", "1")
    prepare(data)
    monkeypatch.setattr("prepare.training.memory._GIB", 400)
    with pytest.raises(FileLimitError, match=r"in pipeline\.json set instance_type to"):
        prepare(data)
    prepare(data, {"instance_type": "ml.x99.huge"})
