"""Pictures as inline SVG: a line over time with its band, and one group's value with its interval.

They are our own because they take the page's colours, in the dark and on paper too, need no script
and stay a few kilobytes; what a library draws brings its own colours, fonts and script.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from unicodedata import category

from hearwell.language import gettext, ngettext
from hearwell.metrics.metric import Unit
from hearwell.report import day
from hearwell.report.markup import Html, element
from hearwell.report.number import count, marks, number
from hearwell.report.scale import Scale, scale
from hearwell.report.trend import DAYS, Point, Trend

WIDTH, HEIGHT = 360.0, 150.0
"""The width of a small telephone, so that letters are no smaller there than they should be."""

TOP, RIGHT, BOTTOM = 8.0, 12.0, 22.0
LETTER = 6.2
"""Width of a letter or digit on an axis; the room left of the axis is made for the longest."""

LABELS = 4
"""So many dates along the axis have room beside each other."""


@dataclass(frozen=True)
class Plane:
    """The part of a picture inside its axes."""

    left: float
    values: Scale
    count: int  # of points

    def x(self, place: float) -> float:
        width = WIDTH - RIGHT - self.left
        return self.left + width * ((place + 0.5) / self.count)

    def y(self, value: float | None, *, otherwise: float = 0.0) -> float:
        height = HEIGHT - TOP - BOTTOM
        return TOP + height * (1 - self.values.part(value, otherwise=otherwise))


def line(  # noqa: PLR0913  two of them only for pictures beside each other
    trend: Trend,
    name: str,
    told: str,
    minimum_n: int,
    *,
    values: Scale | None = None,
    left: float = 0.0,
    turned: Sequence[date] = (),
) -> Html:
    """Draw a metric over time.

    Args:
        name: of the picture in the page; no other may have it.
        told: what the picture shows, for those who hear the page.
        values: the scale, where another picture has the same.
        left: leave at least so much room beside the picture, where another needs it.
        turned: the days at which a line is drawn from top to bottom.

    """
    points = trend.points
    values = values or scale(seen(trend, minimum_n), trend.unit)
    plane = Plane(max(room(values, trend.unit), left), values, len(points))
    pieces: list[Html | None] = [
        element("title", told, id=f"{name}-t"),
        description(trend, name),
    ]
    pieces += lines_across(plane, trend.unit)
    pieces += dates(plane, trend)
    pieces += [upright(plane, trend, each) for each in turned]
    for run in runs(trend):
        pieces += drawn(plane, [(place, points[place]) for place in run])
    pieces += [dot(plane, i, point, trend, minimum_n) for i, point in enumerate(points)]
    return element(
        "svg",
        pieces,
        class_="line",
        viewBox=f"0 0 {WIDTH:g} {HEIGHT:g}",
        role="img",
        aria_labelledby=f"{name}-t",
        aria_describedby=f"{name}-d",
    )


def room(values: Scale, unit: Unit) -> float:
    """Return how much room the values of an axis need beside a picture."""
    return max(map(letters, marks(values.lines, unit))) * LETTER + 8


def seen(trend: Trend, minimum_n: int) -> Iterator[float | None]:
    """Give what the scale must hold: all values, and the intervals that rest on enough rows.

    The interval of a handful of rows spans everything and would flatten the rest.
    """
    for point in trend.known:
        yield point.value
        if point.n >= minimum_n:
            yield from (point.low, point.high)


def letters(label: str) -> int:
    """Count what takes room: neither marks above and below letters nor those of direction do."""
    return sum(category(each) not in {"Mn", "Cf"} for each in label)


def description(trend: Trend, name: str) -> Html:
    known = trend.known
    low = min(known, key=lambda point: point.value or 0.0)
    high = max(known, key=lambda point: point.value or 0.0)
    told = [
        template.format(
            when=day.cell(point.begins, trend.grain), value=number(point.value, trend.unit)
        )
        for template, point in (
            (gettext("First, {when}: {value}."), known[0]),
            (gettext("lowest, {when}: {value}."), low),
            (gettext("highest, {when}: {value}."), high),
            (gettext("last, {when}: {value}."), known[-1]),
        )
    ]
    missing, points = len(trend.points) - len(known), len(trend.points)
    if missing:
        gaps = ngettext(
            "{missing} of {points} have no value.", "{missing} of {points} have no value.", missing
        )
        told.append(gaps.format(missing=count(missing), points=count(points)))
    return element("desc", " ".join(told), id=f"{name}-d")


def lines_across(plane: Plane, unit: Unit) -> list[Html]:
    found = []
    lines = plane.values.lines
    for value, label in zip(lines, marks(lines, unit), strict=True):
        y = plane.y(value)
        found.append(element("line", x1=plane.left, x2=WIDTH - RIGHT, y1=y, y2=y, class_="grid"))
        found.append(element("text", label, x=plane.left - 6, y=y + 4, text_anchor="end"))
    return found


def dates(plane: Plane, trend: Trend) -> list[Html]:
    """Write a few dates: the first with its year, others with theirs where it is another."""
    count = len(trend.points)
    every = max(1, -(-count // LABELS))
    year, found = 0, []
    for place in range(0, count, every):
        begins = trend.points[place].begins
        name = day.cell if begins.year != year else day.short
        year = begins.year
        x = plane.x(place)
        label = name(begins, trend.grain)
        width = letters(label) * LETTER
        middle = min(max(x, width / 2), WIDTH - width / 2)
        found.append(element("text", label, x=middle, y=HEIGHT - 5, text_anchor="middle"))
        floor = HEIGHT - BOTTOM
        found.append(element("line", x1=x, x2=x, y1=floor, y2=floor + 4, class_="tick"))
    return found


def upright(plane: Plane, trend: Trend, at: date) -> Html:
    """Draw a day where it lies in its cell, in the middle of which the point is."""
    begins = [point.begins for point in trend.points]
    place = max(bisect_right(begins, at) - 1, 0)
    part = (at - begins[place]).days / DAYS[trend.grain]
    x = plane.x(place + min(max(part, 0.0), 1.0) - 0.5)
    return element(
        "line",
        element("title", day.cell(at, "day")),
        x1=x,
        x2=x,
        y1=TOP,
        y2=HEIGHT - BOTTOM,
        class_="turned",
    )


def runs(trend: Trend) -> list[list[int]]:
    """Return the places of points that a line may join: those without a gap between them.

    The calls of half a week are fewer than those of a whole one, so that no line leads to them.
    """
    found: list[list[int]] = [[]]
    for place, point in enumerate(trend.points):
        apart = point.is_part and trend.unit is Unit.COUNT
        if apart or point.value is None:
            found.append([])
        if point.value is not None:
            found[-1].append(place)
        if apart:
            found.append([])
    return [run for run in found if run]


def drawn(plane: Plane, run: list[tuple[int, Point]]) -> list[Html]:
    """Draw the line of one run with its band; a point that stands alone gets a whisker."""
    found = []
    for part in banded(run):
        upper = [(plane.x(i), plane.y(point.high, otherwise=1.0)) for i, point in part]
        lower = [(plane.x(i), plane.y(point.low, otherwise=0.0)) for i, point in part]
        if len(part) == 1:
            found.append(element("path", d=path([*upper, *lower]), class_="whisker"))
        else:
            found.append(element("path", d=path([*upper, *reversed(lower)]) + "z", class_="band"))
    if len(run) > 1:
        d = path([(plane.x(i), plane.y(point.value)) for i, point in run])
        found.append(element("path", d=d, class_="value"))
    return found


def banded(run: list[tuple[int, Point]]) -> list[list[tuple[int, Point]]]:
    """Return the stretches of a run that have an interval; one row alone has none."""
    found: list[list[tuple[int, Point]]] = [[]]
    for place, point in run:
        if point.low is not None or point.high is not None:
            found[-1].append((place, point))
        elif found[-1]:
            found.append([])
    return [part for part in found if part]


def path(corners: list[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in corners)


def dot(plane: Plane, place: int, point: Point, trend: Trend, minimum_n: int) -> Html | None:
    """Draw a point, hollow where it rests on few rows or on a part of its time."""
    if point.value is None:
        return None
    hollow = "hollow" if point.n < minimum_n or point.is_part else None
    told = f"{day.cell(point.begins, trend.grain)}: {number(point.value, trend.unit)}"
    return element(
        "circle",
        element("title", told),
        cx=plane.x(place),
        cy=plane.y(point.value),
        r=2.5,
        class_=hollow,
    )


def span(values: Scale, cell: dict[str, float | None], overall: float | None, unit: Unit) -> Html:
    """Draw one group on the scale of all: a bar for what is counted, else a dot.

    Nobody needs to hear it: the numbers stand beside it.
    """

    def at(value: float | None, *, otherwise: float = 0.0) -> str:
        return f"{100 * values.part(value, otherwise=otherwise):.1f}%"

    pieces = []
    if overall is not None:
        x = at(overall)
        pieces.append(element("line", x1=x, x2=x, y1="0", y2="100%", class_="overall"))
    value, low, high = cell["value"], cell["low"], cell["high"]
    if value is not None and unit is Unit.COUNT:
        pieces.append(element("rect", width=at(value), y="4", height="10", class_="bar"))
    if low is not None or high is not None:
        ends = {"x1": at(low), "x2": at(high, otherwise=1.0)}
        pieces.append(element("line", **ends, y1="9", y2="9", class_="whisker"))
    if value is not None and unit is not Unit.COUNT:
        pieces.append(element("circle", cx=at(value), cy="9", r="4"))
    return element("svg", pieces, class_="span", height="18", aria_hidden="true")
