"""Scores a file in memory with a model that was trained on another, as the state machine does."""

import csv
import hashlib
import io
import json
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bench.prepare.local_s3 import LocalS3
from join.assemble import assemble
from join.chunk import join_chunk
from pipeline import layout
from pipeline.documents import kinds, reading
from pipeline.documents.run_files import RunFiles
from pipeline.documents.scoring.chunk import Scored as Item
from pipeline.planned import read_plan, source_of
from pipeline.storage.bucket import Bucket
from predict.steps.chunk import ChunkEvent, predict_chunk
from prepare.splitting.content import content_columns
from prepare.steps.asked import Request
from prepare.steps.check import check_file
from prepare.steps.encode_scoring import encode_scoring
from prepare.steps.plan_scoring import plan_scoring
from prepare.steps.profile import profile_chunk
from scoring.booster import Ensemble, lines
from tests.unit.evaluate.container_output import packed
from tests.unit.model import made
from tests.unit.prepare.pipeline_run import prepare

ARN = "arn:aws:sagemaker:us-east-1:123456789012:model-package/s--set/1"
DATASET, SCORED = "set", "set-2"


@dataclass
class Champion:
    """A model in use, and the bucket that its run is in."""

    s3: LocalS3
    ensemble: Ensemble
    model_data: str

    @property
    def encoder(self) -> dict[str, Any]:
        """The encoder that its run fitted."""
        body = self.s3.objects[self.facts["encoder_key"]]
        assert isinstance(body, bytes)
        encoder: dict[str, Any] = json.loads(body)
        return encoder

    @property
    def facts(self) -> dict[str, Any]:
        return {
            "found": True,
            "model_package_arn": ARN,
            "encoder_key": "runs/set-1/encoder.json",
            "run": "set-1",
        }


@dataclass
class Scored:
    """A file that was scored."""

    result: bytes
    output: dict[str, Any]
    files: dict[str, bytes]
    added: list[str] = field(default_factory=list)

    def rows(self, delimiter: str = ",", encoding: str = "utf-8-sig") -> list[dict[str, str]]:
        text = self.result.decode(encoding)
        return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))


def trained(data: bytes, settings: dict[str, Any] | None = None, rounds: int = 20) -> Champion:
    """Train on a file, with the labels first as the training job gets them."""
    run = prepare(data, settings)
    body = bytes(made.trained(run, rounds).save_raw("ubj"))
    # An address of its own: the function keeps the model that it has loaded from one.
    key = f"models/{hashlib.sha256(body).hexdigest()}.tar.gz"
    run.s3.objects[key] = packed({"xgboost-model": body})
    return Champion(run.s3, Ensemble.of_files([body]), f"s3://bucket/{key}")


def score(
    champion: Champion,
    data: bytes,
    *,
    name: str = "file.csv",
    chunk_bytes: int = 1 << 26,
    settings: dict[str, Any] | None = None,
) -> Scored:
    """Score a file."""
    s3 = champion.s3
    for old in [key for key in s3.objects if key.startswith((f"runs/{SCORED}/", "results/"))]:
        del s3.objects[old]
    key = f"score/{DATASET}/{name}"
    s3.objects[key] = data
    s3.objects[f"inbox/{DATASET}/pipeline.json"] = json.dumps(settings or {}).encode()
    execution = {"name": SCORED, "id": "arn", "started": "2026-01-01T00:00:00Z"}
    request = Request("bucket", {"key": key}, execution, chunk_bytes, "test")
    planned = plan_scoring(s3, request, champion.facts)  # type: ignore[arg-type]
    files = RunFiles(Bucket(s3, "bucket"), planned["prefix"])
    plan = read_plan(files)
    source = source_of(s3, plan)
    content = content_columns(source, plan)
    for chunk in files.read_document(kinds.MANIFEST):
        profile = profile_chunk(source, plan, content, chunk)
        files.write_note(layout.CHUNK_PROFILE, chunk["index"], profile)
    checked = check_file(s3, "bucket", planned["prefix"])
    chunks = reading.read_json(files.bucket, checked["chunks"], kinds.TO_SCORE)
    folder = layout.result_prefix(DATASET, SCORED)
    for item in chunks:
        encode_scoring(s3, "bucket", planned["prefix"], item)
        predict(champion, files, item, checked["reasons"])
        join_chunk(s3, "bucket", planned["prefix"], folder, item)
    event = {"prefix": planned["prefix"], "dataset": DATASET, "run": SCORED}
    output = assemble(s3, "bucket", event, None)
    body = s3.objects[str(output["files"]["predictions"]).removeprefix("s3://bucket/")]
    assert isinstance(body, bytes)
    written = {key: value for key, value in s3.objects.items() if isinstance(value, bytes)}
    added = files.read_document(kinds.CHECK)["added"]
    return Scored(body, dict(output), written, added)


def predict(champion: Champion, files: RunFiles, item: Item, reasons: int) -> None:
    """Let batch transform predict a chunk that there is text of, and PredictFunction the rest."""
    index = item["index"]
    text = champion.s3.objects.get(files.key(layout.TO_SCORE, layout.part_name(index)))
    if isinstance(text, bytes):
        rows = [line.split(",") for line in text.decode().splitlines()]
        matrix = np.array([[cell or "nan" for cell in row] for row in rows]).astype(float)
        answer = lines(champion.ensemble.predict(matrix))
        files.bucket.put(files.key(layout.PREDICTIONS, layout.prediction_part(index)), answer)
    if text is None or reasons:
        event: ChunkEvent = {
            "bucket": "bucket",
            "prefix": files.prefix,
            "chunk": item,
            "model_data": champion.model_data,
            "predict": text is None,
            "reasons": reasons,
        }
        predict_chunk(files, event)
