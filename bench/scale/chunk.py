"""Seconds of one chunk alone, as on AWS each has a function of its own: FILE MIB. Prints JSON.

The file has one chunk. Each step is done six times, the first of which warms up, and the quickest
counts: other load makes all but that one slower.
"""

import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.prepare import KEY, PREFIX
from bench.prepare.invocation import FolderS3, encode, fit, plan, profile
from bench.processes import peak_mib
from pipeline.documents import kinds
from pipeline.documents.run_files import RunFiles
from pipeline.storage.bucket import Bucket

_TIMES = 5


def main(file: Path, chunk_mib: int) -> None:
    """Profile and encode the file."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        (folder / KEY).parent.mkdir(parents=True)
        shutil.copyfile(file, folder / KEY)
        s3 = FolderS3(folder)
        files = RunFiles(Bucket(s3, "bucket"), PREFIX)
        plan(s3, chunk_mib)
        first = files.read_document(kinds.MANIFEST)[0]
        found = {"bytes": first["end"], "profile": _timed(lambda: profile(s3, first))}
        fit(s3)
        chunk = files.read_document(kinds.CHUNKS)[0]
        found["encode"] = _timed(lambda: encode(s3, chunk))
    print(json.dumps({**found, "mib": round(peak_mib(os.getpid()), 1)}))


def _timed(work: Callable[[], None]) -> dict[str, float]:
    work()
    taken = []
    for _ in range(_TIMES):
        began, used = time.perf_counter(), time.process_time()
        work()
        taken.append((time.perf_counter() - began, time.process_time() - used))
    seconds, processor = (min(column) for column in zip(*taken, strict=True))
    return {"seconds": round(seconds, 3), "processor_seconds": round(processor, 3)}


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
