"""Do readers ask us less? They are held against people who are like them and did not read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import numpy as np

from hearwell.engine.derived import readable
from hearwell.insights.self_service.rows import FEWEST_PEOPLE, Scope, fetched
from hearwell.lake.lake import Lake
from hearwell.metrics.facts.contact import Contact
from hearwell.metrics.facts.journey_point import visitors
from hearwell.metrics.part import Expr
from hearwell.records.article_view import ArticleView
from hearwell.records.cart import Cart
from hearwell.records.identity_split import IdentitySplit
from hearwell.records.search import Search
from hearwell.stats.matched import mantel_haenszel

ASKED_WITHIN_DAYS = 7


@dataclass(frozen=True)
class Held:
    """Readers held against others of the same strata.

    Attributes:
        readers, others: how many there are in strata that have both.
        share: of the readers, to whom it happened.
        other_share: of the others, as if each stratum had as many of them as of readers.
        ratio, low, high: of the odds; None where they cannot be told.

    """

    readers: int
    others: int
    share: float
    other_share: float
    ratio: float | None
    low: float | None
    high: float | None
    p: float


def asked_after_search(lake: Lake, scope: Scope) -> Held | None:
    """Hold those who searched and opened an article against those who searched and opened none.

    It happened to those who reached us, or tried to, within seven days. Alike are those who
    searched for the same words in the same language and month; of several such searches of one
    person the first counts. Left out are searches without a result, which leave no choice, and
    those of sources that never tell what was opened. None where there are not enough, or where a
    visitor may not be taken for a customer.
    """
    if "visitor" not in lake.settings.identity.join_by:
        return None
    with lake.reading(), readable(lake, Contact):
        for record in (Search, ArticleView, Cart, IdentitySplit):
            lake.use(record)
        search, contact = Search.unbound(), Contact.unbound()
        who = visitors(ArticleView.unbound(), Cart.unbound())
        split = IdentitySplit.unbound()
        who = who.anti_join(
            split.filter(split.joined_by == "visitor"),
            [who.visitor_id == split.joined_key, who.customer_id == split.customer_id],
        )
        tells = search.group_by("source").aggregate(tells=search.opened_article_id.notnull().any())
        known = contact.aggregate(until=contact.began_at.max())
        rows = scope.of(search, "at").inner_join(who, "visitor_id")
        rows = rows.inner_join(tells.filter(tells.tells), "source").cross_join(known)
        window = ibis.interval(days=ASKED_WITHIN_DAYS)
        rows = rows.filter(
            (rows.results != 0).fill_null(True),
            rows.words.notnull(),
            rows.at + window <= rows.until,
        )
        rows = rows.mutate(
            stratum=written(rows.words)
            + "|" + rows.language.fill_null("") + "|" + rows.at.strftime("%Y-%m"),
            reads=rows.opened_article_id.notnull(),
        )  # fmt: skip
        of_one = rows.group_by("customer_id", "stratum")
        each = of_one.aggregate(at=rows.at.min(), reads=rows.reads.argmin(rows.at))
        came = contact.select(asked_by="customer_id", asked_at="began_at")
        both = each.left_join(
            came,
            [
                each.customer_id == came.asked_by,
                came.asked_at >= each.at,
                came.asked_at < each.at + window,
            ],
        )
        one = both.group_by("customer_id", "stratum", "reads").aggregate(
            happened=both.asked_by.notnull().any()
        )
        return held(counted(lake, one), scope.level)


def came_back_after_reading(lake: Lake, scope: Scope) -> Held | None:
    """Hold contacts of customers who had read an article against contacts of those who had not.

    It happened to those who came back about the same topic within seven days. Alike are contacts
    of the same topic, channel, language and month.
    """
    with lake.reading(), readable(lake, Contact):
        rows = scope.of(Contact.unbound(), "began_at")
        rows = rows.filter(
            rows.topic.notnull(),
            rows.came_back.notnull(),
            rows.article_read_before.notnull(),
            rows.window_ends_at <= rows.known_until,
        )
        rows = rows.select(
            stratum=rows.topic
            + "|" + rows.channel.fill_null("")
            + "|" + rows.language.fill_null("") + "|" + rows.began_at.strftime("%Y-%m"),
            reads=rows.article_read_before,
            happened=rows.came_back,
        )  # fmt: skip
        return held(counted(lake, rows), scope.level)


def written(words: Expr) -> Expr:
    """Return words as all write them: without capitals and needless spaces."""
    return words.lower().strip().re_replace(r"\s+", " ")


def counted(lake: Lake, rows: Expr) -> Sequence[tuple[Any, ...]]:
    """Return, of each stratum with both, those to whom it happened, and all: readers, others."""
    none = ~rows.reads
    found = rows.group_by("stratum").aggregate(
        hits=(rows.reads & rows.happened).sum(),
        n=rows.reads.sum(),
        other_hits=(none & rows.happened).sum(),
        other_n=none.sum(),
    )
    return fetched(lake, found.filter(found.n > 0, found.other_n > 0).drop("stratum"))


def held(rows: Sequence[tuple[Any, ...]], level: float) -> Held | None:
    if not rows:
        return None
    hits, n, other_hits, other_n = np.array(rows, dtype=np.float64).T
    if min(n.sum(), other_n.sum()) < FEWEST_PEOPLE:
        return None
    found = mantel_haenszel(hits[None], n, other_hits[None], other_n, level)
    ratio, low, high = (
        float(each[0]) if np.isfinite(each[0]) else None
        for each in (found.ratio, found.interval.low, found.interval.high)
    )
    return Held(
        int(n.sum()),
        int(other_n.sum()),
        float(hits.sum() / n.sum()),
        float((n * other_hits / other_n).sum() / n.sum()),
        ratio,
        low,
        high,
        float(found.p[0]) if np.isfinite(found.p[0]) else 1.0,
    )
