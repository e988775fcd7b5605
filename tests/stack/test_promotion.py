"""A better model takes over, a worse one does not, an equal one by the stated rule."""

import json
import time
from typing import Any
from zlib import crc32

import numpy as np
import pytest

from tests.stack.application import Application

WEAK = {"num_round": 5, "max_depth": 1}
STRONG = {"num_round": 60, "max_depth": 4, "eta": 0.2}


def table(seed: int, columns: tuple[str, ...] = ("a", "b", "c"), rows: int = 1500) -> bytes:
    """Rows whose class a deep model tells well and a stump badly."""
    draw = np.random.default_rng(seed)
    values = draw.normal(size=(rows, len(columns)))
    odds = 3 * values[:, 0] * np.sign(values[:, 1]) + 1.5 * values[:, -1]
    classes = np.where(draw.random(rows) < 1 / (1 + np.exp(-odds)), "yes", "no")
    lines = [",".join((*columns, "target"))]
    lines += [
        ",".join([*(f"{v:.4f}" for v in row), str(label)])
        for row, label in zip(values, classes, strict=True)
    ]
    return "\n".join(lines).encode()


def numbered(head: bytes, rows: list[bytes], first: int) -> bytes:
    """Put a key before each row, as a table that is loaded anew has another one."""
    lines = [b"%d,%s" % (number, row) for number, row in enumerate(rows, first)]
    return b"\n".join([b"id," + head, *lines])


class Dataset:
    """Drops into one dataset of the application, one run after the other."""

    def __init__(self, application: Application, name: str) -> None:
        self.application = application
        self.name = name
        self.count = 0
        self.dropped = 0

    def run(self, body: bytes, **settings: Any) -> dict[str, Any]:
        self.count += 1
        self.application.settings(self.name, settings)
        # LastModified is in whole seconds, and a run may be over within one.
        while int(time.time()) == self.dropped:
            time.sleep(0.02)
        run = self.application.drop(f"inbox/{self.name}/{self.count}.csv", body)
        self.dropped = int(time.time())
        result: dict[str, Any] = self.application.message(run)["result"]
        assert result is not None, self.application.last(run)
        return result

    def job(self, result: dict[str, Any]) -> str:
        """Return the training job of a run's model, which is named as it is."""
        job: str = self.evaluation(result)["training"]["job"]
        return job

    def evaluation(self, result: dict[str, Any]) -> dict[str, Any]:
        body = self.application.read(f"runs/{result['run']}/evaluation.json") or b""
        document: dict[str, Any] = json.loads(body)
        return document


@pytest.fixture
def dataset(application: Application, request: pytest.FixtureRequest) -> Dataset:
    return Dataset(application, f"set-{crc32(request.node.name.encode()):08x}")


def test_better_model_takes_over_and_a_worse_one_does_not(dataset: Dataset) -> None:
    first = dataset.run(table(1), hyperparameters=WEAK)
    better = dataset.run(table(2), hyperparameters=STRONG)
    worse = dataset.run(table(3), hyperparameters=WEAK)
    assert [r["verdict"] for r in (first, better, worse)] == [
        "approved",
        "approved",
        "kept_champion",
    ]
    assert first["champion"] is None
    assert better["champion"]["value"] < better["metric"]["value"]
    assert worse["champion"]["value"] > worse["metric"]["value"]
    assert "model_package_arn" not in worse


def test_equal_model_takes_over_because_its_data_is_newer(dataset: Dataset) -> None:
    # Test rows enough to tell that one is nearly as good as the other.
    dataset.run(table(1, rows=4000), hyperparameters=STRONG)
    later = dataset.run(table(2, rows=4000), hyperparameters=STRONG)
    assert later["verdict"] == "approved"
    comparison = dataset.evaluation(later)["comparison"]
    assert (comparison["finding"], comparison["data"]) == ("equal", "newer")


def test_same_file_again_does_not_take_over(dataset: Dataset) -> None:
    dataset.run(table(1), hyperparameters=STRONG)
    again = dataset.run(table(1), hyperparameters=STRONG)
    assert again["verdict"] == "kept_champion"
    assert again["champion"]["value"] == pytest.approx(again["metric"]["value"])
    verdict = dataset.evaluation(again)["verdict"]
    assert verdict["reason"] == "it learned from the same data"


def test_rows_that_the_champion_was_trained_on_do_not_count_whatever_their_key(
    dataset: Dataset,
) -> None:
    head, *rows = table(1, rows=3000).split(b"\n")
    # Trees that differ little, so that the few rows that neither knows can show it.
    steady = {**STRONG, "colsample_bynode": 1, "subsample": 1}
    dataset.run(numbered(head, rows, 1), hyperparameters=steady)
    turned = dataset.run(numbered(head, rows[::-1], 50_001), hyperparameters=steady)
    comparison = dataset.evaluation(turned)["comparison"]
    # 85 % of the first file trained or validated, whatever the order is now.
    assert 0.75 * 450 < comparison["seen"] < 0.95 * 450
    assert comparison["rows"] == 450 - comparison["seen"]
    assert comparison["finding"] == "equal"
    assert turned["verdict"] == "approved"


def test_another_target_than_the_champions_waits_for_a_person(dataset: Dataset) -> None:
    dataset.run(table(1), hyperparameters=STRONG)
    renamed = table(2).replace(b"target\n", b"label\n", 1)
    other = dataset.run(renamed, hyperparameters=STRONG)
    assert other["verdict"] == "pending"
    reason = dataset.evaluation(other)["verdict"]["reason"]
    assert reason == ("the target changed: the model in use predicts 'target', this one 'label'")


def test_champion_is_judged_on_the_very_rows_of_the_challenger(
    application: Application, dataset: Dataset
) -> None:
    dataset.run(table(1), hyperparameters=STRONG)
    second = dataset.run(table(2), hyperparameters=STRONG)
    run = second["run"]
    ours = application.read(f"runs/{run}/data/test/part-00000.csv")
    theirs = application.read(f"runs/{run}/data/champion/part-00000.csv")
    # Both encoders pass numbers through, so identical rows are identical bytes.
    assert ours == theirs


def test_approval_in_the_registry_changes_what_the_next_run_is_compared_with(
    application: Application, dataset: Dataset
) -> None:
    first = dataset.run(table(1), hyperparameters=WEAK, promotion="manual")
    assert first["verdict"] == "pending"
    second = dataset.run(table(2), hyperparameters=WEAK, promotion="manual")
    assert second["champion"] is None
    sagemaker = application.client("sagemaker")
    sagemaker.update_model_package(
        ModelPackageArn=first["model_package_arn"], ModelApprovalStatus="Approved"
    )
    third = dataset.run(table(3), hyperparameters=STRONG, promotion="manual")
    assert third["champion"] is not None
    assert third["verdict"] == "pending"
    evaluation = dataset.evaluation(third)
    assert first["run"] in json.dumps(evaluation["champion"])
    sagemaker.update_model_package(
        ModelPackageArn=first["model_package_arn"], ModelApprovalStatus="Rejected"
    )
    assert dataset.run(table(4), hyperparameters=STRONG, promotion="manual")["champion"] is None


def test_model_below_the_minimum_is_not_promoted(dataset: Dataset) -> None:
    result = dataset.run(table(1), hyperparameters=WEAK, minimum=0.999)
    assert result["verdict"] == "below_minimum"
    assert "model_package_arn" not in result


def test_promotion_never_keeps_what_is_in_use(dataset: Dataset) -> None:
    assert dataset.run(table(1), hyperparameters=STRONG, promotion="never")["verdict"] == (
        "kept_champion"
    )


def test_champion_that_cannot_read_the_data_is_named_and_a_person_asked(dataset: Dataset) -> None:
    dataset.run(table(1), hyperparameters=STRONG)
    result = dataset.run(table(2, ("a", "b", "d")), hyperparameters=WEAK)
    assert result["champion"] is None
    assert result["verdict"] == "pending"
    assert any("'c'" in warning for warning in result["warnings"]), result["warnings"]
