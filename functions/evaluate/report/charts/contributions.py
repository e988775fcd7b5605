"""Contributions of columns: a swarm of rows for each, and how they go with a column's value."""

from collections import defaultdict
from collections.abc import Sequence

from markupsafe import Markup

from evaluate.report.charts.axes import Axis
from evaluate.report.charts.frame import WIDTH, picture
from evaluate.wording import plain, short, signed, told_apart
from pipeline.documents.model_part import Contribution, Effect, EffectBin, Explanation
from pipeline.wording import counted, figure

_LEFT, _RIGHT, _TOP = 132, 12, 8
_ROW, _LINE, _FOOT = 30, 22, 40
_DOT = 3.0
"""Pixels that a row of the file takes up, so that such as lie on one another go up and down."""
_SHADES = 5
"""Of values from small to large; the sixth is of what is missing, or has no order."""
_LONGEST = 19
"""Letters that fit beside a plot."""
_LONGEST_END = 26
_COUNT = 46
_LONG_WAYS = {
    "up": "rising with the value",
    "down": "falling with the value",
    "mixed": "neither rising nor falling with the value",
}
WAYS = {
    "up": "rises",
    "down": "falls",
    "mixed": "neither",
}


def swarm(explanation: Explanation, unit: str) -> Markup:
    """Draw a dot for each row and column: how much the column's value added.

    Parameters
    ----------
    unit : what a contribution is a part of.
    """
    shown = [column for column in explanation["columns"] if column["points"]]
    values = [float(point[1] or 0) for column in shown for point in column["points"]]
    axis = _axis(values, "contribution")
    height = _TOP + _ROW * len(shown) + _FOOT
    marks = _scale(axis, _TOP + _ROW * len(shown), _RIGHT)
    names = told_apart([column["column"] for column in shown], _LONGEST)
    for number, (column, name) in enumerate(zip(shown, names, strict=True)):
        middle = _TOP + _ROW * (number + 0.5)
        marks += [_name(name, column["column"], middle), *_dots(column, axis, middle)]
    told = "; ".join(map(_told, shown[:5]))
    about = (
        f"Contributions of {counted(len(shown), 'column')} to {unit} in "
        f"{counted(explanation['rows'], 'test row')}. Mean size: {told}."
    )
    return picture("Contributions by column", about, WIDTH, height, marks)


def effect(effect: Effect, number: int) -> Markup:
    """Draw the mean contribution by a column's value, as bars right and left of zero.

    Parameters
    ----------
    number : of the plot on the page, from 1: columns may be called alike.
    """
    bins = effect["bins"]
    axis = _axis([each["mean"] for each in bins], "mean contribution")
    bottom = _TOP + _LINE * len(bins)
    marks = _scale(axis, bottom, _COUNT)
    zero = _at(axis, 0, _COUNT)
    ends = told_apart([ends_of(each, effect["kind"]) for each in bins], _LONGEST_END)
    for place, (each, name) in enumerate(zip(bins, ends, strict=True)):
        top = _TOP + _LINE * place
        x = _at(axis, each["mean"], _COUNT)
        full = ends_of(each, effect["kind"])
        bar = Markup(
            '<rect class="bar {}" x="{:.1f}" y="{}" width="{:.1f}" height="{}"><title>{}</title>'
            "</rect>"
        )
        note = f"{full}: {signed(each['mean'])} in {counted(each['rows'], 'row')}"
        left, width = min(zero, x), max(abs(x - zero), 0.5)
        marks += [
            _name(name, full, top + _LINE / 2),
            bar.format("model", left, top + 3, width, _LINE - 6, note),
            Markup('<text class="tick" x="{}" y="{:.1f}" text-anchor="end">{:,}</text>').format(
                WIDTH, top + _LINE / 2 + 4, each["rows"]
            ),
        ]
    about = "; ".join(f"{ends_of(e, effect['kind'])} {signed(e['mean'])}" for e in bins)
    return picture(
        f"Effect of {effect['column']}",
        f"Mean contribution by value: {about}.",
        WIDTH,
        bottom + _FOOT,
        marks,
        f"effect-{number}",
    )


def ends_of(each: EffectBin, kind: str) -> str:
    """Write which values a bar stands for."""
    low, high = each["low"], each["high"]
    if low is None or high is None:
        return "missing" if kind in ("number", "date") else "missing or rare"
    ends = [_end(end) if isinstance(end, float | int) else str(end) for end in (low, high)]
    return ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"


def _end(value: float) -> str:
    return plain(value, 7 if value == round(value) else 4)


def _told(column: Contribution) -> str:
    way = f", {_LONG_WAYS[column['direction']]}" if column["direction"] else ""
    return f"{short(column['column'])} {figure(column['size'])}{way}"


def _axis(values: Sequence[float], label: str) -> Axis:
    low, high = min([*values, 0.0]), max([*values, 0.0])
    room = (high - low) * 0.04 or 1.0
    return Axis(low - room, high + room, label)


def _at(axis: Axis, value: float, right: float) -> float:
    return round(_LEFT + axis.at(value) * (WIDTH - _LEFT - right), 1)


def _scale(axis: Axis, bottom: float, right: float) -> list[Markup]:
    tick = Markup(
        '<path class="grid" d="M{0} {1}V{2}"/>'
        '<text class="tick" x="{0}" y="{3}" text-anchor="middle">{4}</text>'
    )
    marks = [
        tick.format(_at(axis, value, right), _TOP, bottom, bottom + 14, axis.text(value))
        for value in axis.ticks(4)
    ]
    zero = Markup('<path class="base" d="M{} {}V{}"/>').format(_at(axis, 0, right), _TOP, bottom)
    middle = (_LEFT + WIDTH - right) / 2
    label = Markup('<text class="label" x="{}" y="{}" text-anchor="middle">{}</text>')
    return [*marks, zero, label.format(middle, bottom + 31, axis.label)]


def _name(name: str, full: str, middle: float) -> Markup:
    mark = Markup('<text class="tick" x="{}" y="{:.1f}" text-anchor="end">{}{}</text>')
    hover = Markup("<title>{}</title>").format(full) if name != full else ""
    return mark.format(_LEFT - 8, middle + 4, name, hover)


def _dots(column: Contribution, axis: Axis, middle: float) -> list[Markup]:
    """Draw a column's rows, a path for each shade: dots would weigh ten times as much."""
    places: dict[int, int] = defaultdict(int)
    paths: dict[int, list[str]] = defaultdict(list)
    for rank, value in column["points"]:
        x = _at(axis, float(value or 0), _RIGHT)
        slot = round(x / _DOT)
        number = places[slot]
        places[slot] += 1
        # Above and below in turn, as far as the row of the plot reaches.
        step = (number + 1) // 2 * (1 if number % 2 else -1)
        y = middle + max(-1.0, min(1.0, step * 1.6 / (_ROW / 2 - 3))) * (_ROW / 2 - 3)
        shade = _SHADES if rank is None else min(_SHADES - 1, int(rank * _SHADES))
        paths[shade].append(f"M{x:g} {y:.1f}h0")
    mark = Markup('<path class="swarm s{}" d="{}"/>')
    return [mark.format(shade, "".join(path)) for shade, path in sorted(paths.items())]
