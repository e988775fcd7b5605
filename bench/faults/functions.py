"""Each step that a function does, and each way in which a function can fail."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from bench.faults.cell import DEAD_LETTER, FAILED, SCORED, TRAINED, Arrange, Cell, Expect
from bench.faults.lane import Lane

_TIMEOUT_SECONDS = 3
_SETTLE_SECONDS = 4.0
_TOLD = Expect(TRAINED)


@dataclass(frozen=True)
class Step:
    """A step of a function.

    Parameters
    ----------
    state : the state that does it, if one does.
    ignored : what it answers is not used.
    lost : what is right if it fails for good; None if the run then fails.
    asynchronous : Lambda itself invokes it again if it raises.
    """

    function: str
    step: str
    state: str
    ignored: bool = False
    lost: Expect | None = None
    asynchronous: bool = False
    champions: tuple[bool, ...] = (False,)
    stimulus: str = "drop"

    @property
    def what(self) -> str:
        """Name the step in the table."""
        return f"{self.function} {self.step}".strip()


_BOTH, _CHAMPION = (False, True), (True,)
_AUTO = "drop auto"
STEPS = (
    Step("trigger", "", "TriggerFunction", ignored=True, asynchronous=True),
    Step("seed", "", "Generate dataset", stimulus="start"),
    Step("prepare", "plan", "Plan data"),
    Step("prepare", "profile", "Profile chunks", ignored=True),
    Step("evaluate", "champion", "Find champion", champions=_BOTH),
    Step("prepare", "fit", "Fit encoder", champions=_BOTH),
    Step("prepare", "encode", "Encode chunks", ignored=True),
    # There is a model already.
    Step("evaluate", "refit", "Plan refit", lost=_TOLD),
    # The report does without, and says so.
    Step("predict", "decision", "Choose decision", lost=_TOLD),
    Step("predict", "model", "Explain model", lost=_TOLD),
    # A batch transform job predicts the test rows then.
    Step("predict", "holdout", "Predict by model", True, _TOLD, champions=_BOTH, stimulus=_AUTO),
    Step("evaluate", "evaluate", "Evaluate", champions=_BOTH),
    Step("evaluate", "take_turn", "Take turn", champions=_BOTH),
    # The model is registered already; the next run finds that this one is over.
    Step("evaluate", "give_turn_back", "Give turn back", ignored=True, lost=_TOLD),
    Step("evaluate", "scoring_champion", "Find champion", champions=_CHAMPION, stimulus="score"),
    Step("prepare", "plan_scoring", "Plan data", champions=_CHAMPION, stimulus="score"),
    Step("prepare", "check", "Check file", champions=_CHAMPION, stimulus="score"),
    Step("prepare", "encode_scoring", "Encode chunks", True, champions=_CHAMPION, stimulus="score"),
    Step("predict", "chunk", "Predict chunks", True, champions=_CHAMPION, stimulus="score"),
    Step("evaluate", "measure", "Measure predictions", champions=_CHAMPION, stimulus="score"),
    Step("join", "join", "Join chunks", True, champions=_CHAMPION, stimulus="score"),
    Step("join", "assemble", "Assemble result", champions=_CHAMPION, stimulus="score"),
    Step("notify", "", "NotifyFunction", True, Expect(DEAD_LETTER), asynchronous=True),
    # It holds nothing else up: the topic's message goes out.
    Step("webhook", "", "WebhookFunction", True, _TOLD, asynchronous=True),
)


def cells() -> Iterator[Cell]:
    """Yield the cells of this axis."""
    for step in STEPS:
        for champion in step.champions:
            yield from _cells(step, champion)


def _cells(step: Step, champion: bool) -> Iterator[Cell]:
    tells = step.function in ("notify", "webhook")
    told = Expect(SCORED) if step.stimulus == "score" else _TOLD
    lost = step.lost or Expect(FAILED, (step.state, step.function.title()))
    answers = told if step.ignored else lost

    def cell(fault: str, expect: Expect, arrange: Arrange, *, leaves_mark: bool = True) -> Cell:
        return Cell(
            axis="function",
            what=step.what,
            fault=fault,
            expect=expect,
            champion=champion,
            arrange=arrange,
            stimulus=step.stimulus,
            met=_met if leaves_mark else None,
            settle=_SETTLE_SECONDS if tells else 0.4,
        )

    if step.lost is None or not step.step:
        # A function cannot be imported for one of its steps alone.
        yield cell("cannot be imported", lost, _importing(step), leaves_mark=False)
    yield cell("raises", lost, _doing(step, "raise"))
    # The machine that it ran on may have killed it.
    yield cell("dies once", told, _doing(step, "die", count=1))
    yield cell("dies always", lost, _doing(step, "die"))
    # What it did is done; the answer is lost.
    yield cell("dies once after its work", told, _doing(step, "die_after", count=1))
    yield cell("answers rubbish", answers, _doing(step, "rubbish"))
    # No state can catch States.DataLimitExceeded.
    failed = Expect(FAILED, (step.state, step.function.title()))
    verdicts = answers.verdicts | lost.verdicts
    large = Expect(verdicts if step.ignored else verdicts | FAILED, lost.places or failed.places)
    yield cell("answers 7 MB", large, _doing(step, "large"))
    yield cell("takes longer than its time limit", lost, _sleeping(step))
    if step.asynchronous:
        yield cell("raises once", told, _doing(step, "raise", count=1))


def _met(lane: Lane, _dataset: str) -> bool:
    return any(lane.faults.glob("met-*"))


def _doing(step: Step, fault: str, **more: Any) -> Arrange:
    @contextmanager
    def arrange(lane: Lane, dataset: str) -> Iterator[None]:
        entry = {"id": 0, "function": step.function, "fault": fault, "marker": dataset, **more}
        if step.step:
            entry["step"] = step.step
        lane.arrange_functions([entry])
        try:
            yield
        finally:
            lane.arrange_functions([])

    return arrange


def _sleeping(step: Step) -> Arrange:
    sleep = _doing(step, "sleep", seconds=60)

    @contextmanager
    def arrange(lane: Lane, dataset: str) -> Iterator[None]:
        before = lane.timeout_of(step.function)
        lane.configure(step.function, {"Timeout": _TIMEOUT_SECONDS})
        try:
            with sleep(lane, dataset):
                yield
        finally:
            lane.configure(step.function, {"Timeout": before})

    return arrange


def _importing(step: Step) -> Arrange:
    @contextmanager
    def arrange(lane: Lane, _dataset: str) -> Iterator[None]:
        lane.configure(step.function, {}, FAULT_AT_IMPORT="1")
        try:
            yield
        finally:
            lane.configure(step.function, {})

    return arrange
