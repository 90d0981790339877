"""`hearwell why topics`: what customers write, and by which phrases two sides differ."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from hearwell.cli.options import DEFAULT_LAKE, AsOf, From, LakeDir, Level, To, Variant, Where
from hearwell.cli.why.asked import Against, Form, opened, put, show

if TYPE_CHECKING:
    from rich.console import Console

    from hearwell.insights.topics.explain import Topics

MOST_LINES = 12


def topics(  # noqa: PLR0913, PLR0917  one argument for each option
    name: Annotated[str, typer.Argument(metavar="METRIC", help="Of answers or of cases.")] = "CSAT",
    contrast: Annotated[
        str,
        typer.Option(
            "--contrast",
            help="Low scores against high (low-high), this period against the one before "
            "(before-after), satisfied who left against who stayed (left-stayed), or a group "
            "against the rest (product=camera).",
            metavar="C",
        ),
    ] = "low-high",
    suggest: Annotated[  # noqa: FBT002  a switch
        bool, typer.Option("--suggest", help="Also suggest topics and missing tags.")
    ] = False,
    begins: From = None,
    ends: To = None,
    where: Where = None,
    variant: Variant = None,
    compare: Against = "previous",
    level: Level = 0.95,
    format: Form = "table",  # noqa: A002
    lake: LakeDir = DEFAULT_LAKE,
    as_of: AsOf = None,
) -> None:
    """Say by which phrases low scores differ from high ones, and what topics do to a number."""
    options = dict(locals())
    from hearwell.engine.question import find  # noqa: PLC0415  start-up time
    from hearwell.insights.topics.explain import topics as explain  # noqa: PLC0415
    from hearwell.insights.topics.sides import read  # noqa: PLC0415

    kind, group = read(contrast)
    here = opened(format, lake, as_of)
    found = explain(here, put(find(name, variant)[:1], **options), kind, group, suggest=suggest)
    show(found, format, show_phrases)


def show_phrases(out: "Console", found: "Topics") -> None:
    """Print the sure phrases of both sides with examples, topics, and what is suggested."""
    from hearwell.cli.numbers import difference, number  # noqa: PLC0415
    from hearwell.cli.table import grid  # noqa: PLC0415

    for sign, label in ((1, "first side"), (-1, "second side")):
        side = [each for each in found.phrases if each.of.is_sure and each.of.z * sign > 0]
        table = grid(label, "said with it", "first", "second", "z", "example", right=(2, 3, 4))
        for phrase in side[:MOST_LINES]:
            each = phrase.of
            table.add_row(
                escape(each.phrase),
                escape(", ".join(each.also[:2])),
                f"{each.first:,} of {each.first_of:,}",
                f"{each.second:,} of {each.second_of:,}",
                f"{each.z:+.1f}",
                escape(phrase.examples[0] if phrase.examples else ""),
            )
        if side:
            out.print(table)
    if found.topics:
        unit = found.unit.value
        table = grid("topic", "texts", "value", "others", "least … most", "", right=(1, 2, 3, 4))
        for topic in found.topics:
            table.add_row(
                escape(topic.topic),
                f"{topic.n:,}",
                number(topic.value, unit),
                number(topic.rest, unit),
                f"{difference(topic.low, unit)} … {difference(topic.high, unit)}",
                "sure" if topic.is_sure else "",
            )
        out.print(table)
    for suggestion in found.suggestions or ():
        out.print(
            f"[dim]perhaps a topic ({suggestion.texts:,} texts):[/dim] "
            f"{escape(', '.join(suggestion.phrases))}"
        )
    if found.tags is not None:
        learnt = found.tags.learnt
        told = ", ".join(f"{name} {n:,}" for name, n in found.tags.suggested.items())
        out.print(
            f"[dim]of texts without a tag:[/dim] {escape(told)}, unsure {found.tags.unsure:,} "
            f"[dim](of texts not seen {learnt.right:.0%} are told rightly; it is sure of "
            f"{learnt.sure_share:.0%})[/dim]"
        )
    languages = ", ".join(f"{name} {n:,}" for name, n in found.languages.items())
    out.print(f"[dim]{found.texts:,} texts of {found.people:,} people ({languages})[/dim]")
