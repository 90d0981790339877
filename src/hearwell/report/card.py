"""The scorecard of one question: a row for each metric that has data."""

from collections.abc import Mapping
from typing import Any

from hearwell.engine.answer import Answer
from hearwell.metrics.metric import Better
from hearwell.report.content import Content
from hearwell.report.markup import Html, element
from hearwell.report.name import place, title
from hearwell.report.number import NOTHING, difference, interval, number, share_of
from hearwell.report.verdict import verdict

BETTER = {
    Better.HIGHER: "higher is better",
    Better.LOWER: "lower is better",
    Better.IN_RANGE: "neither high nor low is better",
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
    changes = [f"Change, {level} interval", ""] if compared else []
    heads = ["Metric", f"Value, {level} interval", "n", *changes]
    marks = [None, "figure", "figure", *(["figure", None] if compared else [])]
    cells = [
        element("th", head or hidden("Verdict"), scope="col", role="columnheader", class_=each)
        for head, each in zip(heads, marks, strict=True)
    ]
    shared = left_out_of_all(answers)
    table = element(
        "table",
        element("caption", f"{name}, all metrics with data", class_="hidden"),
        element("thead", element("tr", cells, role="row"), role="rowgroup"),
        element("tbody", [row(content, each, shared) for each in answers], role="rowgroup"),
        class_="card",
        role="table",
    )
    return [
        table,
        *(
            element("p", f"Of each of these l{text[1:]}.", class_="note")
            for text in told_out(shared)
        ),
    ]


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


def told_out(reasons: Mapping[str, int]) -> list[str]:
    told = "; ".join(f"{rows:,} {reason}" for reason, rows in reasons.items())
    return [f"left out: {told}"] if told else []


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
        figure(f"{cell['n']:,}", "n"),
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
        ends = f"{difference(low, unit)} … {difference(high, unit)}"
    told = value(compared["difference"], difference(compared["difference"], unit))
    return figure([told, element("span", ends, class_="note") if ends else ""], "change")


def notes(content: Content, answer: Answer, shared: Mapping[str, int], *, few: bool) -> list[str]:
    """Say beside a number if it was made up, what was left out of it, and if its rows are few."""
    reasons = {reason: rows for reason, rows in left_out(answer).items() if reason not in shared}
    made_up = ["simulated, not measured"] if content.is_simulated(answer) else []
    few_rows = [f"fewer than {content.settings.minimum_n} rows"] if few else []
    return made_up + told_out(reasons) + few_rows
