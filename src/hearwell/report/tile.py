"""The pictures of one number: how it went over time, and how its groups differ."""

from collections.abc import Iterator

from hearwell.engine.answer import Answer
from hearwell.engine.benchmarks import Published
from hearwell.language import gettext
from hearwell.language.convention import noted
from hearwell.metrics.metric import Better, Unit
from hearwell.records.record import Record
from hearwell.report import day
from hearwell.report.breakdown import FEWEST, MOST, Breakdown, Group
from hearwell.report.card import fewer_than, hidden, value
from hearwell.report.chart import line, span
from hearwell.report.content import Content, verdict_of
from hearwell.report.grain import WORDS, by_grain
from hearwell.report.markup import Html, element, filled, joined
from hearwell.report.name import definition, named, place, spaced, title
from hearwell.report.number import count, interval, marks, number, share_of
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
            [element("strong", gettext("Simulated, not measured.")), " "]
            if content.is_simulated(answer)
            else None,
            filled(
                gettext("{value}, {meaning}, in business time.")
                if answer.clock == "business"
                else gettext("{value}, {meaning}."),
                value=element("b", number(cell["value"], answer.unit)),
                meaning=gettext(answer.meaning),
            ),
            " ",
            element(
                "a",
                gettext("How it is counted"),
                href=f"#{definition(asked.metric)}",
                class_="how",
            ),
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
    told: list[Html] = []
    for each in beside:
        (cell,) = each.cells(content.card.zone, content.card.question.level)
        name = title(each.asked, content.card.question.asked)
        link = element("a", name, href=f"#{place(each.asked)}")
        stands = [" ", verdict(cell)] if cell["compared"] else ""
        told.append(joined([link, f" {number(cell['value'], each.unit)}", stands]))
    paid = verdict_of(answer) == "better" and worse
    warned = gettext("It got better while its guardrail got worse.")
    return element(
        "p",
        [element("strong", warned), " "] if paid else None,
        filled(gettext("Guardrail: {metrics}."), metrics=Html(noted(told))),
        class_="note",
    )


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
            "" if each.n is None else f", n = {count(each.n)}",
            f" ({rules(each)})",
            f". {each.source_text}" if each.source_text else "",
            [". ", element("a", gettext("Where it is published"), href=each.url)]
            if each.url
            else "",
        ]
        entries.append(element("li", told))
    return element(
        "div",
        element(
            "p",
            gettext("Figures of others, without a verdict: what they count may be something else."),
        ),
        element("ul", entries),
        class_="note",
    )


def rules(each: Published) -> str:
    """Tell whether a figure of others may be held against ours."""
    return {
        "same_rules": gettext("counted by the same rules"),
        "similar_rules": gettext("counted by similar rules"),
        "other_rules": gettext("counted by other rules"),
    }.get(each.comparability or "", gettext("not known by which rules"))


def over_time(content: Content, answer: Answer, name: str) -> Html:
    """Draw the trend, with its numbers behind it."""
    trend = content.trends[answer.asked]
    if len(trend.known) < 2:
        return element("p", gettext(WORDS[trend.grain].only_one), class_="note")
    level = share_of(content.card.question.level)
    minimum_n = content.settings.minimum_n
    caption = gettext(WORDS[trend.grain].caption).format(level=level)
    return element(
        "figure",
        element("figcaption", noted((caption, *remarks(trend, minimum_n)))),
        line(trend, f"trend-{place(answer.asked)}", by_grain(trend.grain, name), minimum_n),
        element(
            "details",
            element("summary", gettext("Numbers"), hidden(f": {name}")),
            table_of(trend, level, name),
        ),
    )


def remarks(trend: Trend, minimum_n: int) -> Iterator[str]:
    """Say how to read what a picture has beside its line."""
    few = any(point.n < minimum_n for point in trend.known)
    part = any(point.is_part for point in trend.known)
    rows, cell = fewer_than(minimum_n), gettext(WORDS[trend.grain].part)
    if few and part:
        yield gettext("hollow: {few_rows}, or {part}").format(few_rows=rows, part=cell)
    elif few or part:
        yield gettext("hollow: {what}").format(what=rows if few else cell)
    if len(trend.known) < len(trend.points):
        yield gettext("gap: no value")


def table_of(trend: Trend, level: str, name: str) -> Html:
    heads = [
        gettext(WORDS[trend.grain].name),
        gettext("Value"),
        gettext("{level} interval").format(level=level),
        "n",
    ]
    return element(
        "table",
        element("caption", by_grain(trend.grain, name), class_="hidden"),
        element("thead", element("tr", [element("th", head, scope="col") for head in heads])),
        element("tbody", [point_row(trend, point) for point in trend.points]),
        class_="numbers",
    )


def point_row(trend: Trend, point: Point) -> Html:
    told = day.cell(point.begins, trend.grain)
    if point.is_part:
        told = gettext("{period} (in part)").format(period=told)
    return element(
        "tr",
        element("th", told, scope="row"),
        element("td", number(point.value, trend.unit)),
        element("td", interval(point.low, point.high, trend.unit)),
        element("td", count(point.n)),
    )


def by_group(content: Content, answer: Answer, name: str) -> Html:
    """Show the groups on one scale, best first; those too small to rank come after, greyed."""
    found = content.breakdowns.get(answer.asked)
    if found is None:
        told = gettext(
            "No dimension of these rows has between {fewest} and {most} groups to break them "
            "down by."
        )
        return element("p", told.format(fewest=count(FEWEST), most=count(MOST)), class_="note")
    overall = answer.cells(content.card.zone, content.card.question.level)[0]["value"]
    is_sum = found.unit is Unit.COUNT  # groups are parts of it, so that it is no middle of theirs
    drawn = found.ranked or found.groups
    ends = [group.cell[end] for group in drawn for end in ("value", "low", "high")]
    values = scale([*ends, 0.0 if is_sum else overall], found.unit)
    dashed = None if is_sum else overall
    groups = [*found.groups, *([found.unknown] if found.unknown else [])]
    record = answer.asked.metric.record
    rows = [group_row(record, group, found, values, dashed) for group in groups]
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
                element("th", gettext("Value, {level} interval").format(level=level), scope="col"),
            ),
        ),
        element("tbody", rows),
        class_="groups",
    )


def caption(found: Breakdown, minimum_n: int, dashed: float | None) -> str:
    by = (
        gettext("By {dimension}, largest first")
        if found.better is Better.IN_RANGE
        else gettext("By {dimension}, best first")
    )
    told = [by.format(dimension=spaced(found.dimension))]
    if any(group.n < minimum_n for group in found.small):
        greyed = gettext("greyed and not ranked: {few_rows}")
        told.append(greyed.format(few_rows=fewer_than(minimum_n)))
    if dashed is not None:
        told.append(gettext("dashed: all together"))
    return noted(told)


def axis(values: Scale, unit: Unit) -> Html:
    """Say between which values the pictures below lie."""
    first, *_, last = marks(values.lines, unit)
    told = gettext("{begins} to {ends}").format(begins=first, ends=last)
    ends = [element("span", each) for each in (first, last)]
    return joined([hidden(told), element("span", ends, class_="ends", aria_hidden="true")])


def group_row(
    record: type[Record], group: Group, found: Breakdown, values: Scale, overall: float | None
) -> Html:
    name = named(record, found.dimension, group.name)
    kind = "unknown" if group is found.unknown else "few" if group in found.small else None
    cell, unit = group.cell, found.unit
    picture = span(values, {key: cell[key] for key in ("value", "low", "high")}, overall, unit)
    return element(
        "tr",
        element("th", name, element("span", f"n {count(group.n)}", class_="note"), scope="row"),
        element("td", picture, class_="span"),
        element(
            "td",
            value(cell["value"], number(cell["value"], unit)),
            element("span", interval(cell["low"], cell["high"], unit), class_="note"),
        ),
        class_=kind,
    )
