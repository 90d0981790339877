"""HTML as values: text is escaped when it gets into an element, unless it is HTML already."""

from collections.abc import Iterable
from html import escape
from string import Formatter

from hearwell.language import gettext
from hearwell.language.convention import comma

VOID = {"meta"}
SHAPES = {"circle", "line", "path", "rect"}
"""Elements of SVG that hold nothing here, and close themselves."""


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


Pieces = str | Iterable["Pieces"] | None
Attribute = str | float | bool | None


def element(name: str, /, *content: Pieces, **attributes: Attribute) -> Html:
    """Write an element. An attribute of None is left out; `class_` and `aria_label` are spelled so.

    Content of None is left out too, so that a part which may be missing needs no condition.
    """
    written = "".join(attribute(key, value) for key, value in attributes.items())
    inner = joined(content)
    if name in VOID:
        return Html(f"<{name}{written}>")
    if name in SHAPES and not inner:
        return Html(f"<{name}{written}/>")
    return Html(f"<{name}{written}>{inner}</{name}>")


def attribute(name: str, value: Attribute) -> str:
    if value is None or value is False:
        return ""
    spelled = name.rstrip("_").replace("_", "-")
    if value is True:
        return f" {spelled}"
    return f' {spelled}="{escape(plain(value))}"'


def plain(value: str | float) -> str:
    """Return coordinates with a tenth of a pixel, which nobody can see beyond."""
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)


def joined(content: Pieces) -> Html:
    """Return pieces of content as one, each escaped unless it is HTML."""
    if content is None:
        return Html("")
    if isinstance(content, Html):
        return content
    if isinstance(content, str):
        return Html(escape(content, quote=False))
    return Html("".join(joined(each) for each in content))


def filled(template: str, **pieces: Pieces) -> Html:
    """Put pieces where a template has their names in braces.

    Sentences stay whole so, and every language has its own order in them.
    """
    told: list[Pieces] = []
    for words, name, _, _ in Formatter().parse(template):
        told += [words, pieces[name] if name else None]
    return joined(told)


def enumerated(pieces: Iterable[Pieces]) -> list[Pieces]:
    """Return pieces with what stands between the parts of a list."""
    told = [part for piece in pieces for part in (comma(), piece)]
    return told[1:]


def own(text: str | None) -> Html:
    """Write text of the organisation's own, in any script, so that it does not turn what follows.

    Nothing is known of a value that is None.
    """
    if text is None:
        return element("i", gettext("not known"))
    return element("bdi", text) if text.strip() else element("i", gettext("empty"))
