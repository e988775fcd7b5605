"""What a scenario's tasks answer, and what an engine did with the answers."""

import json
import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

State = dict[str, Any]
FILE = Path(__file__).parents[3] / "statemachine" / "train_and_batch_transform.asl.json"
RUN = "churn-20270102-030405-0a1b2c3d"
ACCOUNT, REGION = "000000000000", "us-east-1"
MACHINE_ARN = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:train"
EXECUTION_ARN = f"arn:aws:states:{REGION}:{ACCOUNT}:execution:train:{RUN}"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/train"
STARTED = "2027-01-02T03:04:06.000Z"


@dataclass(frozen=True)
class Fails:
    """A task ends with an error; a cause of None is one that the service left out."""

    error: str
    cause: str | None = "The service says why."


@dataclass(frozen=True)
class Hangs:
    """A task answers later than its state's time limit."""

    seconds: float


Answer = Any
"""What a task returns, Fails, Hangs, or a function of the task's input that gives one."""


@dataclass(frozen=True)
class Scenario:
    """One execution.

    Parameters
    ----------
    path : the states of the machine itself that it enters, in order.
    within : those of a branch that it enters, by the name of the first.
    answers : of a state's attempts, in order; later ones are answered as in a run that succeeds.
    inputs : what a state is given at each attempt: path within the input, and values.
    cause : all of it, or its beginning and three dots; None if it does not matter.
    waited : seconds of a Wait, each time.
    failing : the first state of the branch that fails; the others are stopped at some moment.
    """

    name: str
    path: tuple[str, ...]
    error: str | None = None
    cause: str | None = None
    answers: Mapping[str, Sequence[Answer]] = field(default_factory=dict)
    within: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    inputs: Mapping[str, tuple[str, tuple[Any, ...]]] = field(default_factory=dict)
    waited: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    given: Any = None
    failing: str | None = None


@dataclass
class Record:
    """What an engine did.

    Parameters
    ----------
    entered : state and its input, in order; of the machine and each branch by itself.
    asked : state and what its task was given.
    waited : state and seconds, of Wait and Retry.
    taken : rules of a Choice that held, retriers and catchers.
    """

    status: str = ""
    error: str | None = None
    cause: str | None = None
    output: Any = None
    entered: list[tuple[str, Any]] = field(default_factory=list)
    asked: list[tuple[str, Any]] = field(default_factory=list)
    waited: list[tuple[str, float]] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)


class TaskError(Exception):
    """A task's error, before an engine has made its own of it."""

    def __init__(self, error: str, cause: str | None) -> None:
        super().__init__(error, cause)
        self.error, self.cause = error, cause


class Script:
    """Answers the tasks of one execution by state and count, and notes what happens."""

    def __init__(self, scenario: Scenario, usual: Mapping[str, Answer]) -> None:
        self.record = Record()
        self._answers = {name: list(answers) for name, answers in scenario.answers.items()}
        self._usual = usual
        self._lock = threading.Lock()
        self._over = threading.Event()

    def answer(self, state: str, given: Any) -> Any:
        """Return what a task returns.

        Raises
        ------
        TaskError
            The task ends with an error.
        """
        with self._lock:
            self.record.asked.append((state, _copy(given)))
            left = self._answers.get(state)
            answer = left.pop(0) if left else self._usual[state]
        if callable(answer):
            answer = answer(given)
        if isinstance(answer, Hangs):
            self._over.wait(answer.seconds)
            return {}
        if isinstance(answer, Fails):
            raise TaskError(answer.error, answer.cause)
        return _copy(answer)

    def enter(self, state: str, given: Any) -> None:
        with self._lock:
            self.record.entered.append((state, _copy(given)))

    def wait(self, state: str, seconds: float) -> None:
        with self._lock:
            self.record.waited.append((state, float(seconds)))

    def take(self, transition: str) -> None:
        with self._lock:
            self.record.taken.append(transition)

    def end(self) -> None:
        """Let go of the tasks that hang."""
        self._over.set()


def definition_of(path: Path) -> str:
    """Return a definition as a deployment fills it in."""
    text = path.read_text(encoding="utf-8").replace("${Partition}", "aws")
    function = rf"arn:aws:lambda:{REGION}:{ACCOUNT}:function:\1"
    text = re.sub(r"\$\{(\w+FunctionArn)\}", function, text)
    return re.sub(r"\$\{(\w+)\}", r"<\1>", text)


def rule_of(state: str, rule: State) -> str:
    """Name a rule of a Choice, or a part of one."""
    return f"{state}: {json.dumps(rule, sort_keys=True)}"


def _copy(value: Any) -> Any:
    return json.loads(json.dumps(value))
