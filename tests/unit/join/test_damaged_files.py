"""Files of a chunk that do not fit together are named, the right ones."""

import pytest

from join.chunk import join_chunk
from pipeline.documents import kinds
from pipeline.documents.run_files import RunFiles
from pipeline.errors import ArtefactError
from pipeline.storage.bucket import Bucket
from tests.unit.join.scored_file import Champion, score, trained

TRAINING = "age,plan,price\n" + "".join(
    f"{n % 70 + 18},{['gold', 'free'][n % 2]},{n % 70 * 2}\n" for n in range(200)
)


@pytest.fixture(scope="module")
def champion() -> Champion:
    return trained(TRAINING.encode(), {"target": "price"})


FOLDER = "results/set/set-2"


def joined_again(champion: Champion, name: str, body: bytes) -> str:
    """Return how a chunk's join fails if a file of it is changed."""
    score(champion, b"age,plan\n40,gold\n\n41,free\n", settings={"reasons": 0})
    files = RunFiles(Bucket(champion.s3, "bucket"), "runs/set-2")
    [item] = files.read_document(kinds.TO_SCORE)
    champion.s3.objects[f"runs/set-2/{name}"] = body
    with pytest.raises(ArtefactError) as caught:
        join_chunk(champion.s3, "bucket", "runs/set-2", FOLDER, item)
    return str(caught.value)


@pytest.mark.parametrize("body", [b"1.5\n", b"1.5\n2.5\n3.5\n", b"1.5\n[1]\n", b"1.5\nx\n"])
def test_predictions_that_are_not_the_rows_are_named(champion: Champion, body: bytes) -> None:
    told = joined_again(champion, "predictions/part-00000.csv.out", body)
    assert "runs/set-2/predictions/part-00000.csv.out" in told
    assert "runs/set-2/data/spans/part-00000.u32" in told


def test_predictions_that_fit_are_joined_again(champion: Champion) -> None:
    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
        joined_again(champion, "predictions/part-00000.csv.out", b"1.5\n2.5\n")


def test_header_that_is_not_the_plans_is_no_fault_of_the_predictions(champion: Champion) -> None:
    score(champion, b"age,plan\n40,gold\n", settings={"reasons": 0})
    plan = champion.s3.objects["runs/set-2/plan.json"]
    assert isinstance(plan, bytes)
    changed = plan.replace(b'"age"', b'"aged"')
    told = joined_again(champion, "plan.json", changed)
    assert "runs/set-2/plan.json, s3://bucket/score/set/file.csv: they do not fit" in told
    assert "predictions" not in told
