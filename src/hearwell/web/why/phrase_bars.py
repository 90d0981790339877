"""How often each of two sides writes a phrase: two bars on a scale that all phrases share."""

from hearwell.report.markup import Html, element
from hearwell.report.scale import Scale

HEIGHT, BAR = 22.0, 8.0


def phrase_bars(on: Scale, first: float, second: float) -> Html:
    """Draw the first side above the second; nobody needs to hear it: the numbers stand beside."""

    def bar(value: float, y: float, kind: str) -> Html:
        width = f"{100 * on.part(value):.1f}%"
        return element("rect", x="0", width=width, y=y, height=BAR, class_=kind)

    return element(
        "svg",
        bar(first, 2, "bar"),
        bar(second, 12, "bar second"),
        class_="span",
        height=HEIGHT,
        aria_hidden="true",
    )
