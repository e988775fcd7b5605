"""One process that does a step of PredictFunction, as a cold start does. Prints seconds."""

import sys
import time
from pathlib import Path
from typing import Any

from bench.evaluate.folder_bucket import FolderBucket
from bench.predict.made_chunk import MODEL, PREFIX
from pipeline.documents.scoring.chunk import Scored

CHUNK: Scored = {
    "index": 0, "start": 0, "end": 1, "first_row": 1, "clean": True, "lead": 0, "tail": 1,
}  # fmt: skip


def main(folder: Path, what: str) -> None:
    """Do the step, from its import on."""
    begin = time.perf_counter()
    from pipeline.documents.run_files import RunFiles
    from pipeline.storage.bucket import Bucket
    from predict.steps.chunk import predict_chunk
    from predict.steps.holdout import predict_holdout

    files = RunFiles(Bucket(FolderBucket(folder), "bench"), PREFIX)
    place: Any = {"bucket": "bench", "prefix": PREFIX, "model_data": f"s3://bench/{MODEL}"}
    if what == "holdout":
        predict_holdout(files, place | {"champion": False})
    else:
        explains = what == "explain"
        wanted = {"predict": not explains, "reasons": 3 if explains else 0}
        predict_chunk(files, place | wanted | {"chunk": CHUNK})
    print(time.perf_counter() - begin)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
