"""A number's course over the period, as small as a word."""

from hearwell.report.markup import Html, element
from hearwell.report.scale import scale
from hearwell.report.trend import Trend

WIDTH, HEIGHT = 120.0, 28.0
EDGE = 3.0


def sparkline(trend: Trend, minimum_n: int) -> Html:
    """Draw the line with its band. The scale holds all values, and the intervals of enough rows."""
    points = trend.points
    seen = [point.value for point in trend.known]
    seen += [
        end for point in trend.known if point.n >= minimum_n for end in (point.low, point.high)
    ]
    if len(trend.known) < 2:
        return Html("")
    values = scale(seen, trend.unit)
    step = (WIDTH - 2 * EDGE) / max(len(points) - 1, 1)

    def at(place: int, value: float | None, otherwise: float = 0.0) -> str:
        y = EDGE + (HEIGHT - 2 * EDGE) * (1 - values.part(value, otherwise=otherwise))
        return f"{EDGE + place * step:.1f} {y:.1f}"

    pieces = []
    for run in runs([point.value is not None and not point.is_part for point in points]):
        upper = [at(i, points[i].high, 1.0) for i in run]
        lower = [at(i, points[i].low, 0.0) for i in run]
        if all(points[i].low is not None for i in run):
            pieces.append(
                element("path", d="M" + "L".join([*upper, *reversed(lower)]) + "z", class_="band")
            )
        pieces.append(
            element("path", d="M" + "L".join(at(i, points[i].value) for i in run), class_="value")
        )
    return element(
        "svg",
        pieces,
        class_="spark",
        viewBox=f"0 0 {WIDTH:g} {HEIGHT:g}",
        aria_hidden="true",
    )


def runs(known: list[bool]) -> list[list[int]]:
    """Return the places of points without a gap between them."""
    found: list[list[int]] = [[]]
    for place, is_known in enumerate(known):
        if is_known:
            found[-1].append(place)
        elif found[-1]:
            found.append([])
    return [run for run in found if len(run) > 1]
