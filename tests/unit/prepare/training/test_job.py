"""The training job's machines, disk and time, from the settings and the encoder."""

import json
from typing import Any

import pytest

from pipeline.errors import SettingsError
from prepare.training.job import PRICES_FILE
from tests.unit.prepare.pipeline_run import prepare
from tests.unit.prepare.steps.test_fit import labelled

LETTERS = "abcdefghijkl"


def test_cost_limit_lowers_the_time_limit() -> None:
    prices = json.loads(PRICES_FILE.read_text())["usd_per_hour"]
    settings = {"max_cost_usd": 0.1, "instance_count": 2, "instance_type": "ml.m5.xlarge"}
    fit = prepare(labelled("0", "1"), settings).fit
    seconds = fit["stopping_condition"]["MaxRuntimeInSeconds"]
    assert seconds == int(0.1 / (2 * prices["ml.m5.xlarge"]) * 3600)
    assert seconds / 3600 * 2 * prices["ml.m5.xlarge"] <= 0.1
    assert fit["timeout_seconds"] > seconds
    assert fit["resource_config"]["InstanceCount"] == 2


def test_spot_waits_longer_than_it_runs() -> None:
    fit = prepare(labelled("0", "1"), {"use_spot": True, "max_runtime_seconds": 600}).fit
    stopping = fit["stopping_condition"]
    assert stopping["MaxRuntimeInSeconds"] == 600
    assert stopping["MaxWaitTimeInSeconds"] >= 600
    assert fit["timeout_seconds"] > stopping["MaxWaitTimeInSeconds"]


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"max_cost_usd": 1, "instance_type": "ml.x99.huge"}, "price of ml.x99.huge is not known"),
        ({"max_cost_usd": 0.001}, "at least 0.01"),
    ],
)
def test_cost_limit_that_cannot_be_kept_is_refused(settings: dict[str, Any], says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        prepare(labelled("0", "1"), settings)


def test_instances_are_kept_for_as_long_as_is_asked() -> None:
    fit = prepare(labelled("0", "1"), {"keep_alive_seconds": 600}).fit
    assert fit["resource_config"]["KeepAlivePeriodInSeconds"] == 600
    assert "KeepAlivePeriodInSeconds" not in prepare(labelled("0", "1")).fit["resource_config"]


def test_cost_limit_pays_for_instances_that_are_kept() -> None:
    price = json.loads(PRICES_FILE.read_text())["usd_per_hour"]["ml.m5.xlarge"]
    fit = prepare(labelled("0", "1"), {"max_cost_usd": 0.1, "keep_alive_seconds": 600}).fit
    seconds = fit["stopping_condition"]["MaxRuntimeInSeconds"]
    assert seconds == int(0.1 / price * 3600 - 600)
    with pytest.raises(SettingsError) as caught:
        prepare(labelled("0", "1"), {"max_cost_usd": 0.1, "keep_alive_seconds": 7200})
    assert "buys 0 seconds of 1 x ml.m5.xlarge beside keep_alive_seconds 7200" in str(caught.value)
    assert "set at least 0.47" in str(caught.value)


def test_spot_instances_are_not_kept() -> None:
    with pytest.raises(SettingsError, match="keep_alive_seconds 60 and use_spot true"):
        prepare(labelled("0", "1"), {"keep_alive_seconds": 60, "use_spot": True})


def test_cost_limit_past_all_numbers_leaves_the_time_limit() -> None:
    fit = prepare(labelled("0", "1"), {"max_cost_usd": 1e308, "max_runtime_seconds": 600}).fit
    assert fit["stopping_condition"] == {"MaxRuntimeInSeconds": 600}


def test_state_waits_three_hours_longer_than_the_job_may_run() -> None:
    fit = prepare(labelled("0", "1"), {"max_runtime_seconds": 600}).fit
    assert fit["timeout_seconds"] == 600 + 3 * 3600


@pytest.mark.parametrize(
    ("row", "least"),
    [
        # Two one-hot columns: seven times the file.
        (lambda n: f"{LETTERS[n % 12]},{LETTERS[n * 5 % 12]},{n % 2}", 6),
        (lambda n: f"{n * 7 % 31},{n % 11 / 4},{n % 2}", 0),
        (lambda n: f'"{n % 9},{n % 900 + 100}",{n % 7},{n * 1e9 + 0.1}', 0),
        (lambda n: f"2024-{n % 12 + 1:02d}-{n % 28 + 1:02d} 10:3{n % 9},w{n % 2000},{n % 3}", 0),
        (lambda n: f"c{n % 40},yes,{n % 5}", 0),
    ],
)
def test_volume_holds_the_parts_and_half_as_much_again(
    monkeypatch: pytest.MonkeyPatch, row: Any, least: float
) -> None:
    monkeypatch.setattr("prepare.training.job._GIB", 1)
    data = "\n".join(["a,b,label", *(row(n) for n in range(5000))]).encode()
    prepared = prepare(data)
    parts = sum(len(b) for c in ("train", "validation") for b in prepared.files(c).values())
    volume = prepared.fit["resource_config"]["VolumeSizeInGB"]
    assert parts > least * len(data)
    assert 1.5 * parts <= volume < 1.5 * (6 * parts)


def test_volume_of_a_small_file_is_the_smallest() -> None:
    assert prepare(labelled("0", "1")).fit["resource_config"]["VolumeSizeInGB"] == 10
