"""A file of several chunks, trained on two instances: nothing lost, nothing twice."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from dropforge import cloud
from tests.stack.application import Application

ROOT = Path(__file__).parents[2]
ROWS = 60_000


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    running = cloud.up(tmp_path_factory.mktemp("cloud"), persist=False)
    outputs = cloud.deploy(running, ROOT, "dropforge", {"ChunkSizeInMiB": "1"})
    yield Application(cloud.session(running), outputs)
    cloud.down(running)


def table() -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(["number", "note", "amount", "group", "target"])
    for n in range(ROWS):
        # A quoted line break and quotes at every place, so some chunk begins inside one.
        note = f'line one of {n}\nsaid "{n % 7}", twice' if n % 3 else "plain"
        writer.writerow([n * 7919 % 65_537, note, (n % 100) / 4, "abc"[n % 3], (n % 100) * 2 + 1])
    return text.getvalue().encode()


def test_file_of_many_chunks_keeps_every_row_once(application: Application) -> None:
    application.settings(
        "chunks", {"instance_count": 2, "hyperparameters": {"num_round": 40, "eta": 0.3}}
    )
    run = application.drop("inbox/chunks/chunks.csv", table())
    message = application.message(run)
    assert message["status"] == "SUCCEEDED", message
    prefix = f"runs/{run}"
    chunks = json.loads(application.read(f"{prefix}/manifest.json") or b"")
    assert len(chunks) >= 3
    result = message["result"]
    assert sum(result["rows"].values()) == ROWS
    assert len(application.keys(f"{prefix}/data/train/")) >= len(chunks)
    rows = []
    for key in application.keys(f"{prefix}/data/truth/"):
        text = (application.read(key) or b"").decode()
        rows += [(int(r["row"]), float(r["label"])) for r in csv.DictReader(io.StringIO(text))]
    assert len(rows) == len({row for row, _ in rows}) == result["rows"]["test"]
    # Row numbers and labels still belong together, whatever chunk they came from.
    assert all(label == ((row - 1) % 100) * 2 + 1 for row, label in rows)
    assert result["metric"]["value"] < 5
