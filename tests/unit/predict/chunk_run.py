"""A scoring run's chunk in memory, as Check file and Encode chunks leave it."""

import io
import json
import tarfile
from typing import Any

import numpy as np

from pipeline import layout
from pipeline.documents.run_files import RunFiles
from pipeline.storage.bucket import Bucket
from predict.steps.chunk import ChunkEvent
from tests.unit.evaluate.buckets import FakeS3
from tests.unit.evaluate.container_output import packed
from tests.unit.scoring.models import PARAMETERS, csv_of, rows, trained

TASKS = {
    "squared error": "regression",
    "two classes": "binary",
    "three classes": "multiclass",
}
PREFIX, MODEL = "runs/set-1", "runs/set-0/model/model.tar.gz"
URI = f"s3://bucket/{MODEL}"
SCORING: dict[str, Any] = {
    "champion": {"found": True},
    "settings": {},
    "written": "utf-8",
    "mark": False,
    "packed": False,
    "size": 99,
}


class ReadS3(FakeS3):
    """Tells which objects were read, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.keeps_notes = True
        self.read: list[str] = []

    def get_object(self, *, Key: str, **more: str) -> dict[str, Any]:  # noqa: N803
        found = super().get_object(Key=Key, **more)
        self.read.append(Key)
        return found


def encoder(task: str, classes: int) -> dict[str, Any]:
    """Return the encoder of tests.unit.scoring.models, among columns that are not used."""
    target: dict[str, Any] = {"name": "target", "task": task, "style": "number"}
    if task != "regression":
        texts = [f"class {number}" for number in range(classes)]
        target |= {"classes": texts, "labels": {text: n for n, text in enumerate(texts)}}
    date = {"encoding": "date", "style": "%Y-%m-%d"}
    return {
        "version": 1,
        "columns": ["id", "visits", "since", "target", "plan", "age"],
        "target": target,
        "id_columns": ["id"],
        "features": [
            {"name": "age", "column": "age", "encoding": "numeric", "style": "number"},
            {"name": "plan=gold", "column": "plan", "encoding": "one_hot", "category": "gold"},
            {"name": "since.days", "column": "since", "part": "days", **date},
            {"name": "plan=free", "column": "plan", "encoding": "one_hot", "category": "free"},
            {"name": "since.month", "column": "since", "part": "month", **date},
            {"name": "visits", "column": "visits", "encoding": "numeric", "style": "number"},
        ],
    }


def chunk_run(
    name: str = "two classes", count: int = 50, *, task: str = "binary", boosters: int = 1
) -> tuple[ReadS3, Any]:
    """Return the bucket of a run with one chunk, and the chunk's rows (count, 6)."""
    s3, matrix = ReadS3(), rows(count, 17)
    s3.objects[f"{PREFIX}/{layout.ENCODER}"] = json.dumps(
        encoder(task, PARAMETERS[name].get("num_class", 2))
    ).encode()
    s3.objects[f"{PREFIX}/{layout.SCORING}"] = json.dumps(SCORING).encode()
    note = {"index": 0, "rows": count, "plain": True, "unseen": {}}
    s3.objects[f"{PREFIX}/chunks/score-00000.json"] = json.dumps(note).encode()
    if count:
        s3.objects[features_key()] = np.ascontiguousarray(matrix.T).astype("<f4").tobytes()
    s3.objects[MODEL] = packed(
        {
            f"xgboost-model-{seed}": bytes(trained(PARAMETERS[name], seed).save_raw("ubj"))
            for seed in range(boosters)
        }
    )
    return s3, matrix


def features_key() -> str:
    return f"{PREFIX}/{layout.FEATURES}/part-00000.f32"


def files_of(s3: FakeS3) -> RunFiles:
    return RunFiles(Bucket(s3, "bucket"), PREFIX)


def event(reasons: int = 3, *, predict: bool = True) -> ChunkEvent:
    return {
        "bucket": "bucket",
        "prefix": PREFIX,
        "chunk": {
            "index": 0, "start": 9, "end": 99, "first_row": 1, "clean": True, "lead": 0, "tail": 99,
        },
        "model_data": URI,
        "predict": predict,
        "reasons": reasons,
    }  # fmt: skip


def written(s3: FakeS3) -> set[str]:
    """Return what lies below the run's prefix in folders that predict writes."""
    folders = (f"{PREFIX}/predictions/", f"{PREFIX}/reasons/")
    return {key.removeprefix(f"{PREFIX}/") for key in s3.objects if key.startswith(folders)}


def unpacked(archive: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        found = {}
        for member in tar.getmembers():
            file = tar.extractfile(member)
            assert file is not None
            found[member.name] = file.read()
        return found


def trained_run(name: str = "squared error", count: int = 90, parts: int = 3) -> tuple[ReadS3, Any]:
    """Return a training run's bucket with its test rows in parts."""
    s3, matrix = chunk_run(name, count, task=TASKS[name])
    for number, part in enumerate(np.array_split(matrix, parts)):
        s3.objects[f"{PREFIX}/data/test/part-{number:05d}.csv"] = csv_of(part)
    return s3, matrix.astype(float)
