"""ROC, precision and recall, calibration, scores by class, and the learning curve."""

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from evaluate.report.charts.axes import Axis
from evaluate.report.charts.frame import Frame
from evaluate.wording import percent, short
from pipeline.documents.model_part import Curve
from pipeline.documents.plots import BinaryPlots, Calibration
from pipeline.wording import figure, probability

_CALLOUT_WIDTH = 0.023
"""Of a callout's letter, as a share of a plot's width."""
_LINE = 0.06
"""Of a line of text, as a share of a plot's height."""
_WHOLE = 1e-9


def roc(curve: list[list[float]], auc: float | None) -> Markup:
    """Draw the receiver operating characteristic."""
    share = Axis(0, 1, "negatives taken for positive", is_share=True)
    frame = Frame(
        "ROC curve",
        f"Share of positives found against share of negatives taken for positive; the area "
        f"under the curve is {figure(auc)}, 0.5 would be chance.",
        share,
        Axis(0, 1, "positives found", is_share=True),
    )
    frame.area(curve, [(0, 0), (1, 0)], "fill model")
    frame.line([(0, 0), (1, 1)], "reference")
    frame.line(curve, "curve model")
    frame.note((1, 0), f"AUC {figure(auc)}", "end", "callout model", (-8, -12))
    frame.note((0.5, 0.5), "chance", "start", "note", (8, 14))
    return frame.svg()


def precision_recall(curve: list[list[float]], share: float, average: float | None) -> Markup:
    """Draw precision against recall, beside the share of positives."""
    frame = Frame(
        "Precision and recall",
        f"Precision against recall; the average precision is {figure(average)}, the share of "
        f"positives {percent(share)} would be chance.",
        Axis(0, 1, "recall: positives found", is_share=True),
        Axis(0, 1, "precision: alarms that are right", is_share=True),
    )
    frame.area(curve, [(0, 0), (1, 0)], "fill model")
    frame.line([(0, share), (1, share)], "reference")
    frame.line(curve, "curve model")
    callout = f"Average precision {figure(average)}"
    width = _CALLOUT_WIDTH * (len(callout) + 2)
    lower, upper = _Label(0, width, _LINE), _Label(1 - width, 1, 1 - _LINE)
    if _room(curve, upper) > _room(curve, lower):
        frame.note((1, 1), callout, "end", "callout model", (-8, 16))
        frame.note(*_free_place(curve, share, upper))
    else:
        frame.note((0, 0), callout, "start", "callout model", (10, -12))
        frame.note(*_free_place(curve, share, lower))
    return frame.svg()


@dataclass(frozen=True)
class _Label:
    """Where a line of text is, in shares of a plot's width and height."""

    left: float
    right: float
    middle: float


def _room(curve: list[list[float]], label: _Label) -> float:
    """Return how far a curve stays above or below a label."""
    near = (y for x, y in curve if label.left - 0.02 <= x <= label.right + 0.02)
    return min((abs(y - label.middle) for y in near), default=1.0)


def _free_place(curve: list[list[float]], share: float, taken: _Label) -> tuple[Any, ...]:
    """Return the note that names the line of chance, where it is furthest from the curve.

    Parameters
    ----------
    taken : the curve's own label.
    """

    def room(place: _Label) -> float:
        beside = place.left < taken.right and place.right > taken.left
        label = abs(place.middle - taken.middle) if beside else 1.0
        # Beyond the frame there is no place.
        edge = min(place.middle, 1 - place.middle)
        edge = edge if edge < _LINE / 2 else 1.0
        clear = 0.0 if label < _LINE else 1.0
        return min(_room(curve, place), label, edge, clear)

    sides = (share - _LINE / 2, share + _LINE / 2)
    places = (_Label(x / 20, x / 20 + 0.13, y) for y in sides for x in range(1, 18))
    best = max(places, key=room)
    return (best.left, share), "chance", "start", "note", (0, 13 if best.middle < share else -5)


def calibration(bins: list[Calibration], predicted: str, observed: str) -> Markup:
    """Draw observed shares against predicted probabilities, with Wilson intervals."""
    worst = max(bins, key=lambda b: abs(b["observed"] - b["predicted"]))
    frame = Frame(
        "Calibration",
        f"Observed share against predicted probability in {len(bins)} groups of equally many "
        f"rows; where {percent(worst['predicted'])} was predicted, {percent(worst['observed'])} "
        f"was observed, the largest gap.",
        Axis(0, 1, predicted, is_share=True),
        Axis(0, 1, observed, is_share=True),
    )
    frame.line([(0, 0), (1, 1)], "reference")
    for group in bins:
        ends = [(group["predicted"], group["low"]), (group["predicted"], group["high"])]
        frame.line(ends, "whisker model thin")
    frame.line([(b["predicted"], b["observed"]) for b in bins], "curve model thin")
    for group in bins:
        frame.dot((group["predicted"], group["observed"]), "spot model", 3.5)
    frame.note((1, 1), "perfect", "end", "note", (-24, 10))
    return frame.svg()


def scores(plots: BinaryPlots, names: list[str]) -> Markup:
    """Draw how many rows of each class got which probability."""
    names = [short(name, 30) for name in names]
    above, below = _shares(plots["scores"]["positive"]), _shares(plots["scores"]["negative"])
    bins = len(above)
    tallest = max(*above, *below)
    frame = Frame(
        "Predicted probabilities by class",
        f"Distribution of the predicted probability among rows that are {names[1]}, drawn "
        f"upwards, and rows that are {names[0]}, drawn downwards; the threshold is "
        f"{probability(plots['threshold'])}.",
        Axis(0, 1, f"predicted probability of {names[1]}", is_share=True),
        _Mirrored(-tallest, tallest, "share of the class's rows", is_share=True),
    )
    for index in range(bins):
        left, right = (index + 0.06) / bins, (index + 0.94) / bins
        frame.box(left, right, 0, above[index], "bar model")
        frame.box(left, right, -below[index], 0, "bar other")
    frame.line([(0, 0), (1, 0)], "base")
    frame.line([(plots["threshold"], -tallest), (plots["threshold"], tallest)], "reference")
    frame.note((1, tallest), names[1], "end", "callout model", (-2, 10))
    frame.note((1, -tallest), names[0], "end", "callout other", (-2, -4))
    return frame.svg()


def _shares(counts: list[int]) -> list[float]:
    total = sum(counts) or 1
    return [count / total for count in counts]


class _Mirrored(Axis):
    """An axis that counts up in both directions."""

    def text(self, value: float) -> str:
        """Write a tick's distance from zero."""
        return super().text(abs(value))


class _Rounds(Axis):
    """An axis of whole numbers."""

    def ticks(self, wanted: int = 5) -> list[float]:
        """Return round values that are whole."""
        return [tick for tick in super().ticks(wanted) if abs(tick - round(tick)) < _WHOLE]


def learning(curve: Curve) -> Markup:
    """Draw the metric of train and validation by boosting round."""
    rounds, sides = curve["rounds"], {k: curve[k] for k in ("train", "validation") if curve[k]}
    values = [value for side in sides.values() for value in side]
    low, high = min(values), max(values)
    room = (high - low) * 0.05 or 0.05
    frame = Frame(
        "Learning curve",
        f"{curve['metric']} by boosting round; after round {rounds[-1] + 1} it is "
        + " and ".join(f"{figure(side[-1])} on {name}" for name, side in sides.items())
        + ".",
        _Rounds(rounds[0], max(rounds[-1], rounds[0] + 1), "boosting round"),
        # Room below the lower curve for its name.
        Axis(low - 2.5 * room, high + room, curve["metric"]),
    )
    upper = max(sides, key=lambda name: sides[name][-1])
    for name, side in sides.items():
        kind = "model" if name == "validation" else "other"
        frame.line(zip(rounds, side, strict=True), f"curve {kind}")
        shift = (-2, -9 if name == upper else 17)
        frame.note((rounds[-1], side[-1]), name, "end", f"callout {kind}", shift)
    return frame.svg()
