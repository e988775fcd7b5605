"""Seconds and memory of what Fit does for each chunk: FILE CHUNKS. Prints JSON.

The first chunk of the file is profiled, and its profile stands for so many: Fit reads, checks and
merges them all, whatever they hold.
"""

import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.prepare import KEY, PREFIX
from bench.prepare.invocation import plan, profile
from bench.prepare.local_s3 import LocalS3
from bench.processes import peak_mib
from pipeline import layout
from pipeline.documents import kinds
from pipeline.documents.plan import Plan
from pipeline.documents.run_files import RunFiles
from pipeline.planned import read_plan
from pipeline.storage.bucket import Bucket
from prepare.steps.chunk_results import chunk_results
from table.limits import MIB
from table.profiling.whole_file import chain

_FIRST = "profile-00000.json"
_INDEX = b'"index":0'


class _ManyProfiles(LocalS3):
    """Each chunk's profile is the first one's, under its own index."""

    def get_object(self, **request: Any) -> dict[str, Any]:
        name = request["Key"].rpartition("/")[2]
        if not name.startswith("profile-") or name == _FIRST:
            return super().get_object(**request)
        first = self.objects[f"{PREFIX}/chunks/{_FIRST}"]
        assert isinstance(first, bytes)
        index = int(name.removeprefix("profile-").removesuffix(".json"))
        self.objects[request["Key"]] = first.replace(_INDEX, b'"index":%d' % index, 1)
        try:
            return super().get_object(**request)
        finally:
            del self.objects[request["Key"]]


def main(file: Path, chunks: int, chunk_mib: int = 64) -> None:
    """Profile a chunk, and read it so many times."""
    s3 = _ManyProfiles()
    s3.objects[KEY] = file
    plan(s3, chunk_mib)
    files = RunFiles(Bucket(s3, "bucket"), PREFIX)
    first = files.read_document(kinds.MANIFEST)[0]
    with tempfile.NamedTemporaryFile(suffix=".json") as found:
        # In another process, so that it counts for none of this one's memory.
        if (child := os.fork()) == 0:
            profile(s3, first)
            found.write(s3.get_object(Key=f"{PREFIX}/chunks/{_FIRST}")["Body"].read())
            found.flush()
            os._exit(0)
        os.waitpid(child, 0)
        s3.objects[f"{PREFIX}/chunks/{_FIRST}"] = Path(found.name).read_bytes()
    size = first["end"]
    manifest = [{"index": n, "start": n * size, "end": (n + 1) * size} for n in range(chunks)]
    files.bucket.put_compact(files.key(layout.MANIFEST), manifest)
    planned: Plan = read_plan(files)
    planned["source"]["size"] = chunks * size
    body = s3.objects[f"{PREFIX}/chunks/{_FIRST}"]
    assert isinstance(body, bytes)
    before, began = peak_mib(os.getpid()), time.process_time()
    chain(chunk_results(files, planned), planned, planned["columns"].index(planned["target"]))
    print(
        json.dumps(
            {
                "chunks": chunks,
                "columns": len(planned["columns"]),
                "profile_bytes": len(body),
                "processor_seconds": round(time.process_time() - began, 3),
                "mib": round(peak_mib(os.getpid()) - before, 1),
                "chunk_bytes": min(chunk_mib * MIB, size),
            }
        )
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:]))
