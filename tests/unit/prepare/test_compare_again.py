"""Another comparison: the test rows in a new champion's encoding, and nothing else anew."""

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


def test_another_comparison_writes_the_champions_test_rows_alone(run: Prepared) -> None:
    before = dict(run.s3.objects)
    again = compare_again(run, champion("set-2"))
    assert again.fit["champion"] == {"usable": True, "reason": ""}
    changed = {k for k, v in run.s3.objects.items() if before.get(k) != v}
    names = {key.removeprefix("runs/set-1/").split("/part")[0] for key in changed}
    assert names == {"champion_encoder.json", "chunks.json", "data/champion", "data/tested"}
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
    run: Prepared,
) -> None:
    del run.s3.objects["runs/set-2/encoder.json"]
    before = set(run.s3.objects)
    again = compare_again(run, champion("set-2"))
    assert again.fit["champion"]["reason"] == "its encoder is no longer in the bucket."
    assert "champion" in again.codes
    assert set(run.s3.objects) == before


def test_another_comparison_goes_by_the_encoder_that_the_model_was_trained_with(
    run: Prepared,
) -> None:
    key = "runs/set-1/encoder.json"
    kept = bytes(run.s3.objects[key]) + b" "  # type: ignore[arg-type]
    run.s3.objects[key] = kept
    compare_again(run, champion("set-2"))
    assert run.s3.objects[key] == kept
