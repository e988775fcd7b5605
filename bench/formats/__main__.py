"""Measure what formats of training data take: python -m bench.formats [--quick].

The features of a chunk, as Encode has them, are written as CSV, as libsvm and as Parquet, and
read into XGBoost's table, as a training job does: text by XGBoost itself, Parquet as numbers of
32 bits into a dense array. Each writing and each reading is a process of its own. AWS's container
reads Parquet through pandas, as numbers of 64 bits, which takes twice the memory of what is here.
"""

import argparse
import io
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

from bench.prepare import KEY, PREFIX
from bench.quick import add_quick

_ROOT = Path(__file__).resolve().parents[2]
FORMATS = ("csv", "libsvm", "parquet", "parquet, zstd")
_ROWS, _QUICK_ROWS = 690_000, 20_000
"""So many make a chunk of 64 MiB."""
Made = dict[str, float]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.formats")
    add_quick(parser)
    quick = parser.parse_args().quick
    rows, times = (_QUICK_ROWS, 1) if quick else (_ROWS, 5)
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        _run(folder, "prepare", str(rows))
        found: dict[str, list[tuple[Made, Made]]] = {each: [] for each in FORMATS}
        for _ in range(times):
            for each in FORMATS:
                found[each].append((_run(folder, "write", each), _run(folder, "read", each)))
    print(
        f"{rows:,} rows, {found['csv'][0][1]['columns']:.0f} features, one thread; processor "
        f"seconds, medians of {times}\n"
    )
    print("| Format | MB | Write | Read | Both | Peak of reading, MiB |")
    print("|---|---|---|---|---|---|")
    for each, measured in found.items():
        write, read = (statistics.median(one[at]["seconds"] for one in measured) for at in (0, 1))
        peak = statistics.median(one["peak"] for _, one in measured)
        size = measured[0][0]["bytes"] / 1e6
        print(
            f"| {each} | {size:.1f} | {write:.2f} | {read:.2f} | {write + read:.2f} | {peak:.0f} |"
        )


def _prepare(folder: Path, rows: str) -> Made:
    from bench.prepare.generate import generate
    from bench.prepare.invocation import FolderS3, fit, plan, profile
    from pipeline.documents import kinds
    from pipeline.documents.run_files import RunFiles
    from pipeline.storage.bucket import Bucket

    (folder / KEY).parent.mkdir(parents=True)
    generate(folder / KEY, int(rows))
    plan(FolderS3(folder), 128)
    files = RunFiles(Bucket(FolderS3(folder), "bucket"), PREFIX)
    for chunk in files.read_document(kinds.MANIFEST):
        profile(FolderS3(folder), chunk)
    fit(FolderS3(folder))
    return {}


def _run(folder: Path, what: str, form: str) -> Made:
    answer = subprocess.run(
        [sys.executable, "-m", "bench.formats.__main__", what, form, str(folder)],
        check=True, capture_output=True, text=True, cwd=_ROOT, timeout=600,
        env=os.environ | {
            "POLARS_MAX_THREADS": "1",
            "OMP_NUM_THREADS": "1",
            "PYTHONPATH": f"{_ROOT}{os.pathsep}{_ROOT / 'functions'}",
        },
    )  # fmt: skip
    made: Made = json.loads(answer.stdout)
    return made


def _write(folder: Path, form: str) -> Made:
    import polars as pl

    from table.encoding.text import to_csv

    features = _features(folder)
    began = time.process_time()
    if form == "csv":
        body = to_csv(features)
    elif form == "libsvm":
        label, *names = features.columns
        # What is null is left out, as libsvm leaves out what is missing.
        fields = [pl.format("{}:{}", pl.lit(n), name) for n, name in enumerate(names)]
        lines = features.select(pl.concat_str([label, *fields], separator=" ", ignore_nulls=True))
        body = ("\n".join(lines.to_series()) + "\n").encode()
    else:
        packed = io.BytesIO()
        kept = "zstd" if "zstd" in form else "uncompressed"
        features.cast(pl.Float32).write_parquet(packed, compression=kept, statistics=False)
        body = packed.getvalue()
    seconds = time.process_time() - began
    place = _place(folder, form)
    place.mkdir(exist_ok=True)
    (place / "part").write_bytes(body)
    return {"seconds": seconds, "bytes": len(body)}


def _features(folder: Path) -> Any:
    """Return the features that Encode writes, numbers as the file's own texts among them."""
    from bench.prepare.invocation import FolderS3
    from pipeline.documents import kinds
    from pipeline.documents.run_files import RunFiles
    from pipeline.planned import read_plan, source_of
    from pipeline.storage.bucket import Bucket
    from prepare.learning.labelled import labelled_rows
    from table.encoding.apply import encode_frame
    from table.reading.dialect import Dialect
    from table.reading.planned import read_planned

    s3 = FolderS3(folder)
    files = RunFiles(Bucket(s3, "bucket"), PREFIX)
    planned, encoder = read_plan(files), files.read_document(kinds.ENCODER)
    (chunk,) = files.read_document(kinds.CHUNKS)
    raw = source_of(s3, planned).read(chunk["start"], chunk["end"])
    text = Dialect(**planned["dialect"]).text_of(raw)
    records = read_planned(text, planned, clean=chunk["clean"])
    rows = labelled_rows(records, planned, encoder)
    features = encode_frame(rows.frame, planned["columns"], encoder).features
    return features.insert_column(0, rows.labels.alias("label"))


def _read(folder: Path, form: str) -> Made:
    import polars as pl
    import xgboost

    place = _place(folder, form)
    began = time.process_time()
    if form.startswith("parquet"):
        table = pl.read_parquet(place / "part").to_numpy()
        matrix = xgboost.DMatrix(table[:, 1:], label=table[:, 0])
    else:
        label = "&label_column=0&delimiter=," if form == "csv" else ""
        with warnings.catch_warnings():
            # XGBoost warns that reading text is deprecated; the container reads it so.
            warnings.simplefilter("ignore", UserWarning)
            matrix = xgboost.DMatrix(f"{place}?format={form}{label}")
    seconds = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "peak": peak, "columns": matrix.num_col()}


def _place(folder: Path, form: str) -> Path:
    return folder / form.replace(", ", "-")


if __name__ == "__main__":
    do = {"prepare": _prepare, "write": _write, "read": _read}.get("".join(sys.argv[1:2]))
    if do:
        # A child's peak begins with the memory of its parent, which therefore does none of it.
        print(json.dumps(do(Path(sys.argv[3]), sys.argv[2])))
    else:
        main()
