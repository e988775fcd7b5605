"""Time edits under `dropforge up --watch`, from the save to their effect in the running stack.

It edits a copy of the project, in a cloud of its own.
"""

import argparse
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from bench.quick import add_quick
from dropforge import cloud as clouds
from dropforge.environment import LOCAL, PROJECT_ROOT, read_environment

LIMIT_SECONDS = 5.0
_PARTS = ("dropforge", "functions", "layers", "statemachine", "template.yaml", "samconfig.toml")
_EFFECT_SECONDS = 60.0
_INTERRUPTS, _INTERRUPT_SECONDS = 6, 10.0
_HANDLER = "functions/seed/handler.py"
_MACHINE = "statemachine/train_and_batch_transform.asl.json"
_ANSWERS = "\n\ndef handler(_event, _context):\n    return {number}\n"


def main() -> int:
    """Print medians of the times, and fail if one is over its limit."""
    parser = argparse.ArgumentParser(prog="python -m bench.edits", description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    add_quick(parser)
    asked = parser.parse_args()
    runs = 1 if asked.quick else asked.runs
    with tempfile.TemporaryDirectory() as folder, _watched(Path(folder)) as stack:
        print(f"{os.cpu_count()} processors, {runs} edits each, from the save to the effect")
        held = _report("function, to its first new answer", _times(stack.edit_function, runs))
        held &= _report("state machine", _times(stack.edit_machine, runs))
        held &= _report("template", _times(stack.edit_template, runs))
    return 0 if held or asked.quick else 1


class Stack:
    """The stack of a copy of the project, which is watched."""

    def __init__(self, root: Path, cloud: clouds.Cloud) -> None:
        session = clouds.session(cloud)
        self._root = root
        self._functions, self._machines = session.client("lambda"), session.client("stepfunctions")
        name = read_environment(LOCAL).stack_name
        found = session.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
        outputs = {each["OutputKey"]: each["OutputValue"] for each in found["Outputs"]}
        self._seed = outputs["SeedFunctionArn"]
        self._machine = outputs["TrainAndBatchTransformStateMachineArn"]

    def edit_function(self, number: int) -> Callable[[], bool]:
        """Let SeedFunction answer with a number; return whether it does."""
        text = (self._root / _HANDLER).read_text(encoding="utf-8")
        self._save(_HANDLER, text + _ANSWERS.format(number=number))
        return lambda: self._answer() == number

    def edit_machine(self, number: int) -> Callable[[], bool]:
        """Change how long the state machine may run; return whether it is so."""
        definition = json.loads((self._root / _MACHINE).read_text(encoding="utf-8"))
        self._save(_MACHINE, json.dumps(definition | {"TimeoutSeconds": 1_000_000 + number}))
        return lambda: self._definition()["TimeoutSeconds"] == 1_000_000 + number

    def edit_template(self, number: int) -> Callable[[], bool]:
        """Change the timeout of SeedFunction; return whether it is so."""
        lines = (self._root / "template.yaml").read_text(encoding="utf-8").split("\n")
        start = lines.index("  SeedFunction:")
        place = next(n for n in range(start, len(lines)) if "Timeout:" in lines[n])
        lines[place] = f"      Timeout: {160 + number}"
        self._save("template.yaml", "\n".join(lines))
        settings = self._functions.get_function_configuration
        return lambda: bool(settings(FunctionName=self._seed)["Timeout"] == 160 + number)

    def _save(self, name: str, text: str) -> None:
        """Write a file as editors do: beside it, then renamed."""
        draft = self._root / f"{name}~"
        draft.write_text(text, encoding="utf-8")
        draft.replace(self._root / name)

    def _answer(self) -> Any:
        # One that fails is another answer: this dataset's name is none.
        event = json.dumps({"sample": {"rows": 0}})
        return json.load(self._functions.invoke(FunctionName=self._seed, Payload=event)["Payload"])

    def _definition(self) -> dict[str, Any]:
        found = self._machines.describe_state_machine(stateMachineArn=self._machine)
        return dict(json.loads(found["definition"]))


@contextmanager
def _watched(folder: Path) -> Iterator[Stack]:
    root, state = folder / "project", folder / "state"
    root.mkdir()
    for part in _PARTS:
        source = PROJECT_ROOT / part
        if source.is_dir():
            shutil.copytree(source, root / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, root / part)
    environment = {
        **os.environ,
        "DROPFORGE_STATE_DIR": str(state),
        "PYTHONPATH": os.pathsep.join([str(root), str(root / "functions")]),
    }
    command = [sys.executable, "-m", "dropforge"]
    watching = subprocess.Popen(
        [*command, "up", "--port", "0", "--watch"],
        cwd=root,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert watching.stderr is not None  # it was opened as a pipe
        # Said when the stack is deployed.
        while "Ctrl-C" not in (line := watching.stderr.readline()):
            if not line:
                raise SystemExit("dropforge up --watch ended")
        cloud = clouds.running(state)
        assert cloud is not None
        yield Stack(root, cloud)
    finally:
        said = _interrupted(watching)
        subprocess.run(
            [*command, "down", "--yes"], cwd=root, env=environment, capture_output=True, check=True
        )
        if watching.returncode:
            print(said)


def _interrupted(watching: subprocess.Popen[str]) -> str:
    """Press Ctrl-C until the command ends; return what it said.

    The effect of an edit is seen before the deployment has ended, and Python loses an interrupt
    that comes while a finalizer runs (weakref, finalize: exceptions there are only printed).
    """
    for _ in range(_INTERRUPTS):
        watching.send_signal(signal.SIGINT)
        try:
            return watching.communicate(timeout=_INTERRUPT_SECONDS)[1]
        except subprocess.TimeoutExpired:
            pass
    watching.kill()
    raise SystemExit(f"dropforge up --watch goes on after {_INTERRUPTS} interrupts")


def _times(edit: Callable[[int], Callable[[], bool]], runs: int) -> list[float]:
    return [_time_of(edit, number) for number in range(1, runs + 1)]


def _time_of(edit: Callable[[int], Callable[[], bool]], number: int) -> float:
    has_effect = edit(number)
    began = time.perf_counter()
    while time.perf_counter() - began < _EFFECT_SECONDS:
        try:
            if has_effect():
                return time.perf_counter() - began
        except ClientError:
            pass  # in the middle of the update
        time.sleep(0.01)
    raise SystemExit(f"an edit had no effect after {_EFFECT_SECONDS:g} s")


def _report(name: str, seconds: list[float]) -> bool:
    median = statistics.median(seconds)
    print(
        f"{name}: median {median:.1f} s, {min(seconds):.1f} to {max(seconds):.1f} s "
        f"(limit {LIMIT_SECONDS:g} s)"
    )
    return median <= LIMIT_SECONDS


if __name__ == "__main__":
    sys.exit(main())
