"""Pictures of an answer: lines over time, groups on one scale, hours of the week."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hearwell.engine.answer import Answer, Answers
from hearwell.engine.period import cell_after
from hearwell.lake.lake import Lake
from hearwell.language.convention import listed, noted
from hearwell.metrics.metric import Better, Unit
from hearwell.report.breakdown import Breakdown, Group
from hearwell.report.chart import line, room, seen
from hearwell.report.markup import Html, element, own
from hearwell.report.name import place, spaced, title
from hearwell.report.number import share_of
from hearwell.report.scale import scale
from hearwell.report.tile import axis, caption, group_row, remarks
from hearwell.report.trend import Point, Trend, nothing, trend
from hearwell.web.explore.heat import HOUR, heat

MOST_LINES = 12
MOST_GROUPS = 40
"""More pictures or rows than these nobody compares by eye; the table has them all."""


def pictures(lake: Lake, answers: Answers, overall: Answers | None, prefix: str) -> list[Html]:
    """Draw each number of an answer.

    Args:
        overall: the same without groups, to hold them against.
        prefix: of names in the page, so that no two pictures have the same.

    """
    question = answers.question
    counted = [each for each in answers.answers if each.counts_rows]
    if question.grain == HOUR:
        return [drawn for each in counted for drawn in heats(lake, answers, each)]
    if question.grain != "none":
        return lines(lake, answers, counted, prefix)
    if question.by and overall is not None:
        return [groups(lake, answers, each, middle(overall, each)) for each in counted]
    return []


def middle(overall: Answers, answer: Answer) -> float | None:
    """Return the value of all groups together; of a sum they are parts, so that it has none."""
    if answer.unit is Unit.COUNT:
        return None
    (found,) = (each for each in overall.answers if each.asked == answer.asked)
    cells = found.cells(overall.zone, overall.question.level)
    value: float | None = cells[0]["value"] if cells else None
    return value


def name_of(group: dict[str, str | None]) -> str | None:
    """Return the name of a group; None where nothing is known of it."""
    values = [value for dimension, value in group.items() if dimension != HOUR]
    if all(value is None for value in values):
        return None
    return " · ".join(_("not known") if value is None else value for value in values)


def by_group(answer: Answer) -> dict[str | None, list[int]]:
    """Return the places of the cells of each group, of the group with most rows first."""
    found: dict[str | None, list[int]] = {}
    for i, group in enumerate(answer.groups):
        found.setdefault(name_of(group), []).append(i)
    rows = {name: answer.estimate.n[places].sum() for name, places in found.items()}
    return {name: found[name] for name in sorted(found, key=lambda name: -rows[name])}


def only(answer: Answer, places: list[int]) -> Answer:
    """Return some cells of an answer."""
    return replace(
        answer,
        groups=[answer.groups[i] for i in places],
        periods=[answer.periods[i] for i in places],
        estimate=answer.estimate.at(places),
        left_out={reason: rows[places] for reason, rows in answer.left_out.items()},
        hidden=answer.hidden[places],
        shrunken=answer.shrunken[places],
        rank=answer.rank[places],
        compared=None,
    )


@dataclass(frozen=True)
class Drawn:
    """A line to be drawn: whose it is, of which number."""

    answer: Answer
    group: str | None
    trend: Trend


def lines(lake: Lake, answers: Answers, counted: Sequence[Answer], prefix: str) -> list[Html]:
    """Draw each number and group over the same time, one above another."""
    found, beyond = [], 0
    for answer in counted:
        together = by_group(answer)
        beyond = max(beyond, len(together) - MOST_LINES)
        for group, places in list(together.items())[:MOST_LINES]:
            course = trend(only(answer, places), answers, answers.question.grain, lake)
            if course.known:
                found.append(Drawn(answer, group, course))
    begins = [each.trend.points[0].begins for each in found]
    ends = [each.trend.points[-1].begins for each in found]
    found = [replace(each, trend=filled(each.trend, min(begins), max(ends))) for each in found]
    minimum_n = lake.settings.minimum_n
    scales = {
        answer.asked: scale(
            [
                value
                for each in found
                if each.answer is answer
                for value in seen(each.trend, minimum_n)
            ],
            answer.unit,
        )
        for answer in counted
        if any(each.answer is answer for each in found)
    }
    left = max((room(scales[each.answer.asked], each.answer.unit) for each in found), default=0.0)
    level = share_of(answers.question.level)
    drawn = []
    for number, each in enumerate(found):
        told = title(each.answer.asked, answers.question.asked)
        about = [told, "; ", own(each.group)] if answers.question.by else [told]
        words = noted(
            [_("with its {level} interval").format(level=level), *remarks(each.trend, minimum_n)]
        )
        drawn.append(
            element(
                "figure",
                element("figcaption", element("b", *about), " ", words),
                line(
                    each.trend,
                    f"{prefix}-{place(each.answer.asked)}-{number}",
                    listed((told, each.group or _("not known"))) if answers.question.by else told,
                    minimum_n,
                    values=scales[each.answer.asked],
                    left=left,
                )
                if len(each.trend.known) > 1
                else element(
                    "p", _("All within one cell of time: there is no line."), class_="note"
                ),
            )
        )
    return [*drawn, *more(beyond)]


def filled(course: Trend, first: Any, last: Any) -> Trend:
    """Return the same over a longer time, with nothing where there was nothing."""
    points: dict[Any, Point] = {point.begins: point for point in course.points}
    at, found = datetime.combine(first, time()), []
    while at.date() <= last:
        found.append(points.get(at.date()) or nothing(at))
        at = cell_after(at, course.grain)
    return replace(course, points=tuple(found))


def heats(lake: Lake, answers: Answers, answer: Answer) -> list[Html]:
    together = by_group(answer)
    told = title(answer.asked, answers.question.asked)
    drawn = []
    for group, places in list(together.items())[:MOST_LINES]:
        cells = only(answer, places).cells(answers.zone, answers.question.level)
        about = listed((told, group or _("not known"))) if answers.question.by else told
        settings = lake.settings
        picture = heat(cells, answer.unit, about, settings.minimum_n, settings.week_starts_on)
        drawn.append(element("div", element("h3", about), picture))
    return [*drawn, *more(len(together) - MOST_LINES)]


def groups(lake: Lake, answers: Answers, answer: Answer, overall: float | None) -> Html:
    """Show groups on one scale, those believed to be best first; small ones greyed at the end."""
    found = ranked(answer, answers, lake.settings.minimum_n)
    drawn = found.ranked or found.groups
    ends = [group.cell[end] for group in drawn for end in ("value", "low", "high")]
    values = scale([*ends, 0.0 if found.unit is Unit.COUNT else overall], found.unit)
    shown = [*found.groups[:MOST_GROUPS], *([found.unknown] if found.unknown else [])]
    record = answer.asked.metric.record
    rows = [group_row(record, group, found, values, overall) for group in shown]
    told = title(answer.asked, answers.question.asked)
    level = share_of(answers.question.level)
    heads = [
        element("th", spaced(found.dimension), ", n", scope="col"),
        element("th", axis(values, found.unit), scope="col", class_="span"),
        element("th", _("Value, {level} interval").format(level=level), scope="col"),
    ]
    words = caption(found, lake.settings.minimum_n, overall)
    return element(
        "div",
        element(
            "table",
            element("caption", element("b", told), " ", words),
            element("thead", element("tr", heads)),
            element("tbody", rows),
            class_="groups",
        ),
        *more(len(found.groups) - MOST_GROUPS),
    )


def ranked(answer: Answer, answers: Answers, minimum_n: int) -> Breakdown:
    """Order groups by what the engine believes of them: a handful of rows proves no champion."""
    cells = [cell for cell in answer.cells(answers.zone, answers.question.level) if cell["n"]]
    found = [Group(name_of(cell["group"]), cell) for cell in cells]
    named = sorted((group for group in found if group.name is not None), key=lambda g: g.name or "")
    large = [g for g in named if g.n >= minimum_n and g.cell["value"] is not None]
    sign = 1 if answer.better is Better.LOWER else -1
    by = answers.question.by

    def order(group: Group) -> tuple[bool, float]:
        believed = group.cell["shrunken"]
        rank = group.cell["rank"]
        if rank is not None:
            return False, rank
        return answer.unit is not Unit.COUNT and answer.better is not Better.IN_RANGE, sign * (
            group.cell["value"] if believed is None else believed
        )

    return Breakdown(
        by[0] if len(by) == 1 else listed(map(spaced, by)),
        answer.unit,
        answer.better,
        tuple(sorted(large, key=order)),
        tuple(group for group in named if group not in large),
        next((group for group in found if group.name is None), None),
    )


def more(count: int) -> list[Html]:
    """Say how many groups were not drawn."""
    if count <= 0:
        return []
    told = ngettext(
        "{count} more group is in the table.", "{count} more groups are in the table.", count
    )
    return [element("p", told.format(count=count), class_="note")]
