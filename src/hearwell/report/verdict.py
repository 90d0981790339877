"""What a change shows, by a sign and a word: colour only repeats it."""

from collections.abc import Mapping
from typing import Any

from hearwell.report.markup import Html, element

SIGNS = {"better": "▲", "worse": "▼", "changed": "◆", "no evidence": "·"}
NOTHING = "nothing to compare"


def verdict(cell: Mapping[str, Any]) -> Html:
    compared = cell["compared"]
    if compared is None:
        return element("span", NOTHING, class_="muted")
    word = compared["verdict"]
    sign = element("span", SIGNS[word], aria_hidden="true")
    return element("span", sign, f" {word}", class_=f"verdict {word.replace(' ', '-')}")
