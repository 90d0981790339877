"""The top of a report: of what and when it tells, how fresh it is, and what changed."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from hearwell.metrics.metric import Question
from hearwell.report import day
from hearwell.report.content import Content, verdict_of
from hearwell.report.markup import Html, element, own
from hearwell.report.name import place, spaced, title
from hearwell.report.verdict import SIGNS

AGAINST = {"previous": "the period before", "year": "the same period a year ago"}


def heading(content: Content, name: str) -> Html:
    facts = [
        element("div", element("dt", term), element("dd", told)) for term, told in told_of(content)
    ]
    return element("header", element("h1", name), element("dl", facts, class_="facts"))


def told_of(content: Content) -> Iterator[tuple[str, Html | str | list[Html]]]:
    """Give what a reader must know before the first number, as terms and what is told of them."""
    card = content.card
    question = card.question
    yield "Period", period(content)
    yield "Zone", card.zone
    if question.compare:
        against = AGAINST[question.compare]
        none = f"{against}, of which there are no rows"
        yield "Compared with", against if content.is_compared else none
    if question.where:
        yield (
            "Only rows with",
            [
                element("div", f"{spaced(dimension)}: ", own(value or None))
                for dimension, value in question.where
            ],
        )
    if question.clock == "business":
        yield "Clock", "business time, where a duration can be told by it"
    made_up = [each.metric for each in question.asked if each.metric.name in card.simulated]
    if made_up:
        names = ", ".join(spaced(metric.name) for metric in dict.fromkeys(made_up))
        yield "Simulated, not measured", names
    taken = f", taken {day.moment(content.taken_at)}" if content.taken_at else ""
    asked = f", asked for as of {content.as_of}" if content.as_of else ""
    yield "State of the lake", f"snapshot {card.snapshot}{taken}{asked}"
    fresh = content.card.newest
    if fresh:
        yield "Newest", list(freshness(fresh))
        yield "Received", " to ".join(received(fresh))


def freshness(fresh: Mapping[str, Mapping[str, str | None]]) -> Iterator[Html]:
    """Give the newest row of each table."""
    for record, bounds in fresh.items():
        yield element("div", f"{spaced(record)}: {day.told(bounds['newest'] or '')}")


def received(fresh: Mapping[str, Mapping[str, str | None]]) -> list[str]:
    """Return when the last row of a table came in: the first and the last of these times."""
    times = sorted(
        datetime.fromisoformat(each["received"]) for each in fresh.values() if each["received"]
    )
    return list(dict.fromkeys(day.moment(each) for each in (times[0], times[-1])))


def period(content: Content) -> str:
    question = content.card.question
    if not question.begins and not question.ends:
        return "all there is"
    begins = day.asked(question.begins) if question.begins else "the beginning"
    ends = day.asked(question.ends) if question.ends else "now"
    return f"{begins} to {ends}"


def changes(content: Content) -> Html | None:
    """Say first what got better and worse, which is what most readers came for."""
    if not content.is_compared:
        return None
    told = [
        element("li", element("b", f"{SIGNS[word]} {word}"), ": ", links(content, word))
        for word in ("better", "worse", "changed")
        if word != "changed" or any(verdict_of(each) == word for each in content.counted)
    ]
    silent = sum(verdict_of(each) == "no evidence" for each in content.counted)
    without = sum(verdict_of(each) is None for each in content.counted)
    rest = [
        element(
            "li", element("b", f"{SIGNS['no evidence']} no evidence"), f" of a change: {silent}"
        )
    ]
    if without:
        rest.append(element("li", f"nothing to compare with: {without}"))
    return element(
        "section",
        element("h2", "What changed", id="changed"),
        element("ul", told, rest, class_="changes"),
        aria_labelledby="changed",
    )


def links(content: Content, word: str) -> Html | str | list[Html | str]:
    asked = content.card.question.asked
    found = [each for each in content.counted if verdict_of(each) == word]
    told: list[Html | str] = []
    for each in found:
        href = f"#{place(each.asked)}"
        told += [", " if told else "", element("a", title(each.asked, asked), href=href)]
        if word == "better" and content.worse_partners(each):
            told.append(" (but its guardrail got worse)")
    return told or "nothing"


def contents(content: Content) -> Html:
    """Link to the questions and to what comes after them."""
    entries = [element("li", element("a", q.value, href=f"#{anchor(q)}")) for q in Question]
    if content.needs or content.unfit:
        entries.append(element("li", element("a", "Without data", href="#without-data")))
    if content.counted:
        entries.append(element("li", element("a", "Definitions", href="#definitions")))
    return element("nav", element("ul", entries), aria_label="In this report")


def anchor(question: Question) -> str:
    return question.name.lower().replace("_", "-")
