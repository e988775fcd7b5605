"""Drop very many files at once; say how long it took and how much memory it needed.

Every file must end in its one message, and all processes of the local cloud
together must stay below a limit of memory.
"""

import argparse
import os
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench.kills.__main__ import rows
from bench.processes import pss_mib, tree
from bench.subscriber import messages_of, nothing_heard, start
from dropforge import cloud as clouds

LIMIT_MIB = 2048
_SECONDS = 3600.0


class Watch(threading.Thread):
    """Measures the memory of a process and all below it, every second."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self.peak_mib = 0.0
        self.most = 0

    def run(self) -> None:
        """Measure for ever."""
        while True:
            pids = tree(self._pid)
            self.peak_mib = max(self.peak_mib, sum(map(pss_mib, pids)))
            self.most = max(self.most, len(pids))
            time.sleep(1)


def main() -> int:
    """Print what came of it; 1 if a message is missing or the memory was too much."""
    parser = argparse.ArgumentParser(prog="python -m bench.drops", description=__doc__)
    parser.add_argument("--drops", type=int, default=1000)
    drops = parser.parse_args().drops
    with tempfile.TemporaryDirectory() as folder:
        application = start(Path(folder))
        watch = Watch(application.cloud.pid)
        watch.start()
        began = time.monotonic()
        with ThreadPoolExecutor(32) as pool:
            runs = list(
                pool.map(
                    lambda number: application.drop(f"inbox/d{number}/d.csv", rows(number)),
                    range(drops),
                )
            )
        dropped = time.monotonic() - began
        taken = [run for run in runs if run is not None]
        messages = messages_of(application, taken, _SECONDS)
        seconds = time.monotonic() - began
        heard = application.heard(nothing_heard())
        clouds.down(application.cloud)
    verdicts = Counter(message["verdict"] if message else "none" for message in messages.values())
    told = Counter(len(heard[run]) for run in taken)
    print(f"{len(taken)} of {drops} drops taken in {dropped:.0f} s, on {os.cpu_count()} processors")
    print(f"all messages after {seconds:.0f} s: {dict(verdicts)}; heard so often: {dict(told)}")
    print(f"at most {watch.peak_mib:.0f} MiB in {watch.most} processes (limit {LIMIT_MIB} MiB)")
    held = len(taken) == drops and set(told) == {1} and set(verdicts) <= {"approved", "pending"}
    return 0 if held and watch.peak_mib <= LIMIT_MIB else 1


if __name__ == "__main__":
    sys.exit(main())
