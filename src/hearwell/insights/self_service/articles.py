"""Articles: which leave most readers to ask all the same, and how long they are read."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hearwell.engine.derived import readable
from hearwell.insights.self_service.rows import FEWEST_PEOPLE, FEWEST_ROWS, Scope, fetched
from hearwell.lake.lake import Lake
from hearwell.metrics.facts.article_reading import ArticleReading
from hearwell.metrics.facts.article_use import ArticleUse
from hearwell.records.article import Article as ArticleRecord
from hearwell.stats.interval import FloatArray, normal_quantile
from hearwell.stats.logistic import normal_p
from hearwell.stats.multiplicity import benjamini_hochberg
from hearwell.stats.shrinkage import shrunken_means, shrunken_rates


@dataclass(frozen=True)
class Article:
    """How an article serves.

    Attributes:
        reads: openings of which it is known whether help was asked for; requests: for help.
        rate, low, high: requests for each read, drawn to that of all articles.
        unmet: reads times that rate: how many ask although they have read.
        asks_more: more readers ask than those of all articles do.
        timed: reads of which it is known how long they took, and how long they should.
        of_expected: the part of that time which readers stayed, on average; None if not known.
        of_expected_shrunken: the same, drawn to that of all articles.
        is_unusual: readers stay longer or shorter than those of others, beyond chance.

    """

    article: str
    title: str | None
    reads: float
    requests: float
    rate: float
    low: float
    high: float
    unmet: float
    asks_more: bool
    timed: int = 0
    of_expected: float | None = None
    of_expected_low: float | None = None
    of_expected_high: float | None = None
    of_expected_shrunken: float | None = None
    is_unusual: bool = False

    @property
    def name(self) -> str:
        return f"{self.title} ({self.article})" if self.title else self.article


@dataclass(frozen=True)
class Articles:
    """Articles by unmet need, the most first, and what all of them together come to.

    Attributes:
        rate: requests for each read; None where nothing is known.
        of_expected: the part of the expected time; None where nothing is known.
        hidden: how many articles were read too seldom to be shown.

    """

    articles: tuple[Article, ...]
    rate: float | None
    of_expected: float | None
    hidden: int


def articles(lake: Lake, scope: Scope) -> Articles:
    with lake.reading(), readable(lake, ArticleUse):
        use = scope.of(ArticleUse.unbound(), "at")
        is_view = use.kind == "view"
        told = use.requests.notnull() & (is_view | use.is_other_side_known)
        told = told & use.article_id.notnull()
        rows = fetched(
            lake,
            use.filter(told)
            .group_by("article_id")
            .aggregate(reads=use.views.sum(), requests=use.requests.sum())
            .order_by("article_id"),
        )
        lake.use(ArticleRecord)
        titles = titles_of(lake)
    with lake.reading(), readable(lake, ArticleReading):
        times = timed(lake, scope)
    shown = [row for row in rows if float(row[1]) >= FEWEST_PEOPLE]
    if not shown:
        return Articles((), None, None, len(rows))
    reads, requests = np.array([row[1:] for row in shown], dtype=np.float64).T
    rates = shrunken_rates(requests, reads, scope.level)
    unmet = reads * rates.value
    made = [
        Article(
            str(shown[i][0]),
            titles.get(str(shown[i][0])),
            float(reads[i]),
            float(requests[i]),
            float(rates.value[i]),
            float(rates.interval.low[i]),
            float(rates.interval.high[i]),
            float(unmet[i]),
            asks_more=bool(rates.interval.low[i] > rates.overall),
            **times.get(str(shown[i][0]), {}),
        )
        for i in np.argsort(-unmet, kind="stable")
    ]
    whole = [(each.timed, each.of_expected) for each in made if each.of_expected is not None]
    of_all = sum(n * part for n, part in whole) / sum(n for n, _ in whole) if whole else None
    return Articles(tuple(made), rates.overall, of_all, len(rows) - len(shown))


def titles_of(lake: Lake) -> dict[str, str]:
    """Return the titles that all sources agree on."""
    article = ArticleRecord.unbound()
    found = article.group_by("article_id").aggregate(
        low=article.title.min(), high=article.title.max()
    )
    return {str(name): str(low) for name, low, high in fetched(lake, found) if low and low == high}


def timed(lake: Lake, scope: Scope) -> dict[str, dict[str, Any]]:
    """Return of each article which part of the expected time its readers stayed, single views."""
    view = scope.of(ArticleReading.unbound(), "opened_at")
    view = view.filter(
        view.views == 1,
        view.article_id.notnull(),
        view.read_seconds.notnull(),
        view.expected_seconds > 0,
    )
    part = view.read_seconds / view.expected_seconds
    rows = fetched(
        lake,
        view.group_by("article_id")
        .aggregate(n=view.count(), mean=part.mean(), spread=part.std(how="sample"))
        .order_by("article_id"),
    )
    rows = [row for row in rows if int(row[1]) >= FEWEST_PEOPLE]
    if not rows:
        return {}
    n, mean, spread = np.array([row[1:] for row in rows], dtype=np.float64).T
    error = spread / np.sqrt(n)
    reach = normal_quantile(scope.level) * error
    shrunken = shrunken_means(mean, error)
    sure = unusual(n, mean, error, scope.level)
    return {
        str(row[0]): {
            "timed": int(n[i]),
            "of_expected": float(mean[i]),
            "of_expected_low": max(float(mean[i] - reach[i]), 0.0),
            "of_expected_high": float(mean[i] + reach[i]),
            "of_expected_shrunken": float(shrunken[i]),
            "is_unusual": bool(sure[i]),
        }
        for i, row in enumerate(rows)
    }


@np.errstate(divide="ignore", invalid="ignore")
def unusual(n: FloatArray, mean: FloatArray, error: FloatArray, level: float) -> NDArray[np.bool_]:
    """Say of which articles the mean differs from that of the others, beyond chance among all."""
    total, weight = (n * mean).sum(), n.sum()
    rest = (total - n * mean) / (weight - n)
    squares = (n**2 * error**2).sum()
    rest_error = np.sqrt(squares - n**2 * error**2) / (weight - n)
    p = np.array(normal_p(mean - rest, np.hypot(error, rest_error)))
    return benjamini_hochberg(np.where(n >= FEWEST_ROWS, p, np.nan), 1 - level)
