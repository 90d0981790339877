"""The top of a report: of what and when it tells, how fresh it is, and what changed."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from hearwell.language import gettext, gettext_noop
from hearwell.language.convention import listed
from hearwell.language.date import moment
from hearwell.metrics.metric import Question
from hearwell.report import day
from hearwell.report.content import Content, verdict_of
from hearwell.report.markup import Html, Pieces, element, enumerated, filled
from hearwell.report.name import named, place, spaced, title
from hearwell.report.number import count
from hearwell.report.verdict import SIGNS, WORDS

AGAINST = {
    "previous": gettext_noop("the period before"),
    "year": gettext_noop("the same period a year ago"),
}
NO_ROWS = {
    "previous": gettext_noop("the period before, of which there are no rows"),
    "year": gettext_noop("the same period a year ago, of which there are no rows"),
}


def heading(content: Content, name: str) -> Html:
    facts = [
        element("div", element("dt", term), element("dd", told)) for term, told in told_of(content)
    ]
    return element("header", element("h1", name), element("dl", facts, class_="facts"))


def told_of(content: Content) -> Iterator[tuple[str, Html | str | list[Html]]]:
    """Give what a reader must know before the first number, as terms and what is told of them."""
    card = content.card
    question = card.question
    yield gettext("Period"), period(content)
    yield gettext("Zone"), card.zone
    if question.compare:
        against = AGAINST if content.is_compared else NO_ROWS
        yield gettext("Compared with"), gettext(against[question.compare])
    if question.where:
        yield (
            gettext("Only rows with"),
            [
                element("div", f"{spaced(dimension)}: ", filtered(content, dimension, value))
                for dimension, value in question.where
            ],
        )
    if question.clock == "business":
        yield gettext("Clock"), gettext("business time, where a duration can be told by it")
    made_up = [each.metric for each in question.asked if each.metric.name in card.simulated]
    if made_up:
        names = listed(spaced(metric.name) for metric in dict.fromkeys(made_up))
        yield gettext("Simulated, not measured"), names
    yield gettext("State of the lake"), listed(state(content))
    fresh = content.card.newest
    if fresh:
        yield gettext("Newest"), list(freshness(fresh))
        yield gettext("Received"), span(*received(fresh))


def filtered(content: Content, dimension: str, value: str) -> Html:
    record = content.card.question.asked[0].metric.record
    return named(record, dimension, value or None)


def state(content: Content) -> Iterator[str]:
    yield gettext("snapshot {number}").format(number=content.card.snapshot)
    if content.taken_at:
        yield gettext("taken {moment}").format(moment=moment(content.taken_at))
    if content.as_of:
        yield gettext("asked for as of {moment}").format(moment=content.as_of)


def freshness(fresh: Mapping[str, Mapping[str, str | None]]) -> Iterator[Html]:
    """Give the newest row of each table."""
    for record, bounds in fresh.items():
        yield element("div", f"{spaced(record)}: {day.told(bounds['newest'] or '')}")


def received(fresh: Mapping[str, Mapping[str, str | None]]) -> list[str]:
    """Return when the last row of a table came in: the first and the last of these times."""
    times = sorted(
        datetime.fromisoformat(each["received"]) for each in fresh.values() if each["received"]
    )
    return list(dict.fromkeys(moment(each) for each in (times[0], times[-1])))


def period(content: Content) -> str:
    question = content.card.question
    if not question.begins and not question.ends:
        return gettext("all there is")
    begins = day.asked(question.begins) if question.begins else gettext("the beginning")
    ends = day.asked(question.ends) if question.ends else gettext("now")
    return span(begins, ends)


def span(begins: str, ends: str | None = None) -> str:
    """Tell two ends of a time, which may be one."""
    return gettext("{begins} to {ends}").format(begins=begins, ends=ends) if ends else begins


def changes(content: Content) -> Html | None:
    """Say first what got better and worse, which is what most readers came for."""
    if not content.is_compared:
        return None
    told = [
        element("li", signed(word), ": ", links(content, word))
        for word in ("better", "worse", "changed")
        if word != "changed" or any(verdict_of(each) == word for each in content.counted)
    ]
    silent = sum(verdict_of(each) == "no evidence" for each in content.counted)
    without = sum(verdict_of(each) is None for each in content.counted)
    none = gettext("{no_evidence} of a change: {count}")
    rest = [element("li", filled(none, no_evidence=signed("no evidence"), count=count(silent)))]
    if without:
        told_of_none = gettext("nothing to compare with: {count}").format(count=count(without))
        rest.append(element("li", told_of_none))
    return element(
        "section",
        element("h2", gettext("What changed"), id="changed"),
        element("ul", told, rest, class_="changes"),
        aria_labelledby="changed",
    )


def signed(word: str) -> Html:
    return element("b", f"{SIGNS[word]} {gettext(WORDS[word])}")


def links(content: Content, word: str) -> Pieces:
    asked = content.card.question.asked
    told: list[Pieces] = []
    for each in content.counted:
        if verdict_of(each) == word:
            link = element("a", title(each.asked, asked), href=f"#{place(each.asked)}")
            paid = word == "better" and content.worse_partners(each)
            warned = gettext("{metric} (but its guardrail got worse)")
            told.append(filled(warned, metric=link) if paid else link)
    return enumerated(told) or gettext("nothing")


def contents(content: Content) -> Html:
    """Link to the questions and to what comes after them."""
    entries = [
        element("li", element("a", gettext(q.value), href=f"#{anchor(q)}")) for q in Question
    ]
    if content.needs or content.unfit:
        entries.append(element("li", element("a", gettext("Without data"), href="#without-data")))
    if content.counted:
        entries.append(element("li", element("a", gettext("Definitions"), href="#definitions")))
    return element("nav", element("ul", entries), aria_label=gettext("In this report"))


def anchor(question: Question) -> str:
    return question.name.lower().replace("_", "-")
