"""The scorecard of one question: a row for each metric that has data."""

from collections.abc import Mapping
from typing import Any

from hearwell.engine.answer import Answer
from hearwell.language import gettext, gettext_noop, ngettext
from hearwell.language.convention import noted
from hearwell.metrics.metric import Better
from hearwell.report.content import Content
from hearwell.report.markup import Html, element
from hearwell.report.name import place, title
from hearwell.report.number import (
    NOTHING,
    count,
    difference,
    differences,
    interval,
    number,
    share_of,
)
from hearwell.report.verdict import verdict

BETTER = {
    Better.HIGHER: gettext_noop("higher is better"),
    Better.LOWER: gettext_noop("lower is better"),
    Better.IN_RANGE: gettext_noop("neither high nor low is better"),
}

SHARED_BY = 3
"""What was left out of so many numbers alike is told once, below them."""


def card(content: Content, answers: list[Answer], name: str) -> list[Html]:
    """Write the table of one question, and below it what was left out of all its numbers.

    Roles are spelled out because on a telephone the rows are laid out as blocks, and browsers
    would no longer call that a table.
    """
    level = share_of(content.card.question.level)
    compared = content.is_compared
    changes = [gettext("Change, {level} interval").format(level=level), ""] if compared else []
    heads = [
        gettext("Metric"),
        gettext("Value, {level} interval").format(level=level),
        "n",
        *changes,
    ]
    marks = [None, "figure", "figure", *(["figure", None] if compared else [])]
    cells = [
        element(
            "th", head or hidden(gettext("Verdict")), scope="col", role="columnheader", class_=each
        )
        for head, each in zip(heads, marks, strict=True)
    ]
    shared = left_out_of_all(answers)
    table = element(
        "table",
        element(
            "caption",
            gettext("{question}, all metrics with data").format(question=name),
            class_="hidden",
        ),
        element("thead", element("tr", cells, role="row"), role="rowgroup"),
        element("tbody", [row(content, each, shared) for each in answers], role="rowgroup"),
        class_="card",
        role="table",
    )
    of_each = gettext("Of each of these left out: {reasons}.")
    note = element("p", of_each.format(reasons=reasons(shared)), class_="note") if shared else None
    return [table, *([note] if note else [])]


def left_out_of_all(answers: list[Answer]) -> dict[str, int]:
    """Return the reasons for which as many rows were left out of every number."""
    if len(answers) < SHARED_BY:
        return {}
    each = [left_out(answer) for answer in answers]
    return {
        reason: rows for reason, rows in each[0].items() if all(e.get(reason) == rows for e in each)
    }


def left_out(answer: Answer) -> dict[str, int]:
    return {reason: int(rows[0]) for reason, rows in answer.left_out.items() if rows[0]}


def told_out(left: Mapping[str, int]) -> list[str]:
    return [gettext("left out: {reasons}").format(reasons=reasons(left))] if left else []


def reasons(left: Mapping[str, int]) -> str:
    return noted(f"{count(rows)} {gettext(reason)}" for reason, rows in left.items())


def hidden(text: str) -> Html:
    """Write what only those who hear the page need."""
    return element("span", text, class_="hidden")


def row(content: Content, answer: Answer, shared: Mapping[str, int]) -> Html:
    question = content.card.question
    (cell,) = answer.cells(content.card.zone, question.level)
    few = cell["n"] < content.settings.minimum_n
    name = element("a", title(answer.asked, question.asked), href=f"#{place(answer.asked)}")
    told = [
        element("span", text, class_="note") for text in notes(content, answer, shared, few=few)
    ]
    cells = [
        element("th", name, told, scope="row", role="rowheader"),
        figure(
            [
                value(cell["value"], number(cell["value"], answer.unit)),
                element("span", interval(cell["low"], cell["high"], answer.unit), class_="note"),
            ],
            "value",
        ),
        figure(count(cell["n"]), "n"),
    ]
    if content.is_compared:
        cells += [change(cell, answer), element("td", verdict(cell), role="cell", class_="shows")]
    return element("tr", cells, role="row", class_="few" if few else None)


def figure(content: Html | str | list[Html | str], kind: str) -> Html:
    return element("td", content, role="cell", class_=f"figure {kind}")


def value(exact: float | None, told: str) -> Html:
    """Write a value so that it can be read as it was computed, too."""
    return element("data", told, value=NOTHING if exact is None else repr(exact))


def change(cell: Mapping[str, Any], answer: Answer) -> Html:
    compared, unit = cell["compared"], answer.unit
    if compared is None:
        return figure(NOTHING, "change none")
    low, high = compared["low"], compared["high"]
    ends = None
    if low is not None and high is not None:
        ends = differences(low, high, unit)
    told = value(compared["difference"], difference(compared["difference"], unit))
    return figure([told, element("span", ends, class_="note") if ends else ""], "change")


def notes(content: Content, answer: Answer, shared: Mapping[str, int], *, few: bool) -> list[str]:
    """Say beside a number if it was made up, what was left out of it, and if its rows are few."""
    own = {reason: rows for reason, rows in left_out(answer).items() if reason not in shared}
    made_up = [gettext("simulated, not measured")] if content.is_simulated(answer) else []
    few_rows = [fewer_than(content.settings.minimum_n)] if few else []
    return made_up + told_out(own) + few_rows


def fewer_than(rows: int) -> str:
    told = ngettext("fewer than {count} row", "fewer than {count} rows", rows)
    return told.format(count=count(rows))
