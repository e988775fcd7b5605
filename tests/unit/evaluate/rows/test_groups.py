"""Rows that belong together are drawn together; who they belong to is not told."""

from array import array
from collections.abc import Callable

import pytest

from pipeline.errors import ArtefactError
from tests.unit.evaluate.made_documents import PREFIX
from tests.unit.evaluate.made_run import MadeRun, evaluated

Runs = Callable[[str], MadeRun]


def group(run: MadeRun, size: int) -> int:
    """Write groups of so many rows, across the parts; return how many there are."""
    at = 0
    for name in run.files.names("data/truth"):
        rows = run.text(f"data/truth/{name}").count("\n") - 1
        marks = array("Q", [(at + row) // size * 7_919 for row in range(rows)])
        part = name.removesuffix(".csv")
        run.s3.objects[f"{PREFIX}/data/groups/{part}.u64"] = marks.tobytes()
        at += rows
    return -(-at // size)


@pytest.mark.parametrize("task", ["regression", "binary", "multiclass"])
def test_intervals_are_of_groups_where_the_split_has_groups(run_of: Runs, task: str) -> None:
    run = run_of(task)
    run.add_champion(run.predicted * 0.99 + 0.01 * run.predicted.mean())
    evaluated(run)
    by_row = run.json("evaluation.json")
    groups = group(run, 5)
    evaluated(run)
    by_group = run.json("evaluation.json")
    assert by_group["metric"]["interval"]["groups"] == groups
    assert by_group["comparison"]["difference"]["interval"]["groups"] == groups
    assert by_group["metric"]["value"] == by_row["metric"]["value"]
    assert by_group["metric"]["interval"] != by_row["metric"]["interval"]
    assert "groups" not in by_row["metric"]["interval"]
    assert f"in {groups:,} whole groups" in run.text("report.html")


def test_groups_of_one_row_each_are_none(run_of: Runs) -> None:
    run = run_of("regression")
    group(run, 1)
    evaluated(run)
    assert "groups" not in run.json("evaluation.json")["metric"]["interval"]


@pytest.mark.parametrize("damage", ["cut", "missing"])
def test_groups_that_are_not_one_for_each_row_are_damage(run_of: Runs, damage: str) -> None:
    run = run_of("regression")
    group(run, 5)
    key = f"{PREFIX}/data/groups/part-00000.u64"
    if damage == "cut":
        run.s3.objects[key] = run.s3.objects[key][:-8]
    else:
        del run.s3.objects[key]
    with pytest.raises(ArtefactError, match=r"data/groups/part-00000.u64"):
        evaluated(run)
