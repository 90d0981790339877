"""What a change shows, by a sign and a word: colour only repeats it."""

from collections.abc import Mapping
from typing import Any

from hearwell.language import gettext, gettext_noop
from hearwell.report.markup import Html, element

SIGNS = {"better": "▲", "worse": "▼", "changed": "◆", "no evidence": "·"}
WORDS = {
    "better": gettext_noop("better"),
    "worse": gettext_noop("worse"),
    "changed": gettext_noop("changed"),
    "no evidence": gettext_noop("no evidence"),
}


def verdict(cell: Mapping[str, Any]) -> Html:
    compared = cell["compared"]
    if compared is None:
        return element("span", gettext("nothing to compare"), class_="muted")
    word = compared["verdict"]
    sign = element("span", SIGNS[word], aria_hidden="true")
    return element(
        "span", sign, f" {gettext(WORDS[word])}", class_=f"verdict {word.replace(' ', '-')}"
    )
