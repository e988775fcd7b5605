"""Settings that came with a drop become the dataset's: the newest drop's, if its run accepts."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from pipeline import staged
from pipeline.documents import kinds, reading
from pipeline.errors import InputError
from pipeline.planned import source_of
from pipeline.storage.bucket import Bucket
from prepare.splitting.content import content_columns
from prepare.steps import kept_settings
from prepare.steps.asked import Request
from prepare.steps.fit import fit_run
from prepare.steps.kept_settings import keep_settings
from prepare.steps.plan import plan_run
from prepare.steps.profile import profile_chunk
from tests.integration.conftest import BUCKET

OWN = "inbox/churn/pipeline.json"
PAST = datetime(2026, 1, 1, tzinfo=UTC)
ROWS = b"a,b,target\n" + b"".join(
    b"%d,%d,%s\n" % (n, n % 7, b"yn"[n % 2 : n % 2 + 1]) for n in range(60)
)


@pytest.fixture
def bucket(aws: None) -> Bucket:
    return Bucket(boto3.client("s3"), BUCKET)


def brought(
    bucket: Bucket, settings: dict[str, Any], seconds: float = 0, run: str = "r1"
) -> dict[str, Any]:
    """Stage settings, and return the request of the run of their drop."""
    body = json.dumps(settings).encode()
    key = staged.key_of("churn", staged.ticket_of("inbox/churn/a.csv", body))
    bucket.put(key, body)
    moment = (PAST + timedelta(seconds=seconds)).isoformat()
    return {"keep_settings": key, "dataset": "churn", "last_modified": moment, "run": run}


def own(bucket: Bucket) -> Any:
    return json.loads(bucket.get(OWN, 1 << 20))


def test_settings_of_a_drop_become_the_datasets(bucket: Bucket) -> None:
    assert keep_settings(bucket, brought(bucket, {"target": "b"}))
    assert own(bucket) == {"target": "b"}


def test_settings_that_were_deleted_meanwhile_do_not_end_the_run(bucket: Bucket) -> None:
    request = brought(bucket, {"target": "b"})
    bucket.client.delete_object(Bucket=BUCKET, Key=request["keep_settings"])
    bucket.put_json(OWN, {"target": "a"})
    assert not keep_settings(bucket, request)
    assert own(bucket) == {"target": "a"}


def test_drop_without_settings_leaves_the_datasets(bucket: Bucket) -> None:
    bucket.put_json(OWN, {"target": "a"})
    request = {"keep_settings": None, "dataset": "churn", "last_modified": "x", "run": "r"}
    assert not keep_settings(bucket, request)
    assert own(bucket) == {"target": "a"}


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_settings_of_the_newest_of_two_drops_stay_whichever_run_ends_first(
    bucket: Bucket, order: tuple[int, int]
) -> None:
    requests = [brought(bucket, {"target": f"t{n}"}, seconds=n) for n in range(2)]
    for number in order:
        keep_settings(bucket, requests[number])
    assert own(bucket) == {"target": "t1"}


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_two_drops_of_one_second_the_runs_names_decide(
    bucket: Bucket, order: tuple[int, int]
) -> None:
    requests = [brought(bucket, {"target": f"t{n}"}, run=f"r{n}") for n in range(2)]
    for number in order:
        keep_settings(bucket, requests[number])
    assert own(bucket) == {"target": "t1"}


def test_settings_that_a_person_wrote_after_the_drop_stay(bucket: Bucket) -> None:
    request = brought(bucket, {"target": "b"})
    bucket.put_json(OWN, {"target": "mine"})
    assert not keep_settings(bucket, request)
    assert own(bucket) == {"target": "mine"}


def test_settings_that_a_person_wrote_before_the_drop_go(bucket: Bucket) -> None:
    bucket.put_json(OWN, {"target": "mine"})
    ahead = (datetime.now(UTC) - PAST).total_seconds() + 60
    assert keep_settings(bucket, brought(bucket, {"target": "b"}, seconds=ahead))
    assert own(bucket) == {"target": "b"}


def test_mark_that_was_copied_from_another_dataset_says_nothing(bucket: Bucket) -> None:
    keep_settings(bucket, brought(bucket, {"target": "b"}))
    other = "inbox/other/pipeline.json"
    bucket.client.copy_object(Bucket=BUCKET, Key=other, CopySource=f"{BUCKET}/{OWN}")
    request = {**brought(bucket, {"target": "c"}, seconds=5), "dataset": "other"}
    assert not keep_settings(bucket, request), "the copy is a person's, and newer than the drop"


def test_settings_that_are_written_in_between_are_looked_at_again(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = brought(bucket, {"target": "old"}, seconds=1)
    newer = brought(bucket, {"target": "new"}, seconds=2)
    known, meddled = kept_settings._known, []

    def between(at: Bucket, key: str) -> Any:
        found = known(at, key)
        if not meddled:
            meddled.append(1)
            keep_settings(bucket, newer)
        return found

    monkeypatch.setattr(kept_settings, "_known", between)
    assert not keep_settings(bucket, older)
    assert own(bucket) == {"target": "new"}


def prepared(bucket: Bucket, settings: dict[str, Any]) -> dict[str, Any]:
    """Do the steps from the drop to fit, as the state machine does."""
    bucket.put("inbox/churn/a.csv", ROWS)
    source = brought(bucket, settings)["keep_settings"]
    drop = {"key": "inbox/churn/a.csv", "settings": settings, "keep_settings": source}
    execution = {"id": "x", "name": "churn-1", "started": "2026-01-01T00:00:00Z"}
    planned = plan_run(bucket.client, Request(BUCKET, drop, execution, 1 << 20, "test"))
    prefix = planned["prefix"]
    plan = reading.read_json(bucket, f"{prefix}/plan.json", kinds.PLAN)
    rows = source_of(bucket.client, plan)
    content = content_columns(rows, plan)
    for chunk in reading.read_json(bucket, planned["manifest"], kinds.MANIFEST):
        result = profile_chunk(rows, plan, content, chunk)
        bucket.put_compact(f"{prefix}/chunks/profile-{chunk['index']:05d}.json", result)
    return fit_run(bucket.client, BUCKET, prefix, {"found": False}, "ml.m5.large")


def test_settings_that_the_run_accepts_are_kept_as_they_were_given(bucket: Bucket) -> None:
    prepared(bucket, {"metric": "f1"})
    assert own(bucket) == {"metric": "f1"}, "without the defaults"


@pytest.mark.parametrize(
    "settings",
    [
        {"target": "prize"},
        {"metric": "rmse"},
        {"task": "regression"},
        {"id_columns": ["nobody"]},
        {"max_cost_usd": 0.0001},
        {"hyperparameters": {"objective": "reg:squarederror"}},
    ],
)
def test_settings_that_the_run_refuses_are_not_kept(
    bucket: Bucket, settings: dict[str, Any]
) -> None:
    bucket.put_json(OWN, {"target": "target"})
    with pytest.raises(InputError):
        prepared(bucket, settings)
    assert own(bucket) == {"target": "target"}
