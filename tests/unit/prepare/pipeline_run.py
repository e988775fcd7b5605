"""Runs Prepare's steps in order on a file in memory, as the state machine does."""

import io
import json
from typing import Any

import pandas as pd

from bench.prepare.local_s3 import LocalS3
from pipeline import layout
from pipeline.documents import kinds, reading
from pipeline.documents.run_files import RunFiles
from pipeline.planned import read_plan, source_of
from pipeline.settings import resolve_settings
from pipeline.storage.bucket import Bucket
from prepare.splitting.content import content_columns
from prepare.steps.asked import Request
from prepare.steps.encode import encode_chunk
from prepare.steps.fit import fit_run
from prepare.steps.plan import plan_run
from prepare.steps.profile import profile_chunk

INSTANCE = "ml.m5.xlarge"


class Prepared:
    """What a run of Prepare wrote."""

    def __init__(self, s3: LocalS3, plan: dict[str, Any], fit: dict[str, Any]) -> None:
        self.s3, self.plan, self.fit = s3, plan, fit

    def json(self, name: str) -> Any:
        body = self.s3.objects[f"{self.plan['prefix']}/{name}"]
        assert isinstance(body, bytes)
        return json.loads(body)

    @property
    def warnings(self) -> list[dict[str, str]]:
        found: list[dict[str, str]] = self.json("profile.json")["warnings"]
        return found

    @property
    def codes(self) -> set[str]:
        return {warning["code"] for warning in self.warnings}

    def files(self, channel: str) -> dict[str, bytes]:
        prefix = f"{self.plan['prefix']}/data/{channel}/"
        found = {
            k.removeprefix(prefix): v for k, v in self.s3.objects.items() if k.startswith(prefix)
        }
        return dict(sorted(found.items()))  # type: ignore[arg-type]

    def table(self, channel: str) -> pd.DataFrame:
        header = 0 if channel == "truth" else None
        tables = [
            pd.read_csv(io.BytesIO(body), header=header) for body in self.files(channel).values()
        ]
        return pd.concat(tables, ignore_index=True)


def prepare(
    data: bytes,
    settings: dict[str, Any] | None = None,
    *,
    chunk_bytes: int = 1 << 26,
    name: str = "inbox/set/file.csv",
    champion: dict[str, Any] | None = None,
    s3: LocalS3 | None = None,
    run: str = "set-1",
) -> Prepared:
    s3 = s3 or LocalS3()
    s3.objects[name] = data
    drop = {"key": name, "settings": resolve_settings(settings or {})}
    execution = {"name": run, "id": "arn", "started": "2026-01-01T00:00:00Z"}
    plan = plan_run(s3, Request("bucket", drop, execution, chunk_bytes, "test"))
    prefix = plan["prefix"]
    bucket = Bucket(s3, "bucket")
    details = read_plan(RunFiles(bucket, prefix))
    source = source_of(s3, details)
    # Each invocation finds the same; a file that is cut at every byte has thousands.
    content = content_columns(source, details)
    for chunk in reading.read_json(bucket, f"{prefix}/manifest.json", kinds.MANIFEST):
        key = layout.join(prefix, "chunks", f"profile-{chunk['index']:05d}.json")
        bucket.put_compact(key, profile_chunk(source, details, content, chunk))
    fit = fit_run(s3, "bucket", prefix, champion or {"found": False}, INSTANCE)
    for chunk in json.loads(bucket.get(fit["chunks"], 1 << 30)):
        encode_chunk(s3, "bucket", prefix, chunk)
    return Prepared(s3, plan, fit)


def compare_again(run: Prepared, champion: dict[str, Any], comparison: int = 1) -> Prepared:
    """Do Prepare's part of another comparison, with a champion that came meanwhile."""
    prefix = run.plan["prefix"]
    fit = fit_run(run.s3, "bucket", prefix, champion, INSTANCE, comparison)
    for chunk in json.loads(run.s3.objects[fit["chunks"]]):
        encode_chunk(run.s3, "bucket", prefix, chunk)
    return Prepared(run.s3, run.plan, fit)
