"""What a kill in the middle of a write leaves of an object, and of the event that tells of it."""

import json
from pathlib import Path

import pytest

from dropforge import cloud as clouds
from dropforge.cloud.journal import Journal
from dropforge.cloud.patches.s3.object_writes import finish_writes
from tests.integration.cloud.conftest import PROJECT
from tests.integration.cloud.test_killed_cloud import kill
from tests.waiting import wait_until

META = json.dumps({"etag": '"new"', "size": 3, "key": "a"})


def left(folder: Path, files: dict[str, str]) -> dict[str, str]:
    """Let a kill leave these files; return what the next start makes of them."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    finish_writes(folder)
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in folder.rglob("*")
        if path.is_file()
    }


OLD = {"b/a": "old", "b/a.meta.json": "{}"}


@pytest.mark.parametrize(
    ("drafts", "after"),
    [
        ({"b/a.tmp": "ne"}, OLD),
        ({"b/a.tmp": "new", "b/a.meta.json.tmp": '{"et'}, OLD),
        ({"b/a.tmp": "new", "b/a.meta.json.tmp": META}, OLD),
        # The data is in place, so its sidecar's draft is whole.
        ({"b/a": "new", "b/a.meta.json.tmp": META}, {"b/a": "new", "b/a.meta.json": META}),
        ({"b/a.meta.json.tmp": '{"is_delete_mar'}, OLD),
        ({".versions/v1/a.tmp": "old"}, OLD),
    ],
    ids=["data", "half sidecar", "both", "data placed", "half marker", "version"],
)
def test_write_that_a_kill_cut_off_is_finished_or_undone(
    tmp_path: Path, drafts: dict[str, str], after: dict[str, str]
) -> None:
    assert left(tmp_path, OLD | drafts) == after


def test_object_whose_key_ends_like_a_draft_is_kept(tmp_path: Path) -> None:
    files = {"b/a.tmp": "data", "b/a.tmp.meta.json": "{}"}
    assert left(tmp_path, files) == files


def test_event_is_forgotten_or_sent_with_its_object(tmp_path: Path) -> None:
    """Rows that tell of an object which never came to be, and of one which did."""
    first = clouds.up(tmp_path)
    outputs = clouds.deploy(first, PROJECT, "writes", {})
    client = clouds.session(first).client
    bucket, echo = outputs["BucketName"], outputs["EchoFunctionArn"]
    version = client("s3").put_object(Bucket=bucket, Key="there", Body=b"1")["VersionId"]
    kill(first)
    journal = Journal(tmp_path / "state" / "journal.db")
    for number, (key, needed) in enumerate(
        [("gone", None), ("there", "another-version"), ("there", version)]
    ):
        row = {
            "arn": echo,
            "account": "000000000000",
            "region": "us-east-1",
            "event": {"print": f"event {number}."},
            "needs": [bucket, key, needed],
        }
        journal.put("invocation", f"{number:020d}", json.dumps(row))
    second = clouds.up(tmp_path)
    try:
        wait_until(lambda: not Journal(journal.path).rows("invocation"))
        group = f"/aws/lambda/{echo.rpartition(':')[2]}"
        logs = clouds.session(second).client("logs").filter_log_events(logGroupName=group)
        said = "\n".join(event["message"] for event in logs["events"])
        assert ("event 2." in said, "event 0." in said, "event 1." in said) == (True, False, False)
    finally:
        clouds.down(second)
