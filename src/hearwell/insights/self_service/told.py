"""What there is to say about self-service."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from hearwell.engine.errors import NotByTeam
from hearwell.engine.period import instant, period
from hearwell.engine.question import Question
from hearwell.evidence.errors import NotExplained
from hearwell.evidence.finding import Finding
from hearwell.evidence.sentence import Value, count, gettext_noop, number, sentence, share, word
from hearwell.insights.self_service.articles import Articles, articles
from hearwell.insights.self_service.course import Course, course
from hearwell.insights.self_service.readers import (
    Held,
    asked_after_search,
    came_back_after_reading,
)
from hearwell.insights.self_service.rows import Scope
from hearwell.insights.self_service.to_write import Topic, Words, searches, topics
from hearwell.lake.lake import Lake
from hearwell.metrics.metric import Unit

MOST_OF_EACH = 3
WHAT = "Self-service"
EARLIEST, LATEST = "1970-01-02", "2200-12-30"
LANGUAGE = "language"

UNMET = gettext_noop(
    "{article} leaves most to be asked: reads {reads}, requests for help {requests}; drawn to the "
    "other articles {rate} for each read ({low} to {high}), of all articles {all}."
)
READ_LESS = gettext_noop(
    "{article} is read for {part} of the time that its words take ({low} to {high}), less than "
    "other articles: {all} of all."
)
READ_MORE = gettext_noop(
    "{article} is read for {part} of the time that its words take ({low} to {high}), more than "
    "other articles: {all} of all."
)
ASKED_LESS = gettext_noop(
    "Of those who searched and read an article {share} asked us within a week, of those who "
    "searched for the same in the same month and read none {other}: odds {ratio} ({low} to {high})."
)
BACK_LESS = gettext_noop(
    "Of contacts after reading an article {share} came back within a week, of contacts about the "
    "same topic in the same month without reading {other}: odds {ratio} ({low} to {high})."
)
MAY_DIFFER = gettext_noop(
    "Who reads may differ from who does not in more than that. Readers: {readers}; others: "
    "{others}."
)
TOGETHER = gettext_noop(
    "Reads and calls go together: most so where the calls come {days} days later (correlation "
    "{r}; by chance {low} to {high})."
)
CALLS_FIRST = gettext_noop(
    "Reads and calls go together: most so where the calls come {days} days earlier (correlation "
    "{r}; by chance {low} to {high})."
)
NOT_TOGETHER = gettext_noop(
    "Reads and calls do not go together beyond chance, weekdays put aside. Days: {days}."
)
NOWHERE = gettext_noop(
    "An article to write, or to be found: “{words}” was searched for by {people} people, and "
    "{share} of the searches led nowhere ({low} to {high})."
)
UNREAD = gettext_noop(
    "An article to write, or to be found: {share} of the contacts about {topic} came after reading "
    "one, of other contacts {rest} (contacts: {n})."
)
NOTHING = gettext_noop("Nothing stands out. Articles looked at: {articles}.")


@dataclass(frozen=True)
class SelfService:
    """How far customers can help themselves."""

    articles: Articles
    asked: Held | None
    came_back: Held | None
    course: Course | None
    searches: tuple[Words, ...]
    topics: tuple[Topic, ...]
    findings: tuple[Finding, ...]

    def as_json(self) -> dict[str, Any]:
        held = {"asked_after_search": self.asked, "came_back_after_reading": self.came_back}
        return {
            "articles": [asdict(each) for each in self.articles.articles],
            "articles_hidden": self.articles.hidden,
            "requests_per_read": self.articles.rate,
            "read_time_of_expected": self.articles.of_expected,
            **{name: None if each is None else asdict(each) for name, each in held.items()},
            "reads_and_calls": None if self.course is None else self.course.as_json(),
            "searches": [asdict(each) for each in self.searches],
            "topics": [asdict(each) for each in self.topics],
            "findings": [each.as_json() for each in self.findings],
        }


def self_service(lake: Lake, question: Question) -> SelfService:
    """Tell which articles fail, whether readers ask less, and what to write.

    Args:
        question: the period, and languages if only those are meant; it asks no metric.

    Raises:
        NotByTeam, NotExplained.

    """
    if question.teams is not None:
        raise NotByTeam(WHAT)
    others = sorted({name for name, _ in question.where} - {LANGUAGE})
    if others:
        problem = gettext_noop("Articles and searches have no {dimension}: take this filter away.")
        raise NotExplained(problem, dimension=others[0])
    zone = lake.settings.zone
    span = period(
        instant(question.begins or EARLIEST, zone),
        instant(question.ends or LATEST, zone, last=True),
    )
    scope = Scope(span, tuple(value for _, value in question.where), question.level)
    parts = (
        articles(lake, scope),
        asked_after_search(lake, scope),
        came_back_after_reading(lake, scope),
        course(lake, question),
        searches(lake, scope),
        topics(lake, scope),
    )
    found = tuple(findings(SelfService(*parts, ()), question.level))
    return SelfService(*parts, found)


def findings(found: SelfService, level: float) -> Iterator[Finding]:
    told = [
        *of_articles(found.articles, level),
        *of_held("self_service.asked", ASKED_LESS, found.asked),
        *of_held("self_service.came_back", BACK_LESS, found.came_back),
        *(of_words(each) for each in found.searches[:MOST_OF_EACH]),
        *(of_topic(each) for each in found.topics[:MOST_OF_EACH] if each.is_missing),
    ]
    yield from told
    if found.course is not None:
        yield of_course(found.course, level)
    if not told:
        says = sentence(NOTHING, articles=count(len(found.articles.articles)))
        yield Finding("self_service.none", says, sure=0.0, people=0, size=0.0)


def each_read(value: float) -> Value:
    return number(value, Unit.EACH)


def of_articles(found: Articles, level: float) -> Iterator[Finding]:
    for each in [one for one in found.articles if one.asks_more][:MOST_OF_EACH]:
        yield Finding(
            "self_service.unmet",
            sentence(
                UNMET,
                article=word(each.name),
                reads=count(each.reads),
                requests=count(each.requests),
                rate=each_read(each.rate),
                low=each_read(each.low),
                high=each_read(each.high),
                all=each_read(found.rate or 0.0),
            ),
            sure=level,
            people=round(each.reads),
            size=min(each.rate, 1.0),
            evidence=asdict(each),
        )
    odd = [one for one in found.articles if one.is_unusual]
    for each in sorted(odd, key=lambda one: -one.timed)[:MOST_OF_EACH]:
        part, of_all = each.of_expected or 0.0, found.of_expected or 0.0
        yield Finding(
            "self_service.read_time",
            sentence(
                READ_LESS if part < of_all else READ_MORE,
                article=word(each.name),
                part=share(part),
                low=share(each.of_expected_low or 0.0),
                high=share(each.of_expected_high or 0.0),
                all=share(of_all),
            ),
            sure=level,
            people=each.timed,
            size=min(abs(part - of_all), 1.0),
            evidence=asdict(each),
        )


def of_held(kind: str, template: str, held: Held | None) -> Iterator[Finding]:
    if held is None or held.ratio is None or held.low is None or held.high is None:
        return
    yield Finding(
        kind,
        sentence(
            template,
            share=share(held.share),
            other=share(held.other_share),
            ratio=each_read(held.ratio),
            low=each_read(held.low),
            high=each_read(held.high),
        ),
        sure=1 - held.p,
        people=held.readers,
        size=abs(held.share - held.other_share),
        evidence=asdict(held),
        notes=(sentence(MAY_DIFFER, readers=count(held.readers), others=count(held.others)),),
    )


def of_words(each: Words) -> Finding:
    return Finding(
        "self_service.searched",
        sentence(
            NOWHERE,
            words=word(each.words),
            people=count(each.people),
            share=share(each.share),
            low=share(each.low),
            high=share(each.high),
        ),
        sure=1.0,
        people=each.people,
        size=each.share,
        evidence=asdict(each),
    )


def of_topic(each: Topic) -> Finding:
    return Finding(
        "self_service.topic",
        sentence(
            UNREAD,
            share=share(each.share),
            topic=word(each.topic),
            rest=share(each.rest),
            n=count(each.contacts),
        ),
        sure=1 - each.p,
        people=each.contacts,
        size=each.rest - each.share,
        evidence=asdict(each),
    )


def of_course(found: Course, level: float) -> Finding:
    best, is_sure = found.strongest, found.p <= 1 - level
    says = sentence(NOT_TOGETHER, days=count(found.days))
    if is_sure:
        says = sentence(
            CALLS_FIRST if best.days < 0 else TOGETHER,
            days=count(abs(best.days)),
            r=each_read(best.correlation),
            low=each_read(best.low),
            high=each_read(best.high),
        )
    return Finding(
        "self_service.together" if is_sure else "self_service.not_together",
        says,
        sure=1 - found.p,
        people=0,
        size=abs(best.correlation),
        evidence=found.as_json(),
    )
