"""How many threads a training job takes."""

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xgboost

from dropforge.cloud.sagemaker import store
from dropforge.cloud.sagemaker.container import train
from dropforge.cloud.sagemaker.fault_injection import JobFault
from dropforge.cloud.sagemaker.jobs import runtime
from dropforge.cloud.sagemaker.jobs.training.job import TrainingJob


@pytest.mark.parametrize(
    ("at_once", "hosts", "threads"), [(1, 1, None), (2, 1, 4), (4, 1, 2), (2, 2, 2), (9, 2, 1)]
)
def test_jobs_at_once_and_hosts_share_the_cores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int, hosts: int, threads: int | None
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    monkeypatch.setitem(runtime._settings, "directory", tmp_path)
    record = {
        "TrainingJobName": "job",
        "TrainingJobArn": store.arn("training-job", "job"),
        "AlgorithmSpecification": {},
        "_at_once": at_once,
    }
    names = [f"algo-{number}" for number in range(1, hosts + 1)]
    job = TrainingJob(record, JobFault())
    job._configure({name: tmp_path / name for name in names}, {name: {} for name in names})
    config = json.loads((tmp_path / "algo-1/input/config/resourceconfig.json").read_text())
    assert config.get("threads") == threads


@pytest.mark.parametrize(
    ("rows", "given", "resources", "threads"),
    [
        (100, {}, {"threads": 4}, 1),
        (1_000_000, {}, {"threads": 4}, 4),
        (1_000_000, {}, {}, None),
        (1_000_000, {"nthread": 3}, {"threads": 4}, 3),
        (100, {"nthread": 3}, {}, 3),
    ],
)
def test_small_tables_take_one_thread_and_large_ones_their_share(
    rows: int, given: dict[str, Any], resources: dict[str, Any], threads: int | None
) -> None:
    table = xgboost.DMatrix(np.zeros((rows, 2), dtype=np.float32))
    train._share_threads(given, table, resources)
    assert given.get("nthread") == threads
