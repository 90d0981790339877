"""What is missing: searches that lead nowhere, and topics that nobody reads about first."""

from dataclasses import dataclass

import numpy as np

from hearwell.engine.derived import readable
from hearwell.insights.self_service.readers import written
from hearwell.insights.self_service.rows import FEWEST_PEOPLE, FEWEST_ROWS, Scope, fetched
from hearwell.lake.lake import Lake
from hearwell.metrics.facts.contact import Contact
from hearwell.records.search import Search
from hearwell.stats.interval import wilson
from hearwell.stats.matched import mantel_haenszel
from hearwell.stats.multiplicity import benjamini_hochberg

MOST = 50


@dataclass(frozen=True)
class Words:
    """Words that people search for.

    Attributes:
        without_result: searches that found nothing; without_click: found something, and nothing
            was opened.
        share, low, high: the part of the searches that led nowhere.

    """

    words: str
    people: int
    searches: int
    without_result: int
    without_click: int
    share: float
    low: float
    high: float


@dataclass(frozen=True)
class Topic:
    """What people ask us about, and how many of them had read an article before.

    Attributes:
        rest: the same of contacts about other topics, by the same channels.
        ratio, low, high: of the odds.
        is_missing: fewer had read than before contacts about other topics, beyond chance.

    """

    topic: str
    contacts: int
    share: float
    rest: float
    ratio: float | None
    low: float | None
    high: float | None
    p: float
    is_missing: bool


def searches(lake: Lake, scope: Scope) -> tuple[Words, ...]:
    """Return words by how many searches for them led nowhere; those of few people are not shown.

    What nobody opened counts only where the source tells what is opened.
    """
    with lake.reading():
        lake.use(Search)
        search = Search.unbound()
        tells = search.group_by("source").aggregate(tells=search.opened_article_id.notnull().any())
        rows = scope.of(search, "at").inner_join(tells, "source")
        rows = rows.mutate(asked=written(rows.words))
        none = rows.results == 0
        rows = rows.mutate(
            none=none.fill_null(False),
            unopened=rows.tells & rows.opened_article_id.isnull() & (rows.results > 0),
        )
        rows = rows.filter(rows.asked.notnull(), rows.asked != "")
        found = rows.group_by("asked").aggregate(
            people=rows.visitor_id.coalesce(rows.search_id).nunique(),
            searches=rows.count(),
            without_result=rows.none.sum(),
            without_click=rows.unopened.fill_null(False).sum(),
        )
        nowhere = found.without_result + found.without_click
        found = found.mutate(nowhere=nowhere).filter(found.people >= FEWEST_PEOPLE, nowhere > 0)
        told = fetched(lake, found.order_by(found.nowhere.desc(), found.asked).limit(MOST))
    if not told:
        return ()
    nowhere, n = np.array([(row[5], row[2]) for row in told], dtype=np.float64).T
    ends = wilson(nowhere, n, scope.level)
    return tuple(
        Words(
            words=row[0],
            people=row[1],
            searches=row[2],
            without_result=row[3],
            without_click=row[4],
            share=float(nowhere[i] / n[i]),
            low=float(ends.low[i]),
            high=float(ends.high[i]),
        )
        for i, row in enumerate(told)
    )


def topics(lake: Lake, scope: Scope) -> tuple[Topic, ...]:
    """Return topics by how much rarer customers had read before they asked about them."""
    with lake.reading(), readable(lake, Contact):
        rows = scope.of(Contact.unbound(), "began_at")
        rows = rows.filter(rows.topic.notnull(), rows.article_read_before.notnull())
        found = fetched(
            lake,
            rows.group_by("topic", "channel").aggregate(
                n=rows.count(), read=rows.article_read_before.sum()
            ),
        )
    names = sorted({str(row[0]) for row in found})
    channels = list(dict.fromkeys(row[1] for row in found))
    n, read = np.zeros((len(names), len(channels))), np.zeros((len(names), len(channels)))
    for topic, channel, count, hits in found:
        at = names.index(str(topic)), channels.index(channel)
        n[at], read[at] = count, hits
    if not read.sum():
        return ()
    made = []
    for i, name in enumerate(names):
        others, others_read = n.sum(axis=0) - n[i], read.sum(axis=0) - read[i]
        if n[i].sum() < FEWEST_ROWS or others.sum() < FEWEST_ROWS:
            continue
        held = mantel_haenszel(read[i][None], n[i], others_read[None], others, scope.level)
        ratio, low, high = (
            float(each[0]) if np.isfinite(each[0]) else None
            for each in (held.ratio, held.interval.low, held.interval.high)
        )
        both = (n[i] > 0) & (others > 0)
        alike = n[i][both] @ (others_read[both] / others[both]) / max(n[i][both].sum(), 1)
        share = float(read[i].sum() / n[i].sum())
        p = float(held.p[0]) if np.isfinite(held.p[0]) else 1.0
        made.append((name, int(n[i].sum()), share, float(alike), ratio, low, high, p))
    sure = benjamini_hochberg(np.array([row[-1] for row in made]), 1 - scope.level)
    told = [
        Topic(*row, is_missing=bool(is_sure) and row[2] < row[3])
        for row, is_sure in zip(made, sure, strict=True)
    ]
    return tuple(sorted(told, key=lambda each: (not each.is_missing, each.share, -each.contacts)))
