"""One invocation of Prepare, or all of a run, on a folder that stands for the bucket."""

import json
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from bench.prepare import KEY, PREFIX
from bench.prepare.local_s3 import LocalS3
from pipeline import layout
from pipeline.documents import kinds
from pipeline.documents.fit import Chunk
from pipeline.documents.plan import ChunkRange
from pipeline.documents.run_files import RunFiles
from pipeline.documents.state import RunInput
from pipeline.planned import read_plan, source_of
from pipeline.settings import resolve_settings
from pipeline.storage.bucket import Bucket
from table.limits import MIB


class FolderS3(LocalS3):
    """Objects are files in a folder, so that they count for no process's memory."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        for path in folder.rglob("*"):
            if path.is_file():
                self.objects[path.relative_to(folder).as_posix()] = path

    def put_object(self, **request: Any) -> dict[str, Any]:
        """Write an object to its file."""
        path = self.folder / request["Key"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(request["Body"])
        self.objects[request["Key"]] = path
        return {"ETag": '"written"'}


def plan(s3: LocalS3, chunk_mib: int) -> None:
    """Do step plan."""
    from prepare.steps.asked import Request
    from prepare.steps.plan import plan_run

    drop: RunInput = {"key": KEY, "settings": resolve_settings({"target": "churned"})}
    execution = {"name": "bench", "id": "", "started": ""}
    plan_run(s3, Request("bucket", drop, execution, chunk_mib * MIB, "bench"))


def profile(s3: LocalS3, chunk: ChunkRange) -> None:
    """Do step profile for one chunk."""
    from prepare.splitting.content import content_columns
    from prepare.steps.profile import profile_chunk

    bucket = Bucket(s3, "bucket")
    planned = read_plan(RunFiles(bucket, PREFIX))
    key = layout.join(PREFIX, "chunks", f"profile-{chunk['index']:05d}.json")
    source = source_of(s3, planned)
    profiled = profile_chunk(source, planned, content_columns(source, planned), chunk)
    bucket.put_compact(key, profiled)


def fit(s3: LocalS3) -> None:
    """Do step fit."""
    from prepare.steps.fit import fit_run

    fit_run(s3, "bucket", PREFIX, {"found": False}, "ml.m5.xlarge")


def encode(s3: LocalS3, chunk: Chunk) -> None:
    """Do step encode for one chunk."""
    from prepare.steps.encode import encode_chunk

    encode_chunk(s3, "bucket", PREFIX, chunk)


def run_all(folder: Path, chunk_mib: int, workers: int) -> dict[str, float]:
    """Do every invocation of a run, and time the steps.

    Parameters
    ----------
    workers : processes that share the chunks of a Map, as warm Lambda workers do.
    """
    times: dict[str, float] = {}
    s3 = FolderS3(folder)
    bucket = Bucket(s3, "bucket")
    begin = time.perf_counter()
    plan(s3, chunk_mib)
    times["plan"] = time.perf_counter() - begin
    # A Lambda worker has processors of its own; here each has its share of them.
    os.environ["POLARS_MAX_THREADS"] = str(max(1, (os.cpu_count() or 1) // workers))
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        begin = time.perf_counter()
        manifest = RunFiles(bucket, PREFIX).read_document(kinds.MANIFEST)
        list(pool.map(_profile_in, [(folder, chunk) for chunk in manifest]))
        times["profile"] = time.perf_counter() - begin
        begin = time.perf_counter()
        fit(FolderS3(folder))
        times["fit"] = time.perf_counter() - begin
        begin = time.perf_counter()
        chunks = RunFiles(Bucket(FolderS3(folder), "bucket"), PREFIX).read_document(kinds.CHUNKS)
        list(pool.map(_encode_in, [(folder, chunk) for chunk in chunks]))
        times["encode"] = time.perf_counter() - begin
    return times


def _profile_in(work: tuple[Path, ChunkRange]) -> None:
    profile(FolderS3(work[0]), work[1])


def _encode_in(work: tuple[Path, Chunk]) -> None:
    encode(FolderS3(work[0]), work[1])


def main(folder: Path, step: str, argument: int, workers: int = 1) -> None:
    """Do a step; the argument is the chunk's index, or for "all" and "plan" its size in MiB."""
    if step == "all":
        print(json.dumps(run_all(folder, argument, workers)))
        return
    s3 = FolderS3(folder)
    bucket = Bucket(s3, "bucket")
    if step == "plan":
        plan(s3, argument)
    elif step == "profile":
        profile(s3, RunFiles(bucket, PREFIX).read_document(kinds.MANIFEST)[argument])
    elif step == "fit":
        fit(s3)
    else:
        encode(s3, RunFiles(bucket, PREFIX).read_document(kinds.CHUNKS)[argument])


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), *map(int, sys.argv[4:]))
