"""Run every bench in small and say which one broke: python -m bench.quick.

Each bench has a switch ``--quick``: little data, few repetitions, and no limit of time or memory is
judged, so that it fails only if it breaks or its results are wrong. As many run at a time as there
are processors; what they print of seconds is therefore no measurement.
"""

import argparse
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[1]
SWITCH = "--quick"
LEFT_OUT = {
    "containers": "needs Docker: make test-docker",
    "drops": "an hour with kills: make soak",
    "faults": "15 minutes: make faults; tests/stack/test_fault_matrix.py plays some of its cells",
    "kills": "an hour with drops: make soak; tests/integration/test_deaths.py has some of its ends",
}
# Of benches beside one another each has a processor; threads of one more wait by turning.
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "POLARS_MAX_THREADS": "1"}
_SECONDS = 300
"""After which a bench counts as broken: several times what the slowest needs on a busy machine."""


@dataclass(frozen=True)
class Ran:
    """How a bench went.

    Attributes
    ----------
    why : it counts as broken; empty if it does not.
    """

    name: str
    seconds: float
    why: str
    printed: str


def add_quick(parser: argparse.ArgumentParser) -> None:
    """Give a bench's command the switch."""
    parser.add_argument(
        SWITCH, action="store_true", help="in small, to see that it works; limits are not judged"
    )


def benches(root: Path = _ROOT) -> list[str]:
    """Return the names of those that run in small."""
    found = (path.parent.name for path in (root / "bench").glob("*/__main__.py"))
    return sorted(name for name in found if name not in LEFT_OUT)


def run(name: str, root: Path = _ROOT) -> Ran:
    """Run a bench in small."""
    began = time.monotonic()
    command = (sys.executable, "-m", f"bench.{name}", SWITCH)
    try:
        done = subprocess.run(
            command, cwd=root, env={**os.environ, **_ONE_THREAD}, check=False, text=True,
            timeout=_SECONDS, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        printed = error.stdout.decode(errors="replace") if isinstance(error.stdout, bytes) else ""
        return Ran(name, _SECONDS, f"did not end within {_SECONDS} s", printed)
    why = f"ended with {done.returncode}" if done.returncode else ""
    return Ran(name, time.monotonic() - began, why, done.stdout)


def run_all(names: list[str], root: Path = _ROOT) -> Iterator[Ran]:
    """Run benches, as many at a time as there are processors."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        yield from pool.map(lambda name: run(name, root), names)


def main(names: list[str], root: Path = _ROOT) -> int:
    """Print each bench's seconds, and of broken ones what they printed; 1 if there is one."""
    began, broken = time.monotonic(), []
    for ran in run_all(names, root):
        print(f"{ran.name:<12}{ran.seconds:5.1f} s  {ran.why or 'works'}", flush=True)
        if ran.why:
            broken.append(ran.name)
            print(ran.printed, flush=True)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(
        f"{len(names)} benches in {time.monotonic() - began:.0f} s, "
        f"{used.ru_utime + used.ru_stime:.0f} s of a processor beside the local clouds"
    )
    for name, why in LEFT_OUT.items():
        print(f"not run: {name}, {why}")
    if broken:
        print(f"broken: {', '.join(broken)}; run: python -m bench.{broken[0]} {SWITCH}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or benches()))
