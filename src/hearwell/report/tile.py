"""The pictures of one number: how it went over time, and how its groups differ."""

from collections.abc import Iterator

from hearwell.engine.answer import Answer
from hearwell.metrics.metric import Better, Unit
from hearwell.report import day
from hearwell.report.breakdown import Breakdown, Group
from hearwell.report.card import hidden, value
from hearwell.report.chart import line, span
from hearwell.report.content import Content, verdict_of
from hearwell.report.markup import Html, Pieces, element, own
from hearwell.report.name import definition, place, spaced, title
from hearwell.report.number import interval, marks, number, share_of
from hearwell.report.scale import Scale, scale
from hearwell.report.trend import Point, Trend
from hearwell.report.verdict import verdict


def tile(content: Content, answer: Answer) -> Html:
    asked, where = answer.asked, place(answer.asked)
    (cell,) = answer.cells(content.card.zone, content.card.question.level)
    name = title(asked, content.card.question.asked)
    return element(
        "article",
        element("h3", name, id=where),
        element(
            "p",
            element("strong", "Simulated, not measured. ")
            if content.is_simulated(answer)
            else None,
            element("b", number(cell["value"], answer.unit)),
            f", {answer.meaning}",
            ", in business time" if answer.clock == "business" else None,
            ". ",
            element("a", "How it is counted", href=f"#{definition(asked.metric)}", class_="how"),
        ),
        guardrail(content, answer),
        published(content, answer),
        over_time(content, answer, name),
        by_group(content, answer, name),
        aria_labelledby=where,
    )


def guardrail(content: Content, answer: Answer) -> Html | None:
    """Set beside a number the one that must not get worse when this one gets better."""
    partners, worse = content.partners(answer), content.worse_partners(answer)
    if not partners:
        return None
    beside = worse or partners[:1]
    told: list[Pieces] = []
    for each in beside:
        (cell,) = each.cells(content.card.zone, content.card.question.level)
        name = title(each.asked, content.card.question.asked)
        told += [
            "; " if told else "",
            element("a", name, href=f"#{place(each.asked)}"),
            f" {number(cell['value'], each.unit)}",
            [" ", verdict(cell)] if cell["compared"] else "",
        ]
    paid = verdict_of(answer) == "better" and worse
    warning = element("strong", "It got better while its guardrail got worse. ") if paid else None
    return element("p", warning, "Guardrail: ", told, ".", class_="note")


def published(content: Content, answer: Answer) -> Html | None:
    """Set beside a number what others published. Whether it is better nobody can tell."""
    found = [each for each in content.published if each.is_of(answer.asked)]
    if not found:
        return None
    entries = []
    for each in found:
        ends = interval(each.low, each.high, answer.unit)
        told = [
            element("b", number(each.value, answer.unit)),
            f" ({ends})" if each.low is not None or each.high is not None else "",
            f", {each.who}, {each.period}",
            f". {each.source_text}" if each.source_text else "",
            [". ", element("a", "Where it is published", href=each.url)] if each.url else "",
        ]
        entries.append(element("li", told))
    return element(
        "div",
        element("p", "Published by others, who count in their own way, so without a verdict:"),
        element("ul", entries),
        class_="note",
    )


def over_time(content: Content, answer: Answer, name: str) -> Html:
    """Draw the trend, with its numbers behind it."""
    trend = content.trends[answer.asked]
    if len(trend.known) < 2:
        return element("p", f"All within one {trend.grain}: no trend to draw.", class_="note")
    level = share_of(content.card.question.level)
    minimum_n = content.settings.minimum_n
    told = f"{name}, each {trend.grain}. With its {level} interval."
    caption = [f"Each {trend.grain}, with its {level} interval", *remarks(trend, minimum_n)]
    return element(
        "figure",
        element("figcaption", "; ".join(caption)),
        line(trend, f"trend-{place(answer.asked)}", told, minimum_n),
        element(
            "details",
            element("summary", "Numbers", hidden(f" of {name} over time")),
            table_of(trend, level, name),
        ),
    )


def remarks(trend: Trend, minimum_n: int) -> Iterator[str]:
    """Say how to read what a picture has beside its line."""
    few = any(point.n < minimum_n for point in trend.known)
    part = any(point.is_part for point in trend.known)
    if few and part:
        yield f"hollow: fewer than {minimum_n} rows, or a part of a {trend.grain}"
    elif few:
        yield f"hollow: fewer than {minimum_n} rows"
    elif part:
        yield f"hollow: a part of a {trend.grain}"
    if len(trend.known) < len(trend.points):
        yield "gap: no value"


def table_of(trend: Trend, level: str, name: str) -> Html:
    heads = [trend.grain.capitalize(), "Value", f"{level} interval", "n"]
    return element(
        "table",
        element("caption", f"{name}, each {trend.grain}", class_="hidden"),
        element("thead", element("tr", [element("th", head, scope="col") for head in heads])),
        element("tbody", [point_row(trend, point) for point in trend.points]),
        class_="numbers",
    )


def point_row(trend: Trend, point: Point) -> Html:
    part = " (in part)" if point.is_part else None
    return element(
        "tr",
        element("th", day.cell(point.begins, trend.grain), part, scope="row"),
        element("td", number(point.value, trend.unit)),
        element("td", interval(point.low, point.high, trend.unit)),
        element("td", f"{point.n:,}"),
    )


def by_group(content: Content, answer: Answer, name: str) -> Html:
    """Show the groups on one scale, best first; those too small to rank come after, greyed."""
    found = content.breakdowns.get(answer.asked)
    if found is None:
        told = "No dimension of these rows has between 2 and 12 groups to break them down by."
        return element("p", told, class_="note")
    overall = answer.cells(content.card.zone, content.card.question.level)[0]["value"]
    is_sum = found.unit is Unit.COUNT  # groups are parts of it, so that it is no middle of theirs
    drawn = found.ranked or found.groups
    ends = [group.cell[end] for group in drawn for end in ("value", "low", "high")]
    values = scale([*ends, 0.0 if is_sum else overall], found.unit)
    dashed = None if is_sum else overall
    rows = [group_row(group, found, values, dashed) for group in found.ranked]
    rows += [group_row(group, found, values, dashed, "few") for group in found.small]
    if found.unknown is not None:
        rows.append(group_row(found.unknown, found, values, dashed, "unknown"))
    level = share_of(content.card.question.level)
    return element(
        "table",
        element("caption", hidden(f"{name}: "), caption(found, content.settings.minimum_n, dashed)),
        element(
            "thead",
            element(
                "tr",
                element("th", spaced(found.dimension), ", n", scope="col"),
                element("th", axis(values, found.unit), scope="col", class_="span"),
                element("th", f"Value, {level} interval", scope="col"),
            ),
        ),
        element("tbody", rows),
        class_="groups",
    )


def caption(found: Breakdown, minimum_n: int, dashed: float | None) -> str:
    order = "largest first" if found.better is Better.IN_RANGE else "best first"
    told = [f"By {spaced(found.dimension)}, {order}"]
    if any(group.n < minimum_n for group in found.small):
        told.append(f"greyed and not ranked: fewer than {minimum_n} rows")
    if dashed is not None:
        told.append("dashed: all together")
    return "; ".join(told)


def axis(values: Scale, unit: Unit) -> Html:
    """Say between which values the pictures below lie."""
    first, *_, last = marks(values.lines, unit)
    return element(
        "span", element("span", first), hidden(" to "), element("span", last), class_="ends"
    )


def group_row(
    group: Group, found: Breakdown, values: Scale, overall: float | None, kind: str | None = None
) -> Html:
    cell, unit = group.cell, found.unit
    picture = span(values, {key: cell[key] for key in ("value", "low", "high")}, overall, unit)
    return element(
        "tr",
        element(
            "th", own(group.name), element("span", f"n {group.n:,}", class_="note"), scope="row"
        ),
        element("td", picture, class_="span"),
        element(
            "td",
            value(cell["value"], number(cell["value"], unit)),
            element("span", interval(cell["low"], cell["high"], unit), class_="note"),
        ),
        class_=kind,
    )
