"""Readings of articles and calls to their numbers, in one table: what came of reading."""

from collections.abc import Mapping
from typing import Annotated, Any

import ibis

from hearwell.metrics.facts.steps import Steps, named
from hearwell.metrics.part import Expr
from hearwell.records.record import (
    Amount,
    Column,
    Dimension,
    Flag,
    Key,
    Person,
    Record,
    RequiredInstant,
    Text,
)

EDGE_DAYS = 1
"""Nothing may have been seen for so long at either end of what a source tells of."""


class ArticleUse(Record):
    """One row for each reading of an article, and for each call to an article's own number.

    Each row says how much it adds to either side of a rate, so that readings and calls are
    counted together without being joined: a call is no reading, and a reading no call.
    """

    table_name = "article_use"

    source: Key  # no dimension: readings and calls have sources of their own
    kind: Annotated[Any, Column("string", words=("view", "call"), required=True, is_key=True)]
    use_id: Key  # of the reading or the call
    at: RequiredInstant
    person_id: Person  # the visitor of a reading, the caller of a call
    article_id: Dimension
    language: Dimension  # of a call: that of the readings of its article, if they have but one
    asked_for_help: Text  # of a reading
    views: Amount  # readings that the row stands for; 0 for a call
    calls: Amount  # 1 for a call, 0 for a reading
    requests: Amount  # both kinds, none of them twice; null where it is not known
    has_number: Flag  # has the article a number of its own?
    is_other_side_known: Flag  # of a reading: are calls told of that time? of a call: readings?


def article_uses(view: Expr, article: Expr, call: Expr) -> Mapping[str, Expr]:
    """Return the tables to make; the last is `article_use`.

    A reader who asked on the page to call is counted there only while calls to the article's
    number are not known: else the same call would count twice.
    """
    steps = Steps()
    seen = steps.add("article_seen", articles_seen(steps, view))
    called = steps.add("article_called", calls_to_numbers(call))
    span = steps.add("article_calls_told", calls_told(call))
    numbered = steps.add("article_numbered", with_number(article, called))
    steps.add(
        ArticleUse.table_name,
        ibis.union(readings(view, numbered, span), calls(called, seen)),
    )
    return steps.made


def articles_seen(steps: Steps, view: Expr) -> Expr:
    """Return for each article when its readings are told, and what is the same in all of them."""
    span = steps.add(
        "article_view_span",
        view.group_by("source").aggregate(first=view.opened_at.min(), last=view.opened_at.max()),
    )
    known = view.asked_for_help.notnull()
    own = steps.add(
        "article_view_source",
        view.filter(view.article_id.notnull())
        .group_by("source", "article_id")
        .aggregate(
            views=view.views.cast("float64").sum().fill_null(0.0),
            of_known=view.views.cast("float64").sum(where=known).fill_null(0.0),
            low=view.language.min(),
            high=view.language.max(),
            nameless=view.language.isnull().any(),
            named=view.language.notnull().any(),
        ),
    )
    both = own.join(span, own.source == span.source)
    told = both.group_by("article_id").aggregate(
        first=both["first"].min(),
        last=both["last"].max(),
        of_known=both.of_known.sum(),
        views=both.views.sum(),
        low=both.low.min(),
        high=both.high.max(),
        nameless=both.nameless.any(),
        named=both.named.any(),
    )
    is_one = ~(told.nameless & told.named) & ((told.low == told.high) | ~told.named)
    return told.select(
        "article_id",
        "first",
        "last",
        part_known=(told.of_known > 0).ifelse(told.of_known / told.views, None),
        language=told.high,
        has_one_language=is_one,
    )


def calls_to_numbers(call: Expr) -> Expr:
    """Return the calls of customers to articles' own numbers, once each.

    How they ended does not matter: who was not answered has asked for help as well.
    """
    came_in = call.direction.fill_null("inbound") == "inbound"
    return call.filter(call.article_id.notnull() & came_in & (call.leg == 1)).select(
        "source", "received_at", "call_id", "caller", "article_id", "language", "entered_at"
    )


def calls_told(call: Expr) -> Expr:
    """Return from when to when calls are told by the sources that know articles' numbers."""
    each = call.group_by("source").aggregate(
        first=call.entered_at.min(),
        last=call.entered_at.max(),
        knows=call.article_id.notnull().any(),
    )
    known = each.filter(each.knows)
    return known.aggregate(first=known["first"].min(), last=known["last"].max())


def with_number(article: Expr, called: Expr) -> Expr:
    """Return the articles that have a number of their own, once each."""
    shown = article.filter(article.tracking_number.notnull()).select("article_id")
    return ibis.union(shown, called.select("article_id"), distinct=True)


def is_within(at: Expr, first: Expr, last: Expr) -> Expr:
    edge = ibis.interval(days=EDGE_DAYS)
    return ((at >= first - edge) & (at <= last + edge)).fill_null(False)


def readings(view: Expr, numbered: Expr, span: Expr) -> Expr:
    number = named("number", numbered)
    both = view.left_join(number, view.article_id == number.number_article_id)
    both = both.cross_join(named("calls", span))
    views = both.views.cast("float64")
    has_number = both.number_article_id.notnull()
    calls_known = is_within(both.opened_at, both.calls_first, both.calls_last)
    counts_as_call = has_number & calls_known & (both.asked_for_help == "call")
    asked = (both.asked_for_help != "none") & ~counts_as_call
    return both.select(
        "source",
        "received_at",
        kind=ibis.literal("view"),
        use_id=both.view_id,
        at=both.opened_at,
        person_id=both.visitor_id,
        article_id=both.article_id,
        language=both.language,
        asked_for_help=both.asked_for_help,
        views=views,
        calls=ibis.literal(0.0),
        requests=views * asked.cast("float64"),
        has_number=has_number,
        is_other_side_known=calls_known,
    )


def calls(called: Expr, seen: Expr) -> Expr:
    """Return the calls as rows.

    Where it is not known of all readings whether help was asked for, a call is a request for the
    part of them of which it is: for the others there is no reading on the other side of the rate.
    """
    known = named("seen", seen)
    both = called.left_join(known, called.article_id == known.seen_article_id)
    views_known = is_within(both.entered_at, both.seen_first, both.seen_last)
    is_one = both.seen_has_one_language.fill_null(False)
    return both.select(
        "source",
        "received_at",
        kind=ibis.literal("call"),
        use_id=both.call_id,
        at=both.entered_at,
        person_id=both.caller,
        article_id=both.article_id,
        language=is_one.ifelse(both.seen_language, both.language),
        asked_for_help=ibis.null("string"),
        views=ibis.literal(0.0),
        calls=ibis.literal(1.0),
        requests=both.seen_part_known,
        has_number=ibis.literal(True),
        is_other_side_known=views_known,
    )
