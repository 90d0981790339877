"""A number by hour of the week: a square for each hour, darker where it is higher."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from hearwell.engine.period import WEEKDAYS
from hearwell.language.date import short_weekday, weekday
from hearwell.metrics.metric import Unit
from hearwell.report.markup import Html, element
from hearwell.report.number import count, number

HOURS = 24
LEFT, TOP, SIDE, HIGH = 44.0, 14.0, 13.4, 17.0
WIDTH, HEIGHT = LEFT + HOURS * SIDE + 2, TOP + len(WEEKDAYS) * HIGH + 2
PALEST = 0.15
"""So much colour has the lowest value, to be told from an hour without any."""

HOUR = "hour_of_week"


def heat(
    cells: Sequence[Mapping[str, Any]], unit: Unit, name: str, minimum_n: int, week_starts_on: str
) -> Html:
    """Draw the cells of one group.

    Args:
        name: what the picture shows, for those who hear the page.
        minimum_n: hours with fewer rows are hollow, and do not stretch the colours.

    """
    found = {cell["group"][HOUR]: cell for cell in cells if cell["value"] is not None}
    sure = [cell["value"] for cell in found.values() if cell["n"] >= minimum_n]
    low, high = (min(sure), max(sure)) if sure else (0.0, 1.0)
    first = WEEKDAYS.index(week_starts_on)
    days = (*WEEKDAYS[first:], *WEEKDAYS[:first])
    pieces: list[Html | None] = [element("title", name)]
    for hour in range(0, HOURS, 3):
        x = LEFT + hour * SIDE
        pieces.append(element("text", f"{hour:02d}", x=x, y=TOP - 4))
    for row, day in enumerate(days):
        y, of_week = TOP + row * HIGH, WEEKDAYS.index(day)
        pieces.append(
            element("text", short_weekday(of_week), x=LEFT - 6, y=y + 12, text_anchor="end")
        )
        for hour in range(HOURS):
            cell = found.get(f"{day} {hour:02d}")
            if cell is None:
                continue
            few = cell["n"] < minimum_n
            part = (cell["value"] - low) / (high - low) if high > low else 1.0
            strength = PALEST + (1 - PALEST) * min(max(part, 0.0), 1.0)
            value = number(cell["value"], unit)
            told = f"{weekday(of_week)} {hour:02d}:00: {value}, n {count(cell['n'])}"
            pieces.append(
                element(
                    "rect",
                    element("title", told),
                    x=LEFT + hour * SIDE,
                    y=y,
                    width=SIDE - 1.4,
                    height=HIGH - 1.4,
                    fill_opacity=None if few else f"{strength:.2f}",
                    class_="few" if few else "hour",
                )
            )
    picture = element(
        "svg",
        pieces,
        class_="heat",
        viewBox=f"0 0 {WIDTH:g} {HEIGHT:g}",
        role="img",
        aria_label=name,
    )
    told = _("palest: {low}; darkest: {high}; hollow: fewer than {n} rows").format(
        low=number(low, unit), high=number(high, unit), n=minimum_n
    )
    return element("figure", element("figcaption", told), picture)
