"""The main metric of model, champion and baseline on one scale, with intervals."""

from dataclasses import dataclass

from markupsafe import Markup

from evaluate.report.charts.axes import Axis
from evaluate.report.charts.frame import picture
from pipeline.documents.evaluation import Evaluation
from pipeline.documents.plots import Interval
from pipeline.wording import figure

_LEAST_SHARE = 0.15
"""Of the scale, that the models' intervals take up at least."""
_WIDTH, _ROW, _LEFT, _RIGHT = 520, 46, 140, 84


@dataclass(frozen=True)
class Standing:
    """One row of the plot."""

    name: str
    kind: str
    """The CSS class: model, champion or baseline."""
    value: float | None
    interval: Interval | None


def standings(document: Evaluation) -> Markup:
    """Draw where the model stands."""
    metric, comparison, baseline = (
        document["metric"],
        document["comparison"],
        document["baseline"],
    )
    rows = [Standing("This model", "model", metric["value"], metric["interval"])]
    if comparison["compared"]:
        same = comparison["challenger"]
        if comparison["seen"] and same:
            rows.append(
                Standing(
                    f"… on {comparison['rows']:,} rows", "model", same["value"], same["interval"]
                )
            )
        rows.append(
            Standing("Model in use", "champion", comparison["value"], comparison["interval"])
        )
    rows.append(Standing("Naive baseline", "baseline", baseline["value"], None))
    known = [row for row in rows if row.value is not None]
    if not known:
        return Markup("")
    axis = _axis(known, metric["label"])
    height = _ROW * len(known) + 30
    marks = [_scale(axis, height)]
    for index, row in enumerate(known):
        marks += _row(row, axis, _ROW * index + _ROW / 2 + 2)
    better = "higher" if metric["goal"] == "max" else "lower"
    told = "; ".join(f"{row.name} {figure(row.value)}" for row in known)
    title = f"{metric['label']} of the model beside the alternatives"
    return picture(title, f"{told}; {better} is better.", _WIDTH, height, marks)


def _axis(rows: list[Standing], label: str) -> Axis:
    """Span all rows, or the models alone where the baseline would squash their intervals."""
    low, high = _span(rows)
    models = _span([row for row in rows if row.kind != "baseline"])
    if 0 < models[1] - models[0] < _LEAST_SHARE * (high - low):
        low, high = models
    room = (high - low) * 0.06 or abs(high) * 0.1 or 1.0
    return Axis(low - room, high + room, label)


def _span(rows: list[Standing]) -> tuple[float, float]:
    ends = [row.value for row in rows if row.value is not None]
    for row in rows:
        if row.interval:
            ends += [row.interval["low"], row.interval["high"]]
    return (min(ends), max(ends)) if ends else (0.0, 0.0)


def _at(axis: Axis, value: float) -> float:
    return round(_LEFT + axis.at(value) * (_WIDTH - _LEFT - _RIGHT), 1)


def _scale(axis: Axis, height: float) -> Markup:
    marks = []
    for tick in axis.ticks(4):
        x = _at(axis, tick)
        marks.append(Markup('<path class="grid" d="M{0} 4V{1}"/>').format(x, height - 24))
        marks.append(
            Markup('<text class="tick" x="{}" y="{}" text-anchor="middle">{}</text>').format(
                x, height - 8, axis.text(tick)
            )
        )
    return Markup("").join(marks)


def _row(row: Standing, axis: Axis, y: float) -> list[Markup]:
    value = row.value or 0.0
    x = _at(axis, value)
    marks = [
        Markup('<text class="name" x="0" y="{}">{}</text>').format(y + 4, row.name),
        Markup('<text class="value {}" x="{}" y="{}" text-anchor="end">{}</text>').format(
            row.kind, _WIDTH, y + 4, figure(value)
        ),
    ]
    if row.interval:
        low, high = _at(axis, row.interval["low"]), _at(axis, row.interval["high"])
        whisker = Markup('<path class="whisker {k}" d="M{a} {y}H{b}M{a} {t}v10M{b} {t}v10"/>')
        marks.append(whisker.format(k=row.kind, a=low, b=high, y=y, t=y - 5))
    if axis.low <= value <= axis.high:
        spot = Markup('<circle class="spot {}" cx="{}" cy="{}" r="6"/>')
        return [*marks, spot.format(row.kind, x, y)]
    # Off the scale: an arrow at the edge points to it.
    edge, way = (_LEFT, -1) if value < axis.low else (_WIDTH - _RIGHT, 1)
    arrow = Markup('<path class="arrow" d="M{} {}h{}m{} -5l{} 5l{} 5"/>')
    return [*marks, arrow.format(edge - 22 * way, y, 22 * way, -6 * way, 6 * way, -6 * way)]
