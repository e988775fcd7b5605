"""A few cells of the fault matrix (docs/faults.md); `make faults` plays them all."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.faults import files, functions, permissions, sagemaker
from bench.faults.cell import Cell
from bench.faults.lane import Lane
from bench.faults.play import open_lanes, play

SAMPLE = (
    "sagemaker/DescribeModelPackageGroup (Find champion)/throttled once/first",
    "sagemaker/DescribeModelPackage (Find champion)/server error once/champion",
    "sagemaker/CreateModel (Save champion Model)/access denied/champion",
    "sagemaker/DescribeTrainingJob (Train model (XGBoost))/answer lost/first",
    "sagemaker/CreateTransformJob (Champion batch transform)/job fails/champion",
    "function/trigger/dies once/first",
    "function/prepare encode/answers rubbish/first",
    "permission/NotifyRole Publish sns:Publish */removed/first",
    "permission/EvaluateRole ListModelPackages sagemaker:ListModelPackages */removed/first",
    "file/predictions/part-00000.csv.out/cut in half/first",
    "file/checkpoints/xgboost-checkpoint_0.ubj/deleted/first",
    "file/champion's evaluation.json/empty/champion",
)


@pytest.fixture(scope="module")
def lanes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Lane]]:
    opened = open_lanes(Path(tmp_path_factory.mktemp("faults")), 2)
    yield opened
    for lane in opened:
        lane.end()


def test_sampled_cells_hold(lanes: list[Lane]) -> None:
    found = files.cells(files.discover(lanes[0]))
    cells: dict[str, Cell] = {
        cell.name: cell
        for cell in (*sagemaker.cells(), *functions.cells(), *permissions.cells(), *found)
    }
    results = play([cells[name] for name in SAMPLE], lanes, lambda _result: None)
    failed = {result.name: (result.failures, result.text) for result in results if result.failures}
    assert not failed
    assert len(results) == len(SAMPLE)
