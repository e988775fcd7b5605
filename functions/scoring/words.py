"""A prediction in the owner's words: the class or number, and the probabilities, as text."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from pipeline.documents.encoder import TargetFacts
from pipeline.vocabulary import Task
from scoring.decision import Decision, rounded

PREDICTION, PROBABILITY = "prediction", "probability"
PREDICTION_ERROR = "prediction_error"
"""Of a row that could not be read, or not all of it: why."""


@dataclass(frozen=True)
class Words:
    """What the numbers that a model answers are called.

    Attributes
    ----------
    classes : by class index, in the owner's words; empty in a regression.
    decision : how probabilities are corrected, and from which one a row is positive.
    """

    task: Task
    classes: Sequence[str] = ()
    decision: Decision = field(default_factory=Decision)

    @classmethod
    def of_target(cls, target: TargetFacts, decision: Decision | None = None) -> "Words":
        """Read it from the target of an encoder.json."""
        classes = [str(name) for name in target.get("classes") or []]
        return cls(target["task"], classes, decision or Decision())

    @property
    def columns(self) -> list[str]:
        """Names of the columns that `fields` fills."""
        if self.task == "regression":
            return [PREDICTION]
        return [PREDICTION, PROBABILITY, *(f"{PROBABILITY}_{name}" for name in self.classes)]

    def fields(self) -> Callable[[str], list[str]]:
        """Return a function from a line of batch transform to the texts of `columns`.

        The line is a value, the probability of class 1, or in multiclass a list of
        probabilities. The function raises ValueError or IndexError if it is no such thing.
        """
        if self.task == "regression":
            return lambda line: [str(float(line))]
        return self._of_two() if self.task == "binary" else self._of_many

    def _of_two(self) -> Callable[[str], list[str]]:
        # Of millions of lines, so what does not depend on the line is looked up before.
        no, yes = self.classes
        correct, threshold = self.decision.of_two, self.decision.threshold
        corrects = self.decision.corrects

        def fields(line: str) -> list[str]:
            positive = correct(float(line))
            is_positive = positive >= threshold
            if corrects:
                own = seven_digits(positive)
                positive = float(own)
            else:
                own = str(positive)
            other = complement(positive)
            return [yes, own, other, own] if is_positive else [no, other, other, own]

        return fields

    def _of_many(self, line: str) -> list[str]:
        values = [float(value) for value in json.loads(line)]
        if len(values) != len(self.classes):
            raise ValueError(f"{len(values)} probabilities for {len(self.classes)} classes")
        # A correction keeps the order; rounding may make two equal.
        chosen = values.index(max(values))
        if self.decision.corrects:
            values = [rounded(value) for value in self.decision.of_many(values)]
        return [self.classes[chosen], str(values[chosen]), *map(str, values)]


def complement(probability: float) -> str:
    """Return the other class's probability; digits beyond float32's seven mean nothing."""
    return seven_digits(1 - probability)


def seven_digits(value: float) -> str:
    """Return ``str`` of a value that is rounded to the digits of a 32-bit float, at half the time.

    Fixed notation without trailing zeros is what ``str`` writes, too.
    """
    text = f"{value:.7g}"
    return text if text.startswith("0.") else str(float(text))
