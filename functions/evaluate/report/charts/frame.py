"""The frame of a plot: axes, grid, labels, and a text alternative."""

import re
from collections.abc import Iterable, Sequence

from markupsafe import Markup

from evaluate.report.charts.axes import Axis

WIDTH, HEIGHT = 400, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 18, 12, 42

Point = Sequence[float]


class Frame:
    """A plot under construction; coordinates are the data's own.

    Parameters
    ----------
    title, description : the text alternative, read aloud in place of the plot.
    """

    def __init__(self, title: str, description: str, x: Axis, y: Axis) -> None:
        self._title, self._description = title, description
        self._x, self._y = x, y
        self._marks: list[Markup] = []

    def x(self, value: float) -> float:
        """Return the horizontal position of a value, in the plot's units."""
        return round(_LEFT + self._x.at(value) * (WIDTH - _LEFT - _RIGHT), 1)

    def y(self, value: float) -> float:
        """Return the vertical position of a value, in the plot's units."""
        return round(HEIGHT - _BOTTOM - self._y.at(value) * (HEIGHT - _TOP - _BOTTOM), 1)

    def line(self, points: Iterable[Point], kind: str) -> None:
        """Draw a line through points."""
        self._marks.append(Markup('<path class="{}" d="{}"/>').format(kind, self._path(points)))

    def area(self, upper: Sequence[Point], lower: Sequence[Point], kind: str) -> None:
        """Fill the area between two lines."""
        path = self._path([*upper, *reversed(lower)])
        self._marks.append(Markup('<path class="{}" d="{}Z"/>').format(kind, path))

    def dot(self, point: Point, kind: str, radius: float = 3) -> None:
        """Draw a dot."""
        mark = Markup('<circle class="{}" cx="{}" cy="{}" r="{}"/>')
        self._marks.append(mark.format(kind, self.x(point[0]), self.y(point[1]), radius))

    def box(self, left: float, right: float, low: float, high: float, kind: str,
            strength: float | None = None, note: str = "") -> None:  # fmt: skip
        """Draw a rectangle; `strength` from 0 to 1 is its opacity, `note` shows on hover."""
        width, height = self.x(right) - self.x(left), self.y(low) - self.y(high)
        opacity = "" if strength is None else Markup(' fill-opacity="{:.2f}"').format(strength)
        hover = Markup("<title>{}</title>").format(note) if note else ""
        mark = Markup('<rect class="{}" x="{}" y="{}" width="{:.1f}" height="{:.1f}"{}>{}</rect>')
        self._marks.append(
            mark.format(kind, self.x(left), self.y(high), width, height, opacity, hover)
        )

    def note(self, point: Point, text: str, anchor: str = "start", kind: str = "note",
             shift: tuple[float, float] = (0, 0)) -> None:  # fmt: skip
        """Write text at a point; `shift` moves it right and down."""
        mark = Markup('<text class="{}" x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>')
        x, y = self.x(point[0]) + shift[0], self.y(point[1]) + shift[1]
        self._marks.append(mark.format(kind, x, y, anchor, text))

    def _path(self, points: Iterable[Point]) -> str:
        return "M" + "L".join(f"{self.x(p[0])} {self.y(p[1])}" for p in points)

    def svg(self) -> Markup:
        """Return the plot."""
        axes = self._horizontal() + self._vertical()
        return picture(self._title, self._description, WIDTH, HEIGHT, [*axes, *self._marks])

    def _horizontal(self) -> list[Markup]:
        base = HEIGHT - _BOTTOM
        marks = [
            Markup('<text class="tick" x="{}" y="{}" text-anchor="middle">{}</text>').format(
                self.x(tick), base + 16, self._x.text(tick)
            )
            for tick in self._x.ticks()
        ]
        middle = (_LEFT + WIDTH - _RIGHT) / 2
        label = Markup('<text class="label" x="{}" y="{}" text-anchor="middle">{}</text>')
        return [*marks, label.format(middle, HEIGHT - 7, self._x.label)]

    def _vertical(self) -> list[Markup]:
        grid = Markup('<path class="grid" d="M{} {}H{}"/>')
        text = Markup('<text class="tick" x="{}" y="{}" text-anchor="end">{}</text>')
        marks = []
        for tick in self._y.ticks():
            y = self.y(tick)
            marks.append(grid.format(_LEFT, y, WIDTH - _RIGHT))
            marks.append(text.format(_LEFT - 8, y + 4, self._y.text(tick)))
        middle = (_TOP + HEIGHT - _BOTTOM) / 2
        label = Markup(
            '<text class="label" transform="translate(11 {}) rotate(-90)" '
            'text-anchor="middle">{}</text>'
        )
        return [*marks, label.format(middle, self._y.label)]


def picture(
    title: str,
    description: str,
    width: float,
    height: float,
    marks: Iterable[Markup],
    name: str = "",
) -> Markup:
    """Wrap marks into an SVG element with its text alternative.

    Parameters
    ----------
    name : what its parts are called on the page, if the title is no name of its own there.
    """
    name = name or re.sub(r"[^a-z]+", "-", title.lower())
    return Markup(
        '<svg viewBox="0 0 {w} {h}" role="img" aria-labelledby="{n}-title {n}-about">'
        '<title id="{n}-title">{title}</title><desc id="{n}-about">{description}</desc>'
        "{marks}</svg>"
    ).format(
        w=width,
        h=height,
        n=name,
        title=title,
        description=description,
        marks=Markup("").join(marks),
    )
