"""The training jobs of a search, by what each reached."""

from markupsafe import Markup

from evaluate.report.charts.axes import Axis
from evaluate.report.charts.frame import Frame
from pipeline.documents.search.searched import SearchPart, Trial
from pipeline.wording import counted, figure

_ROOM = 0.12
"""Of the span of values, above and below."""
_OUTLIERS = 3.0
"""Worse than the first job by more than so many times the way to the best: at the edge."""


def trials(part: SearchPart) -> Markup | None:
    """Draw what each training job reached, and the best so far; None if there are no two."""
    known = [(trial["number"], trial["value"]) for trial in part["trials"]]
    points = [(number, value) for number, value in known if value is not None]
    if len(points) < 2:
        return None
    sign = -1 if part["goal"] == "max" else 1
    best = _so_far(points, sign)
    low, high = _span([value for _, value in points], best[-1][1], sign)
    room = (high - low) * _ROOM or abs(high) * _ROOM or 1.0
    last = max(number for number, _ in points)
    frame = Frame(
        "Training jobs of the search",
        f"{part['metric']} of {counted(len(points), 'training job')} on the validation rows, in "
        f"the order of their beginning; the first reached {figure(points[0][1])}, the best "
        f"{figure(best[-1][1])}.",
        _Numbers(0, max(last, 1), "training job"),
        Axis(low - room, high + room, part["metric"]),
    )
    if points[0][0] == 0:
        frame.line([(0, points[0][1]), (last, points[0][1])], "reference")
        frame.note((last, points[0][1]), "the first", "end", "note", (-2, -5 * sign or 5))
    frame.line(_steps(best, last), "curve model thin")
    for number, value in points:
        shown = min(max(value, low), high)
        kind = "model" if number == part["best"] else "other"
        frame.dot((number, shown), f"spot {kind}", 5 if number == part["best"] else 3.5)
    return frame.svg()


def table_of(part: SearchPart) -> list[Trial]:
    """Return the training jobs to list, the best first, then those without a value."""
    sign = -1 if part["goal"] == "max" else 1
    return sorted(
        part["trials"],
        key=lambda trial: (trial["value"] is None, sign * (trial["value"] or 0), trial["number"]),
    )


class _Numbers(Axis):
    """An axis of whole numbers."""

    def ticks(self, wanted: int = 5) -> list[float]:
        """Return whole numbers alone."""
        return sorted({float(round(tick)) for tick in super().ticks(wanted)})


def _so_far(points: list[tuple[int, float]], sign: int) -> list[tuple[int, float]]:
    found: list[tuple[int, float]] = []
    for number, value in points:
        if not found or sign * value < sign * found[-1][1]:
            found.append((number, value))
    return found


def _steps(best: list[tuple[int, float]], last: int) -> list[tuple[float, float]]:
    """Return the line of the best so far: it stays until a better one comes."""
    line: list[tuple[float, float]] = []
    for number, value in best:
        if line:
            line.append((number, line[-1][1]))
        line.append((number, value))
    return [*line, (last, line[-1][1])]


def _span(values: list[float], best: float, sign: int) -> tuple[float, float]:
    """Return the ends of the values; those that are far worse than the first lie at the edge."""
    way = abs(values[0] - best) or max(abs(value - best) for value in values)
    edge = best + sign * way * (1 + _OUTLIERS)
    worst = min(max(sign * value for value in values), sign * edge) * sign
    return min(best, worst), max(best, worst)
