"""The schedule trains on data that no event started a run for."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dropforge import cloud
from seed.sample import SampleSize, sample_csv
from tests.stack.application import Application

ROOT = Path(__file__).parents[2]


@pytest.fixture
def own_cloud(tmp_path: Path) -> Iterator[cloud.Cloud]:
    running = cloud.up(tmp_path / "cloud", persist=False)
    yield running
    cloud.down(running)


def test_schedule_starts_a_run_for_a_drop_whose_event_was_lost(own_cloud: cloud.Cloud) -> None:
    application = Application(
        cloud.session(own_cloud), cloud.deploy(own_cloud, ROOT, "dropforge", {})
    )
    events = application.client("events")
    [rule] = [r["Name"] for r in events.list_rules()["Rules"] if "TriggerFunctionDrop" in r["Name"]]
    events.disable_rule(Name=rule)
    application.settings("churn", {"target": "cancelled"})
    run = application.drop("inbox/churn.csv", sample_csv(SampleSize(rows=400)))
    soon = (datetime.now(UTC) + timedelta(seconds=4)).strftime("%Y-%m-%dT%H:%M:%S")
    cloud.deploy(own_cloud, ROOT, "dropforge", {"RetrainingSchedule": f"at({soon})"})
    message = application.message(run)
    assert message["verdict"] == "approved"
    described = application.client("stepfunctions").describe_execution(
        executionArn=application.execution(run)
    )
    assert '"trigger": "schedule"' in described["input"]
