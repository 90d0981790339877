"""A picture of one customer's touches over time: high where it went well, and where it turned."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from hearwell.insights.journeys.person import Touch
from hearwell.report.markup import Html, element

WIDTH, HEIGHT = 360.0, 90.0
LEFT, TOP, RIGHT, BOTTOM = 6.0, 8.0, 6.0, 20.0
RADIUS = 2.5


def time_line(touches: Sequence[Touch], days: Sequence[str], turned: int | None) -> Html:
    """Draw a point for each touch; those of which nothing tells how they were lie hollow below.

    Args:
        days: when each was, as it is told.
        turned: the place of the touch with which the customer turned.

    """
    first, last = touches[0].at, touches[-1].at
    span = (last - first).total_seconds() or 1.0
    floor, width = HEIGHT - BOTTOM, WIDTH - LEFT - RIGHT
    pieces: list[Html] = [
        element("line", x1=LEFT, x2=WIDTH - RIGHT, y1=y, y2=y, class_="grid") for y in (TOP, floor)
    ]
    pieces.append(element("text", days[0], x=LEFT, y=HEIGHT - 4))
    if len(touches) > 1:
        pieces.append(element("text", days[-1], x=WIDTH - RIGHT, y=HEIGHT - 4, text_anchor="end"))

    def x(touch: Touch) -> float:
        return LEFT + width * (touch.at - first).total_seconds() / span

    if turned is not None:
        at = x(touches[turned])
        pieces.append(element("line", x1=at, x2=at, y1=0.0, y2=floor + 4, class_="turn"))
    for touch, day in zip(touches, days, strict=True):
        mood = touch.mood
        pieces.append(
            element(
                "circle",
                element("title", day),
                cx=x(touch),
                cy=floor if mood is None else TOP + (floor - TOP) * (1 - mood),
                r=RADIUS,
                class_="hollow" if mood is None else None,
            )
        )
    return element(
        "svg",
        pieces,
        class_="time-line",
        viewBox=f"0 0 {WIDTH:g} {HEIGHT:g}",
        role="img",
        aria_label=_("One customer's touches over time; they are listed below"),
    )
