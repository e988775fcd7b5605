"""A training job whose instances cannot hold the rows is refused before it is started."""

from typing import Any, cast

import pytest

from pipeline.documents.kinds import Kind
from pipeline.documents.run_files import RunFiles
from pipeline.errors import FileLimitError
from prepare.training.memory import check_memory
from prepare.training.start import Beside
from tests.unit.prepare.pipeline_run import prepare
from tests.unit.prepare.steps.test_fit import labelled

SPLIT: Any = {"train": 0.7, "validation": 0.15, "test": 0.15, "seed": 0}


class Files:
    """The documents of a run with one feature, of which so many of 100 values are missing."""

    def __init__(self, missing: int) -> None:
        self._documents: dict[str, Any] = {
            "encoder": {"features": [{"column": "a"}]},
            "profile": {"rows": 100, "columns": [{"name": "a", "missing": missing}]},
        }

    def read_document(self, kind: Kind[Any]) -> Any:
        return self._documents[kind.schema]


def check(
    rows: int, features: int, instance: str = "ml.m5.large", count: int = 1, missing: int = 0
) -> None:
    beside = Beside("run", "binary", rows, features)
    resources = {"InstanceType": instance, "InstanceCount": count}
    check_memory(cast(RunFiles, Files(missing)), beside, SPLIT, resources)


def refused(
    rows: int, features: int, instance: str = "ml.m5.large", count: int = 1, missing: int = 0
) -> str:
    with pytest.raises(FileLimitError) as caught:
        check(rows, features, instance, count, missing)
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
    assert "24.5 GiB of memory or more, and ml.m5.large has 8; " in said
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


@pytest.mark.parametrize(
    # Of 2,000,000 rows of 25 features, by a process that read them and trained.
    ("missing", "bytes_a_row"),
    [(0, 334), (50, 251), (95, 100)],
)
def test_memory_of_what_is_missing_is_not_counted(missing: int, bytes_a_row: int) -> None:
    held = int(8 * 2**30 / bytes_a_row)
    train = int(held * 0.7 / 0.85)
    check(train, 25, missing=missing)
    said = refused(int(train * 1.7), 25, missing=missing)
    assert ("values are there" in said) == (missing > 0)


def test_memory_says_how_much_is_there() -> None:
    assert "(5% of their values are there)" in refused(200_000_000, 25, missing=95)
    check(72_000_000, 25, missing=95)


def test_memory_of_an_unknown_instance_is_not_looked_at() -> None:
    check(10**12, 1000, "ml.x99.huge")


def test_file_that_does_not_fit_is_refused_by_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    data = labelled("0", "1")
    prepare(data)
    monkeypatch.setattr("prepare.training.memory._GIB", 400)
    with pytest.raises(FileLimitError, match=r"in pipeline\.json set instance_type to"):
        prepare(data)
    prepare(data, {"instance_type": "ml.x99.huge"})


def test_file_with_little_in_it_fits_where_a_full_one_does_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    full = [f"{n * 7 % 101 / 4},{n * 5 % 97 / 4},{n % 2}" for n in range(300)]
    sparse = [row if n % 10 == 0 else f",,{n % 2}" for n, row in enumerate(full)]
    monkeypatch.setattr("prepare.training.memory._GIB", 1100)
    said = {}
    for name, rows in (("full", full), ("sparse", sparse)):
        data = "\n".join(["a,b,label", *rows]).encode()
        try:
            prepare(data, {"target": "label"})
        except FileLimitError as error:
            said[name] = str(error)
    assert list(said) == ["full"]
