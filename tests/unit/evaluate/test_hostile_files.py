"""Files that claim more than they are cost bounded memory and time."""

import contextlib
import io
import json
import random
import resource
import subprocess
import sys
import tarfile
import zlib
from pathlib import Path

import pytest

from evaluate.model.trees import ModelFormatError, parse_model, read_model
from scoring.archive import ModelArchiveError
from tests.unit.evaluate.container_output import packed
from tests.unit.evaluate.model.boosters import BOOSTERS, trained

ROOT = Path(__file__).parents[3]
MOST_MIB = 600
MIB = 1 << 20
# Run in a process of its own, whose peak is that of the reading and nothing else.
MEASURE = """
import resource, sys
from pipeline.documents import kinds, reading
from pipeline.errors import PipelineError
from evaluate.model.trees import ModelFormatError, parse_model, read_model
from scoring.archive import ModelArchiveError
from evaluate.rows.parse import read_predictions, read_truth
kind, path = sys.argv[1:]
try:
    with open(path, "rb") as file:
        if kind == "archive":
            read_model(file)
        elif kind == "model":
            parse_model(file.read())
        elif kind == "truth":
            read_truth(file.read(), path, 0, 1000)
        elif kind == "predictions":
            body = file.read()
            read_predictions(body, path, "regression", body.count(b"\\n"), 1)
        else:
            reading.checked(getattr(kinds, kind), file.read(), path)
    print("read")
except (PipelineError, ModelArchiveError, ModelFormatError) as error:
    print(type(error).__name__)
# ru_maxrss begins with the peak of the process that this one was forked from.
try:
    peaks = [line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")]
except OSError:
    peaks = [resource.getrusage(resource.RUSAGE_SELF).ru_maxrss]
print(int(peaks[0]) // 1024)
"""


def long_name(size: int) -> bytes:
    """Return a tar whose first header claims a name of that many bytes, all newlines."""
    info = tarfile.TarInfo("././@LongLink")
    info.type, info.size = tarfile.GNUTYPE_LONGNAME, size
    return info.tobuf(tarfile.GNU_FORMAT)


def gzipped(first: bytes) -> bytes:
    """Return a gzip file of 1 GB of newlines behind some bytes."""
    packer = zlib.compressobj(1, wbits=31)
    pieces = [packer.compress(first), *(packer.compress(b"\n" * MIB) for _ in range(1000))]
    return b"".join(pieces) + packer.flush()


BOMBS = {
    "a typed array of nothing": ("model", lambda: b"{i\x01a[$Z#l\x7f\xff\xff\xff"),
    "an untyped array": ("model", lambda: b"{i\x01a[#L\x00\x00\x00\xff\xff\xff\xff\xff"),
    "a text": ("model", lambda: b"{i\x01aSL\x00\x00\x00\xff\xff\xff\xff\xff"),
    "numbers": ("model", lambda: b"{i\x01a[$D#L\x00\x00\x00\xff\xff\xff\xff\xff"),
    "60 MB of nulls": ("model", lambda: b"{i\x01a[" + b"Z" * 60_000_000),
    "60 MB of lists": ("model", lambda: b"{i\x01a[" + b"[]" * 30_000_000),
    "30 MiB of JSON": ("model", lambda: b'{"a":[' + b"[]," * (10 * MIB) + b"0]}"),
    "a gzip of newlines": ("archive", lambda: gzipped(b"")),
    "a long name": ("archive", lambda: gzipped(long_name(1 << 32))),
    "a large member": ("archive", lambda: packed({"other": bytes(300 * MIB)})),
    "64 MiB of blank lines": ("truth", lambda: b"row,label\n" + b"\n" * (64 * MIB)),
    "blank lines and a word": ("truth", lambda: b"row,label\n" + b"\n" * (64 * MIB) + b"x,y\n"),
    "64 MiB of rows": ("truth", lambda: b"row,label\n" + b"1,2\n" * (16 * MIB)),
    "64 MiB of one field": ("truth", lambda: b"row,label\n1,2," + b"x" * (64 * MIB)),
    "64 MiB of quotes": ("truth", lambda: b'"' * (64 * MIB)),
    "blank predictions": ("predictions", lambda: b"\n" * (64 * MIB)),
    "32 MiB of lists": ("PLAN", lambda: b"[" + b"[]," * (10 * MIB) + b"0]"),
    "32 MiB of a wide text": ("PLAN", lambda: '"\U0001f600{}"'.format("a" * (31 * MIB)).encode()),
    "32 MiB of brackets": ("PLAN", lambda: b"[" * (32 * MIB)),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_bomb_takes_bounded_memory(tmp_path: Path, bomb: str) -> None:
    kind, make = BOMBS[bomb]
    path = tmp_path / "file"
    path.write_bytes(make())
    ended = subprocess.run(
        [sys.executable, "-c", MEASURE, kind, str(path)],
        capture_output=True,
        text=True,
        timeout=60,
        env={"PYTHONPATH": str(ROOT / "functions"), "OPENBLAS_NUM_THREADS": "1"},
        check=True,
    )
    outcome, peak = ended.stdout.split()
    print(f"{bomb}: {outcome}, {peak} MiB")
    assert int(peak) < MOST_MIB
    # What is left of a truth part is held against the number of rows by its caller.
    assert outcome != "read" or kind == "truth"


def mutated(content: bytes, draw: random.Random) -> bytes:
    """Change a real model: bytes, lengths, pieces cut out or put in twice."""
    changed = bytearray(content)
    for _ in range(draw.choice((1, 1, 2, 8))):
        at = draw.randrange(len(changed))
        kind = draw.randrange(5)
        if kind == 0:
            changed[at] = draw.randrange(256)
        elif kind == 1:
            changed[at] ^= 1 << draw.randrange(8)
        elif kind == 2:
            del changed[at : at + draw.choice((1, 8, 1000))]
        elif kind == 3:
            changed[at:at] = changed[at : at + draw.choice((1, 50))]
        else:
            marker = changed.find(draw.choice((b"L", b"[$", b"S", b"{")), at)
            changed[marker + 1 : marker + 9] = draw.randbytes(8)
    return bytes(changed)


@pytest.mark.parametrize("name", BOOSTERS)
def test_changed_models_are_read_or_refused_in_bounded_memory_and_time(name: str) -> None:
    content = bytes(trained(BOOSTERS[name]).save_raw("ubj"))
    draw = random.Random(name)
    before = resource.getrusage(resource.RUSAGE_SELF)
    refused = 0
    for _ in range(400):
        try:
            model = parse_model(mutated(content, draw))
        except ModelFormatError:
            refused += 1
            continue
        json.dumps([model.version, model.trees, model.gain, model.splits], allow_nan=False)
    after = resource.getrusage(resource.RUSAGE_SELF)
    assert refused > 100
    assert after.ru_maxrss - before.ru_maxrss < 50 * 1024
    assert after.ru_utime - before.ru_utime < 30


def test_changed_archives_are_read_or_refused() -> None:
    content = packed({"xgboost-model": bytes(trained(BOOSTERS["trees"]).save_raw("ubj"))})
    draw = random.Random(1)
    refused = 0
    for _ in range(300):
        with contextlib.suppress(ModelFormatError):
            try:
                read_model(io.BytesIO(mutated(content, draw)))
            except ModelArchiveError:
                refused += 1
    assert refused > 200
