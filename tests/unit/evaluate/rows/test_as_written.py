"""A part that was changed after Encode wrote it is noticed, whoever read it in between."""

from collections.abc import Callable
from typing import Any

import pytest

from evaluate.steps.evaluate import evaluate_run
from pipeline.errors import ArtefactError
from tests.unit.evaluate.made_documents import PREFIX
from tests.unit.evaluate.made_run import MadeRun

Runs = Callable[[str], MadeRun]


@pytest.fixture
def run(run_of: Runs) -> MadeRun:
    """A run whose notes are of its parts as they are now."""
    made = run_of("regression")
    made.put("data/train/part-00000.csv", "1,2\n3,4\n")
    made.put("data/train/part-00000-001.csv", "5,6\n")
    made.put("data/validation/part-00000.csv", "7,8\n")
    made.put("data/champion/part-00000.csv", "9,10\n")
    made.add_champion(made.predicted)
    made.files.names("chunks")
    made.s3.keeps_notes = True
    return made


def evaluate(run: MadeRun) -> dict[str, Any]:
    return evaluate_run(run.files, run.logs, run.event, "dropforge", "0.1.0")


def test_parts_that_nobody_touched_are_judged(run: MadeRun) -> None:
    assert evaluate(run)["verdict"] in ("approved", "kept_champion")


@pytest.mark.parametrize(
    "name",
    [
        "data/train/part-00000.csv",
        "data/train/part-00000-001.csv",
        "data/validation/part-00000.csv",
        "data/test/part-00000.csv",
        "data/truth/part-00000.csv",
    ],
)
@pytest.mark.parametrize("change", ["cut", "deleted", "same length"])
def test_part_that_was_changed_fails_the_run_by_name(run: MadeRun, name: str, change: str) -> None:
    key = f"{PREFIX}/{name}"
    body = run.s3.objects[key]
    if change == "deleted":
        del run.s3.objects[key]
    else:
        run.s3.objects[key] = body[:-2] if change == "cut" else b"0" + body[1:-1] + b"#"
    with pytest.raises(ArtefactError, match=rf"{name}.*Encode chunks.*drop the file again"):
        evaluate(run)


def test_part_that_encode_did_not_write_fails_the_run_by_name(run: MadeRun) -> None:
    run.put("data/train/stranger.csv", "1,2\n")
    with pytest.raises(ArtefactError, match=r"stranger\.csv.*none of the parts"):
        evaluate(run)


def test_notes_that_are_lost_fail_the_run(run: MadeRun) -> None:
    del run.s3.objects[f"{PREFIX}/chunks/parts-00000.json"]
    with pytest.raises(ArtefactError, match=r"chunks/parts-\*\.json"):
        evaluate(run)


@pytest.mark.parametrize("gone", ["part", "note"])
def test_what_was_changed_of_the_champions_leaves_it_to_a_person(run: MadeRun, gone: str) -> None:
    if gone == "part":
        run.put("data/champion/part-00000.csv", "9,11\n")
    else:
        del run.s3.objects[f"{PREFIX}/chunks/champion-00000.json"]
    result = evaluate(run)
    assert result["verdict"] == "pending"
    assert "its files are damaged" in result["sentence"]
    assert "champion" in result["sentence"]
