"""One process that joins a made chunk, as a cold start does. Prints seconds."""

import sys
import time
from pathlib import Path

from bench.evaluate.folder_bucket import FolderBucket
from bench.join.made_chunk import PREFIX
from pipeline.documents.scoring.chunk import Scored


def main(folder: Path) -> None:
    """Do the step, from its import on."""
    start, end = map(int, (folder / "size").read_text().split())
    chunk: Scored = {
        "index": 0, "start": start, "end": end, "first_row": 1, "clean": True, "lead": 0,
        "tail": end,
    }  # fmt: skip
    begin = time.perf_counter()
    from join.chunk import join_chunk

    join_chunk(FolderBucket(folder), "bench", PREFIX, "results/bench/bench", chunk)
    print(time.perf_counter() - begin)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
