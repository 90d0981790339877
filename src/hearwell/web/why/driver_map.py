"""A picture of drivers: how much each has to do with the score, against how well it goes now."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from hearwell.insights.drivers.driver import Driver
from hearwell.language.convention import listed
from hearwell.metrics.metric import Unit
from hearwell.report.markup import Html, element
from hearwell.report.number import marks, number
from hearwell.report.scale import scale

WIDTH, HEIGHT = 360.0, 220.0
LEFT, TOP, RIGHT, BOTTOM = 44.0, 20.0, 26.0, 34.0
RADIUS = 8.0


def driver_map(drivers: Sequence[tuple[str, Driver]]) -> Html | None:
    """Draw a numbered point for each; None where none of them is known to go well or badly.

    Args:
        drivers: with their names, in the order of the table beside, by which they are numbered.

    """
    known = [
        (place, name, each, each.performance)
        for place, (name, each) in enumerate(drivers, 1)
        if each.performance is not None
    ]
    if not known:
        return None
    # points are told apart better where the axes begin at the least of them
    effect = scale([each.share for _place, _name, each, _x in known], Unit.SHARE)
    going = scale([performance for _place, _name, _each, performance in known], Unit.SHARE)
    floor, width = HEIGHT - BOTTOM, WIDTH - LEFT - RIGHT
    pieces: list[Html] = [
        element("text", _("Effect"), x=0, y=10),
        element("text", _("Performance"), x=WIDTH - RIGHT, y=HEIGHT - 4, text_anchor="end"),
    ]
    for value, label in zip(effect.lines, marks(effect.lines, Unit.SHARE), strict=True):
        y = TOP + (floor - TOP) * (1 - effect.part(value))
        pieces.append(element("line", x1=LEFT, x2=WIDTH - RIGHT, y1=y, y2=y, class_="grid"))
        pieces.append(element("text", label, x=LEFT - 6, y=y + 4, text_anchor="end"))
    for value, label in zip(going.lines, marks(going.lines, Unit.SHARE), strict=True):
        x = LEFT + width * going.part(value)
        pieces.append(element("line", x1=x, x2=x, y1=floor, y2=floor + 4, class_="tick"))
        pieces.append(element("text", label, x=x, y=floor + 16, text_anchor="middle"))
    for place, name, each, performance in reversed(known):  # the strongest lie on top
        x = LEFT + width * going.part(performance)
        y = TOP + (floor - TOP) * (1 - effect.part(each.share))
        figures = number(each.share, Unit.SHARE), number(performance, Unit.SHARE)
        told = f"{name}: {listed(figures)}"
        dot = element("circle", element("title", told), cx=x, cy=y, r=RADIUS)
        label = element("text", str(place), x=x, y=y + 3.5, text_anchor="middle")
        pieces.append(element("g", dot, label, class_=None if each.believed else "unsure"))
    return element(
        "svg",
        pieces,
        class_="line map",
        viewBox=f"0 0 {WIDTH:g} {HEIGHT:g}",
        role="img",
        aria_label=_("Effect and performance; the numbers are in the table"),
    )
