"""What large files take follows from what was measured of small ones as the bench says."""

import copy
import json
import os
import socket
from pathlib import Path
from typing import Any

import pytest

from bench.scale import cost, quotas, tables
from bench.scale.growth import along, size_of
from bench.scale.requests import Requests

GB = 10**9


def run(times: int) -> dict[str, Any]:
    """What a run on so many times 67 MB and 700,000 rows took, all of it in proportion."""
    tasks = {
        "Profile chunk": (times, 0.5 * times),
        "Encode chunk": (times, 0.6 * times),
        "Fit encoder": (1, 1.0 + 0.1 * times),
        "Evaluate": (1, 0.2 * times),
        "Train model (XGBoost)": (1, 2.0 * times),
        "Batch transform": (1, 0.5 * times),
        "Plan data": (1, 0.1),
    }
    return {
        "bytes": (1 << 26) * times,
        "file_rows": 700_000 * times,
        "features": 25,
        "rows": {"test": 105_000 * times},
        "tasks": {
            name: {"count": count, "seconds": seconds, "longest": seconds / count}
            for name, (count, seconds) in tasks.items()
        },
        "functions": {
            "prepare": {"invocations": 2 + 2 * times, "seconds": 1.0, "memory_mb": 3008},
            "trigger": {"invocations": 1, "seconds": 1.0, "memory_mb": 1024},
            "notify": {"invocations": 1, "seconds": 2.0, "memory_mb": 512},
        },
        "executions": 1 + 2 * times,
        "transitions": 35 + 4 * times,
        "events": 117,
        "payload_bytes": 13_000,
        "metrics": ["RunsJudged"],
        "log_bytes": 10_000 + 1_000 * times,
        "stored": {"inbox": (1 << 26) * times, "data/train": (1 << 25) * times},
        "requests": {
            "cloud": {"S3.PutObject": 30 + 5 * times, "S3.GetObject": 40 + 9 * times},
            "command": {"S3.UploadPart": times, "S3.HeadObject": 2, "S3.DeleteObject": 7},
        },
        "job_processor_seconds": {
            "Train model (XGBoost)": 4.0 * times,
            "Batch transform": 1.0 * times,
        },
        "peaks_mib": {"PrepareFunction": 600.0, "SageMaker job": 5_000.0},
    }


FOUND = {
    "runs": [run(1), run(2), run(6)],
    "chunk": {
        "bytes": 1 << 26,
        "profile": {"seconds": 9.0, "processor_seconds": 0.5},
        "encode": {"seconds": 9.0, "processor_seconds": 0.6},
    },
    "profiles": [
        {"chunks": 100, "processor_seconds": 0.5, "profile_bytes": 90_001},
        {"chunks": 1100, "processor_seconds": 5.5, "profile_bytes": 90_000},
    ],
}


@pytest.mark.parametrize(
    ("at", "value"), [(0.5, 3), (1, 3), (2, 5), (3, 7), (6, 13), (7, 15), (106, 213)]
)
def test_along_a_line_is_on_it(at: float, value: float) -> None:
    assert along([(1, 3), (2, 5), (6, 13)], at) == pytest.approx(value)


def test_along_what_falls_stays_where_it_was_last() -> None:
    assert along([(1, 3), (2, 5), (6, 1)], 100) == 1


def test_counts_go_with_chunks() -> None:
    size = size_of(FOUND, 100 << 26)
    assert (size.chunks, size.rows) == (100, 70_000_000)
    assert size.transitions == 35 + 4 * 100
    assert size.invocations == 4 + 2 * 100
    assert (size.puts, size.gets) == (30 + 6 * 100, 42 + 9 * 100)
    assert size.log_bytes == pytest.approx(110_000)
    assert size.stored_bytes == pytest.approx(1.5 * (100 << 26))
    assert size.profiles_bytes == 100 * 90_000
    assert (
        size.map_result_bytes == len(json.dumps({"Result": [1] * 100}, separators=(",", ":"))) + 1
    )


def test_seconds_grow_as_their_task_does() -> None:
    size = size_of(FOUND, 1000 << 26)
    assert size.tasks["Profile chunk"] == pytest.approx(500)
    assert size.tasks["Train model (XGBoost)"] == pytest.approx(2000)
    assert size.tasks["Batch transform"] == pytest.approx(500)
    assert size.tasks["Plan data"] == 0.1
    # 4 GiB are learned from, and each chunk beyond the measured six takes 5 ms.
    assert size.tasks["Fit encoder"] == pytest.approx(1.0 + 0.1 * 64 + 994 * 0.005)
    # Five million test rows are judged, of 47.6 chunks.
    assert size.tasks["Evaluate"] == pytest.approx(0.2 * 5_000_000 / 105_000)
    assert size.longest["Encode chunk"] == pytest.approx(0.6)
    assert size.function_mib == 600


def test_training_needs_the_memory_that_fit_refuses_by() -> None:
    size = size_of(FOUND, 100 << 26)
    assert size.training_gib == pytest.approx(70e6 * 0.85 * 300 / 2**30)
    assert size.instance == "ml.m5.2xlarge"
    assert size_of(FOUND, 40_000 << 26).instance is None


def test_cost_is_seconds_times_price() -> None:
    size = size_of(FOUND, 1 << 26)
    items = cost.cost_of(size)
    seconds = 0.5 + 0.6 + 1.1 + 0.2 + 0.1
    gb_seconds = seconds * 3008 / 1024 + 1.0 + 2.0 / 2
    assert items["Lambda"] == pytest.approx(gb_seconds * 0.0000166667 + 6 * 0.0000002)
    assert items["Step Functions"] == pytest.approx(39 * 0.000025)
    assert items["S3 requests"] == pytest.approx(36 * 5e-6 + 51 * 4e-7)
    assert items["Training"] == pytest.approx((2 + 60) / 3600 * 0.115)
    assert items["Batch transform"] == pytest.approx((0.5 + 60) / 3600 * 0.115)
    assert cost.total(items) == pytest.approx(sum(usd for usd in items.values() if usd))


def test_cost_of_jobs_on_instances_without_a_price_is_not_made_up() -> None:
    items = cost.cost_of(size_of(FOUND, 40_000 << 26))
    assert items["Training"] is None
    assert cost.total(items) > 0
    assert cost.without_jobs(size_of(FOUND, 40_000 << 26)) is None


def test_work_in_functions_costs_no_start_of_a_job() -> None:
    size = size_of(FOUND, 1 << 26)
    rest = sum(
        usd
        for name, usd in cost.cost_of(size).items()
        if name not in ("Training", "Batch transform") and usd
    )
    found = cost.without_jobs(size)
    assert found == pytest.approx(rest + 2.5 * 3008 / 1024 * 0.0000166667)


def test_quota_is_passed_where_the_value_is_its_limit() -> None:
    assert quotas.passed_at(lambda size: size / GB, 8) == pytest.approx(8 * GB, rel=0.01)
    assert quotas.passed_at(lambda _size: 1, 8) is None
    assert quotas.passed_at(lambda _size: 9, 8) == 10**7


def test_every_table_can_be_made_of_what_is_measured() -> None:
    found = copy.deepcopy(FOUND)
    found["training"] = [{"rows": 10, "features": 3, "missing": 0, "mib": 1.0, "bytes_a_row": 5.0}]  # type: ignore[assignment]
    for one in found["profiles"]:
        one["mib"] = 1.0  # type: ignore[index]
    made = tables.all_of(found)
    for table in made:
        lines = table.split("\n")
        assert len({line.count("|") for line in lines}) == 1, table
    assert "| Chunks of 64 MiB | 150 | 1,491 | 14,902 |" in "\n".join(made)


@pytest.mark.parametrize(
    ("size", "text"), [(969e3, "969 kB"), (24.3e6, "24.3 MB"), (999.9e6, "1 GB"), (1e12, "1 TB")]
)
def test_sizes_are_told_as_a_person_writes_them(size: float, text: str) -> None:
    assert tables.bytes_of(size) == text


def test_requests_count_attempts_by_who_makes_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/before")
    with Requests(tmp_path) as requests:
        with requests.of("cloud"):
            config = (tmp_path / "home-cloud/.aws/config").read_text()
        port = int(config.split("csm_port = ")[1].split()[0])
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for kind in ("ApiCall", "ApiCallAttempt", "ApiCallAttempt"):
                event = {"Type": kind, "Service": "S3", "Api": "GetObject", "ClientId": "cloud"}
                sender.sendto(json.dumps(event).encode(), ("127.0.0.1", port))
    assert requests.taken() == {"cloud": {"S3.GetObject": 2}}
    assert requests.taken() == {}
    assert os.environ["HOME"] == "/before"
