"""Another comparison: the test rows in a new champion's encoding, and nothing else anew."""

import json
from typing import Any

import pytest

from tests.unit.prepare.pipeline_run import Prepared, compare_again, prepare

ROWS = [f"{n % 13},{'uvw'[n % 3]},{'yes' if n % 3 else 'no'}" for n in range(90)]
DATA = "\n".join(["a,b,label", *ROWS]).encode()
REORDERED = "\n".join(
    ["b,a,label", *(f"{r.split(',')[1]},{r.split(',')[0]},{r.split(',')[2]}" for r in ROWS)]
).encode()
WITHOUT_B = "\n".join(["a,label", *(f"{r.split(',')[0]},{r.split(',')[2]}" for r in ROWS)]).encode()


@pytest.fixture
def run() -> Prepared:
    """A run that found no champion, and others that could be one."""
    first = prepare(DATA, run="set-1", chunk_bytes=400)
    prepare(REORDERED, s3=first.s3, run="set-2", name="inbox/set/b.csv")
    prepare(WITHOUT_B, s3=first.s3, run="set-3", name="inbox/set/c.csv")
    return first


def champion(name: str) -> dict[str, Any]:
    return {"found": True, "encoder_key": f"runs/{name}/encoder.json"}


@pytest.fixture
def written(run: Prepared) -> set[str]:
    """Names below the run of what is written from now on."""
    names: set[str] = set()
    put = run.s3.put_object

    def noting(**request: Any) -> dict[str, Any]:
        names.add(request["Key"].removeprefix("runs/set-1/").split("/part")[0])
        return put(**request)

    run.s3.put_object = noting  # type: ignore[method-assign]
    return names


def test_another_comparison_writes_the_champions_test_rows_alone(
    run: Prepared, written: set[str]
) -> None:
    again = compare_again(run, champion("set-2"))
    assert again.fit["champion"] == {"usable": True, "reason": ""}
    # What is told of the champion stands in the profile.
    told = {"champion_encoder.json", "profile.json", "chunks.json"}
    told |= {"chunks/champion-00000.json", "chunks/champion-00001.json"}
    assert written == told | {"data/champion", "data/tested"}
    assert list(again.files("champion")) == list(again.files("test"))
    assert len(again.table("champion")) == len(again.table("test"))


def test_another_comparison_replaces_what_the_champion_before_was_given(run: Prepared) -> None:
    compare_again(run, champion("set-2"))
    first = run.table("champion")
    again = compare_again(run, champion("set-3"), 2)
    assert again.fit["champion"]["usable"]
    assert len(again.table("champion").columns) < len(first.columns)
    assert len(again.table("champion")) == len(first)


def test_another_comparison_with_an_unfit_champion_says_why_and_encodes_nothing(
    run: Prepared, written: set[str]
) -> None:
    del run.s3.objects["runs/set-2/encoder.json"]
    again = compare_again(run, champion("set-2"))
    assert again.fit["champion"]["reason"] == "its encoder is no longer in the bucket."
    assert "champion" in again.codes
    assert written == {"profile.json", "chunks.json"}


def test_another_comparison_goes_by_the_encoder_that_the_model_was_trained_with(
    run: Prepared,
) -> None:
    # As if another release, deployed meanwhile, would make another encoder of the file.
    key = "runs/set-1/encoder.json"
    encoder = run.json("encoder.json")
    encoder["target"]["classes"] = ["no", "perhaps"]
    run.s3.objects[key] = kept = json.dumps(encoder).encode()
    again = compare_again(run, champion("set-2"))
    assert "'perhaps'" in again.fit["champion"]["reason"]
    assert run.s3.objects[key] == kept
