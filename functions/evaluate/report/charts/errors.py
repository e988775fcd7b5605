"""Predicted against actual, residuals, and confusion."""

import math
from collections.abc import Sequence

from markupsafe import Markup

from evaluate.report.charts.axes import Axis
from evaluate.report.charts.frame import WIDTH, Frame, picture
from evaluate.wording import percent, short, told_apart
from pipeline.documents.plots import Histogram, Quantiles, Scatter
from pipeline.wording import figure

_CELL_TEXT = 12
_LONGEST = 13
"""Letters that fit beside the matrix."""
_SLANTED = 26
"""Narrower cells have their names upright."""


def predicted_actual(plot: Scatter, target: str) -> Markup:
    """Draw predicted against actual values: dots, or the density of many rows."""
    low, high, target = plot["low"], plot["high"], short(target, 40)
    room = (high - low) * 0.02 or 1.0
    frame = Frame(
        "Predicted against actual",
        f"Predicted against actual {target}, from {figure(low)} to {figure(high)}; a perfect "
        f"model's rows lie on the diagonal.",
        Axis(low - room, high + room, f"actual {target}"),
        Axis(low - room, high + room, "predicted"),
    )
    if "points" in plot:
        for actual, predicted in plot["points"]:
            frame.dot((actual, predicted), "dot model", 2)
    else:
        step, most = (high - low) / plot["grid"], max(cell[2] for cell in plot["cells"])
        for column, row, count in plot["cells"]:
            strength = 0.12 + 0.88 * math.log1p(count) / math.log1p(most)
            x, y = low + column * step, low + row * step
            frame.box(x, x + step, y, y + step, "cell", strength)
    frame.line([(low, low), (high, high)], "reference over")
    return frame.svg()


def residuals(plot: Histogram) -> Markup:
    """Draw the distribution of predicted minus actual."""
    low, high, counts = plot["low"], plot["high"], plot["counts"]
    step, total = (high - low) / len(counts), sum(counts) + plot["outside"]
    frame = Frame(
        "Residuals",
        f"How often which error (predicted minus actual) occurs, from {figure(low)} to "
        f"{figure(high)}.",
        Axis(low, high, "predicted minus actual"),
        Axis(0, max(counts) / total * 1.05, "share of rows", is_share=True),
    )
    for index, count in enumerate(counts):
        left = low + index * step
        frame.box(left + 0.06 * step, left + 0.94 * step, 0, count / total, "bar model")
    frame.line([(0, 0), (0, max(counts) / total * 1.05)], "reference over")
    return frame.svg()


def residuals_by_prediction(groups: list[Quantiles]) -> Markup:
    """Draw the median residual and the middle 80 % of rows along the prediction."""
    lows, highs = [g["low"] for g in groups], [g["high"] for g in groups]
    ends = [g["predicted"] for g in groups]
    room = (max(highs) - min(lows)) * 0.05 or 1.0
    frame = Frame(
        "Residuals along the prediction",
        "Median error, and the range of the middle 80 % of rows, in groups of equally many rows "
        "by predicted value; a sound model stays around zero all along.",
        Axis(min(ends), max(ends), "predicted"),
        Axis(min([*lows, 0]) - room, max([*highs, 0]) + room, "predicted minus actual"),
    )
    frame.area(
        [(g["predicted"], g["high"]) for g in groups],
        [(g["predicted"], g["low"]) for g in groups],
        "fill model",
    )
    frame.line([(min(ends), 0), (max(ends), 0)], "reference")
    frame.line([(g["predicted"], g["median"]) for g in groups], "curve model")
    for group in groups:
        frame.dot((group["predicted"], group["median"]), "spot model", 3)
    return frame.svg()


def confusion(
    counts: list[list[int]], names: list[str], rows: Sequence[int], outside: int = 0
) -> Markup:
    """Draw the confusion matrix, shaded by the share of each true class.

    Parameters
    ----------
    rows : of each true class, in all columns of the matrix, also those that are not shown.
    outside : rows that are not in any cell that is shown.
    """
    classes = len(names)
    left = 104
    size = min(84.0, (WIDTH - left - 24) / classes)
    turn = 0 if classes <= 3 else -32 if size > _SLANTED else -90
    top = {0: 44, -32: 70, -90: 112}[turn]
    marks = [
        Markup('<text class="label" x="{}" y="12" text-anchor="middle">predicted</text>').format(
            left + size * classes / 2
        ),
        Markup('<text class="label" x="0" y="{}">actual</text>').format(top - 10),
    ]
    shown = told_apart(names, _LONGEST)
    for i, row in enumerate(counts):
        marks += _heads(shown[i], left, top, size, i, turn)
        total = rows[i] or 1
        for j, count in enumerate(row):
            note = f"{names[i]} predicted as {names[j]}: {count:,}, {percent(count / total)}"
            x, y = left + j * size, top + i * size
            marks.append(_cell(x, y, size, count, total, i == j, note))
    right = sum(counts[i][i] for i in range(classes))
    total = sum(map(sum, counts)) + outside or 1
    description = f"{right:,} of {total:,} rows, {percent(right / total)}, lie on the diagonal"
    description += f"; {outside:,} lie outside the classes shown." if outside else "."
    return picture("Confusion matrix", description, WIDTH, top + size * classes + 6, marks)


def _heads(name: str, left: float, top: float, size: float, i: int, turn: int) -> list[Markup]:
    middle = (i + 0.5) * size
    row = Markup('<text class="tick" x="{}" y="{:.1f}" text-anchor="end">{}</text>')
    column = Markup('<text class="tick" transform="translate({:.1f} {}){}" {}>{}</text>')
    turned = f" rotate({turn})" if turn else ""
    anchor = Markup("") if turn else Markup('text-anchor="middle"')
    across = middle + 4 if turn == -90 else middle
    return [
        row.format(left - 8, top + middle + 4, name),
        column.format(left + across, top - 8, turned, anchor, name),
    ]


def _cell(x: float, y: float, size: float, count: int, total: int, hit: bool, note: str) -> Markup:
    share = count / total
    kind = "hit" if hit else "miss"
    box = Markup(
        '<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="2" '
        'fill-opacity="{:.2f}"><title>{}</title></rect>'
    ).format(kind, x + 1, y + 1, size - 2, size - 2, 0.06 + 0.84 * share, note)
    if size < 2 * _CELL_TEXT or not count:
        return box
    tone = "strong" if share > 0.55 else "weak"
    text = Markup('<text class="count {}" x="{:.1f}" y="{:.1f}" text-anchor="middle">{}</text>')
    middle, large = x + size / 2, size > 5 * _CELL_TEXT
    label = text.format(tone, middle, y + size / 2 + (0 if large else 4), f"{count:,}")
    if large:
        label += text.format(f"{tone} small", middle, y + size / 2 + 17, percent(share))
    return box + label
