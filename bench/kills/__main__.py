"""End the local cloud, or a process in it, at random moments; see that no drop loses its message.

Each round drops files, ends something, starts the cloud again if that was its
end, and waits: every file that the cloud took has one message, which agrees with
its execution and with the registry, and no run that had ended has changed.
"""

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from bench.subscriber import Application, messages_of, nothing_heard, start
from dropforge import cloud as clouds

_SINGLE_SECONDS = 3.0
_LOAD_SECONDS = 30.0
_WAIT_SECONDS = 300.0
_ROWS = 200


@dataclass
class Ledger:
    """All that was dropped and heard since the first round."""

    verdicts: dict[str, str] = field(default_factory=dict)
    heard: dict[str, list[str]] = field(default_factory=nothing_heard)
    faults: list[str] = field(default_factory=list)
    repeated: int = 0


def main() -> int:
    """Print a line a round and a table of all; 1 if a message was lost or contradicts another."""
    parser = argparse.ArgumentParser(prog="python -m bench.kills", description=__doc__)
    parser.add_argument("--single", type=int, default=70, help="kills of the cloud, one drop each")
    parser.add_argument("--load", type=int, default=30, help="kills of the cloud under load")
    parser.add_argument("--clean", type=int, default=50, help="ends by SIGTERM, one drop each")
    parser.add_argument("--worker", type=int, default=20, help="kills of a function's process")
    parser.add_argument("--job", type=int, default=20, help="kills of a job's process")
    parser.add_argument("--drops", type=int, default=100, help="drops under load")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    rounds = [
        *(("kill", 1, _SINGLE_SECONDS, kill_cloud) for _ in range(options.single)),
        *(("clean end", 1, _SINGLE_SECONDS, end_cloud) for _ in range(options.clean)),
        *(("worker", 1, _SINGLE_SECONDS, kill_worker) for _ in range(options.worker)),
        *(("job", 1, _SINGLE_SECONDS, kill_job) for _ in range(options.job)),
        *(("kill, load", options.drops, _LOAD_SECONDS, kill_cloud) for _ in range(options.load)),
    ]
    chance.shuffle(rounds)
    ledger, table = Ledger(), Counter[tuple[str, str]]()
    with tempfile.TemporaryDirectory() as folder:
        application = start(Path(folder))
        for number, (name, drops, seconds, end) in enumerate(rounds):
            before = len(ledger.faults)
            application, took = one_round(application, number, drops, seconds, end, chance, ledger)
            table[name, "rounds"] += 1
            table[name, "drops"] += took
            table[name, "faults"] += len(ledger.faults) - before
            for fault in ledger.faults[before:]:
                print(f"{number} {name}: {fault}", flush=True)
        before = len(ledger.faults)
        check_all(application, ledger)
        for fault in ledger.faults[before:]:
            print(f"at the end: {fault}", flush=True)
        clouds.down(application.cloud)
    for name in dict.fromkeys(name for name, _ in table):
        cells = ", ".join(f"{table[name, each]} {each}" for each in ("rounds", "drops", "faults"))
        print(f"{name:<12} {cells}")
    print(f"{len(ledger.verdicts)} runs with a message, {Counter(ledger.verdicts.values())}")
    print(f"{ledger.repeated} messages heard twice in the same words; {len(ledger.faults)} faults")
    return 1 if ledger.faults else 0


def one_round(
    application: Application,
    number: int,
    drops: int,
    seconds: float,
    end: Callable[[Application, random.Random], None],
    chance: random.Random,
    ledger: Ledger,
) -> tuple[Application, int]:
    """Drop, end, start again, wait and check; return the application and the drops taken."""
    with ThreadPoolExecutor(16) as pool:
        dropping = [
            pool.submit(application.drop, f"inbox/k{number}-{index}/d.csv", rows(chance.random()))
            for index in range(drops)
        ]
        time.sleep(chance.uniform(0, seconds))
        end(application, chance)
        runs = [run for drop in dropping if (run := drop.result()) is not None]
    if clouds.running(application.cloud.state_dir) is None:
        application = start(application.cloud.state_dir)
    for run, message in messages_of(application, runs, _WAIT_SECONDS).items():
        if message is None:
            ledger.faults.append(f"{run} has no message after {_WAIT_SECONDS:g} s")
        else:
            ledger.verdicts[run] = str(message["verdict"])
            ledger.faults += contradictions(application, run, message)
    return application, len(runs)


def contradictions(application: Application, run: str, message: dict[str, Any]) -> list[str]:
    """Compare a message with the execution and with the registry."""
    machine = application.outputs["TrainAndBatchTransformStateMachineArn"]
    arn = f"{machine.replace(':stateMachine:', ':execution:')}:{run}"
    found = []
    try:
        status = application.client("stepfunctions").describe_execution(executionArn=arn)["status"]
    except ClientError:
        status = "lost"
    if status != message["status"]:
        found.append(f"{run} was told as {message['status']}, its execution is {status}")
    if message["verdict"] == "approved":
        group = f"{application.outputs['ModelPackageGroupPrefix']}--{message['dataset']}"
        try:
            packages = application.client("sagemaker").list_model_packages(
                ModelPackageGroupName=group, ModelApprovalStatus="Approved"
            )["ModelPackageSummaryList"]
        except ClientError:
            packages = []
        if not packages:
            found.append(f"{run} was told as approved, its model is not in the registry")
    return found


def check_all(application: Application, ledger: Ledger) -> None:
    """See that what was told once is told still, and that nobody heard two things of a run."""
    for run, verdict in ledger.verdicts.items():
        message = application.message(run)
        now = message["verdict"] if message else "no message"
        if now != verdict:
            ledger.faults.append(f"{run} was {verdict} when it ended, and is {now} now")
        elif message:
            ledger.faults += contradictions(application, run, message)
    for run, subjects in application.heard(ledger.heard).items():
        if len(set(subjects)) > 1:
            ledger.faults.append(f"{run} was told as {' and as '.join(sorted(set(subjects)))}")
        ledger.repeated += len(subjects) - 1
    for run in set(ledger.verdicts) - set(ledger.heard):
        ledger.faults.append(f"{run} has a message that no subscriber heard")


def kill_cloud(application: Application, _chance: random.Random) -> None:
    """End the cloud as a power cut would end the process."""
    os.kill(application.cloud.pid, signal.SIGKILL)
    while clouds.running(application.cloud.state_dir) is not None:
        time.sleep(0.01)


def end_cloud(application: Application, _chance: random.Random) -> None:
    """End the cloud as `dropforge down` does."""
    clouds.down(application.cloud)


def kill_worker(application: Application, chance: random.Random) -> None:
    """End a process that runs a function."""
    _kill_one([pid for pid, line in _children(application.cloud.pid) if "worker" in line], chance)


def kill_job(application: Application, chance: random.Random) -> None:
    """End a process that trains or predicts, else the one that starts them."""
    servers = [pid for pid, line in _children(application.cloud.pid) if "jobs.fork_server" in line]
    _kill_one([job for pid in servers for job, _ in _children(pid)] or servers, chance)


def _kill_one(pids: list[int], chance: random.Random) -> None:
    if pids:
        os.kill(chance.choice(pids), signal.SIGKILL)


def _children(pid: int) -> list[tuple[int, str]]:
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
            line = (process / "cmdline").read_text().replace("\0", " ")
        except (OSError, ValueError):
            continue
        if parent == pid:
            found.append((int(process.name), line))
    return found


def rows(seed: float) -> bytes:
    """Write a small table with something to learn; each differs, so that none is a copy."""
    chance = random.Random(seed)
    lines = ["a,b,c,target"]
    for _ in range(_ROWS):
        values = [chance.random() for _ in range(3)]
        lines.append(",".join(f"{x:.4f}" for x in [*values, 3 * values[0] + values[1] ** 2]))
    return ("\n".join(lines) + "\n").encode()


if __name__ == "__main__":
    sys.exit(main())
