"""decision.json: how probabilities are corrected, and from which one on a row is positive."""

from typing import Literal, TypedDict

from pipeline.settings import Costs
from pipeline.vocabulary import Task

ChosenFor = Literal["f1", "accuracy", "cost", "default"]
"""What a threshold is best for; default is 0.5, which names the likelier class."""
Method = Literal["platt", "temperature"]


class Calibration(TypedDict):
    """A correction of probabilities that keeps their order.

    Of two classes the log odds are multiplied by the slope and the intercept is added (Platt,
    Probabilistic Outputs for Support Vector Machines, 1999); of several the logarithms are
    multiplied (Guo et al., On Calibration of Modern Neural Networks, 2017; the slope is one over
    the temperature).
    """

    method: Method
    slope: float
    intercept: float


class OnValidation(TypedDict):
    """What the validation rows say of a decision."""

    rows: int
    positives: int | None
    """Of two classes."""
    value: float | None
    """Of what the threshold was chosen for, at the threshold; None if for nothing."""
    default_value: float | None
    """The same at 0.5."""
    loss: float
    """Log loss in nats, corrected by what other rows say if it is corrected at all."""
    raw_loss: float
    """Log loss of the model's own probabilities."""


class Decision(TypedDict):
    """decision.json."""

    version: int
    task: Task
    metric: str
    """What the model was judged by when it was trained."""
    costs: Costs | None
    threshold: float
    """A binary row counts as positive from this corrected probability on."""
    chosen_for: ChosenFor
    calibration: Calibration | None
    validation: OnValidation | None
    """None if nothing was chosen by rows."""
    note: str
    """Why the model's own probabilities and the usual threshold stand, where there is a reason."""


class DecidedFacts(TypedDict):
    """What Choose decision answers, for its log."""

    decided: bool
    """Whether there is a decision.json; a regression has none."""
    note: str
