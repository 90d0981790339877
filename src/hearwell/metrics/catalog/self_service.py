"""Can they help themselves? Metrics of help articles and of searches for them."""

from hearwell.metrics.clock import Clock
from hearwell.metrics.estimator import (
    Distinct,
    DistinctRatio,
    Quantile,
    Ratio,
    Share,
    Total,
    WeightedMean,
    WeightedShare,
)
from hearwell.metrics.facts.article_reading import ArticleReading
from hearwell.metrics.facts.article_use import ArticleUse
from hearwell.metrics.facts.help_demand import HelpDemand
from hearwell.metrics.metric import Better, Question, Unit, Variant, Variants, metric
from hearwell.metrics.part import Expr
from hearwell.records.article_view import ArticleView
from hearwell.records.search import Search

READ_FROM_SECONDS = 10
"""Who leaves sooner has not read: nobody gets through an article in less."""

READ_FROM_PART = 0.1
"""Nor who leaves before this part of the time that the article takes to read."""


def stands_for(view: ArticleView) -> Expr:
    """Return how many views a row stands for; as a float, whose square no aggregate overflows."""
    return view.views.cast("float64")


def views_unknown(view: ArticleView) -> dict[str, Expr]:
    return {"number of views not known": view.views.isnull()}


def not_single(view: ArticleView) -> dict[str, Expr]:
    """Return the rows that cannot tell how long each of their readers stayed."""
    single = view.views == 1
    return views_unknown(view) | {
        "told as an aggregate, not as single views": ~single,
        "read time not measured": single & view.read_seconds.isnull(),
    }


@metric(
    unit=Unit.COUNT,
    better=Better.IN_RANGE,
    question=Question.HELP_THEMSELVES,
    dated_by="opened_at",
    credits="the article",
    guardrail="help_requests_per_read",
    source="web statistics: page views, an aggregate counted for as many as it stands for",
)
def article_reads(view: ArticleView) -> Variants:
    """How often help articles were opened."""
    return {
        "all": Variant(
            estimator=Total(stands_for(view), left_out=views_unknown(view)),
            meaning="openings of articles, also several by the same reader",
        )
    }


@metric(
    unit=Unit.COUNT,
    better=Better.IN_RANGE,
    question=Question.HELP_THEMSELVES,
    dated_by="opened_at",
    credits="the help centre",
    guardrail="help_requests_per_read",
    source="web statistics: unique visitors of the period; those of two weeks do not add up",
)
def readers(view: ArticleView) -> Variants:
    """How many different people opened help articles."""
    person = view.visitor_id.coalesce(view.customer_id)
    single = (view.views == 1).fill_null(False)
    return {
        "all": Variant(
            estimator=Distinct(
                person,
                among=single,
                left_out={
                    "told as an aggregate, not as single views": ~single,
                    "reader not known": single & person.isnull(),
                },
            ),
            meaning="different visitors, each counted once in every period",
        )
    }


@metric(
    unit=Unit.SECONDS,
    better=Better.IN_RANGE,
    question=Question.HELP_THEMSELVES,
    dated_by="opened_at",
    credits="the article",
    guardrail="help_requests_per_read",
    source="web statistics: time on page, of the views of which it was measured",
    clustered_by="visitor_id",
)
def article_read_time(view: ArticleReading, clock: Clock) -> Variants:
    """How long readers stayed on a help article. Both a glance and an hour can mean trouble."""
    read = clock.undated(view.read_seconds)
    known = view.views.notnull()
    unmeasured = {"read time not measured": known & view.read_seconds.isnull()}
    unexpected = {
        "not known how long it takes to read": known
        & view.read_seconds.notnull()
        & view.expected_seconds.isnull()
    }
    return {
        "mean": Variant(
            estimator=WeightedMean(
                read, stands_for(view), left_out=views_unknown(view) | unmeasured
            ),
            meaning="average, an aggregate counted for as many views as it stands for",
        ),
        "p50": Variant(
            estimator=Quantile(read, 0.5, among=view.views == 1, left_out=not_single(view)),
            meaning="half of the readers stayed no longer; of single views only",
        ),
        "of_expected": Variant(
            estimator=WeightedMean(
                read / view.expected_seconds,
                stands_for(view),
                left_out=views_unknown(view) | unmeasured | unexpected,
            ),
            meaning="average part of the time that it takes to read the words of the article",
            unit=Unit.SHARE,
        ),
    }


@metric(
    unit=Unit.SHARE,
    better=Better.LOWER,
    question=Question.HELP_THEMSELVES,
    dated_by="opened_at",
    credits="the article",
    guardrail="helpful_share",
    source="web statistics (visits under 10 s); reading rates of Brysbaert 2019 and IReST 2012",
    clustered_by="visitor_id",
)
def abandoned_reads(view: ArticleReading) -> Variants:
    """Part of the readers who left a help article before they can have read it."""
    at_once = view.read_seconds < READ_FROM_SECONDS
    least = view.expected_seconds * READ_FROM_PART
    too_soon = at_once | (view.read_seconds < least)
    single, of_single = view.views == 1, not_single(view)
    length_known = view.expected_seconds.notnull()
    return {
        "too_soon": Variant(
            estimator=Share(
                length_known.ifelse(too_soon, at_once), among=single, left_out=of_single
            ),
            meaning="left before 10 s or a tenth of the time it takes to read, whichever is "
            "later; where that time is not known, before 10 s; of single views only",
        ),
        "too_soon_of_known_length": Variant(
            estimator=Share(
                too_soon,
                among=single & length_known,
                left_out=of_single
                | {
                    "not known how long it takes to read": single
                    & view.read_seconds.notnull()
                    & ~length_known
                },
            ),
            meaning="the same, only where it is known how long the article takes to read",
        ),
        "under_10_seconds": Variant(
            estimator=Share(at_once, among=single, left_out=of_single),
            meaning="left before 10 s had passed; of single views only",
        ),
    }


@metric(
    unit=Unit.SHARE,
    better=Better.LOWER,
    question=Question.HELP_THEMSELVES,
    dated_by="at",
    credits="the article",
    guardrail="helpful_share",
    source="reads that end in a chat, call or ticket, and calls to a number that only the article "
    "shows (call tracking), over reads",
    clustered_by="person_id",
)
def help_requests_per_read(use: ArticleUse) -> Variants:
    """How often readers of a help article asked us for help, for each time it was read."""
    is_view, is_call = use.kind == "view", use.kind == "call"
    told = use.is_other_side_known
    unasked = use.views.notnull() & use.asked_for_help.isnull()
    unknown = {"number of views not known": is_view & use.views.isnull()}
    not_asked = "not known whether help was asked for"
    unseen = {"calls of a time of which no readings are told": is_call & ~told}
    return {
        "all": Variant(
            estimator=Ratio(
                use.requests,
                use.views,
                among=is_view | told,
                left_out=unknown
                | unseen
                | {not_asked: (is_view & unasked) | (is_call & told & use.requests.isnull())},
            ),
            meaning="asked on the page, or called the article's own number, over all readings; "
            "who asked on the page to call counts once",
        ),
        "asked_on_page": Variant(
            estimator=WeightedShare(
                use.asked_for_help != "none",
                use.views,
                among=is_view,
                left_out=unknown | {not_asked: is_view & unasked},
            ),
            meaning="asked on the page by chat, call or ticket, of all readings",
        ),
        "calls_to_its_number": Variant(
            estimator=Ratio(
                use.calls,
                use.views,
                among=use.has_number & told,
                left_out={reason: rows & use.has_number & told for reason, rows in unknown.items()}
                | unseen
                | {
                    "the article has no number of its own": is_view & ~use.has_number,
                    "readings of a time of which no calls are told": is_view
                    & use.has_number
                    & ~told,
                },
            ),
            meaning="calls to the numbers that only one article shows, over its readings",
        ),
    }


@metric(
    unit=Unit.SHARE,
    better=Better.HIGHER,
    question=Question.HELP_THEMSELVES,
    dated_by="opened_at",
    credits="the article",
    guardrail="help_requests_per_read",
    source="the question below an article: was this helpful? Who does not answer has no vote",
    clustered_by="visitor_id",
)
def helpful_share(view: ArticleView) -> Variants:
    """Part of the readers who voted that a help article was helpful."""
    voted = view.found_helpful.notnull()
    return {
        "all": Variant(
            estimator=WeightedShare(
                view.found_helpful,
                stands_for(view),
                among=voted,
                left_out={"number of views not known": voted & view.views.isnull()},
            ),
            meaning="votes that it was, of all votes",
        )
    }


@metric(
    unit=Unit.SHARE,
    better=Better.LOWER,
    question=Question.HELP_THEMSELVES,
    dated_by="at",
    credits="the help centre",
    guardrail="helpful_share",
    source="site search statistics: searches with zero results",
)
def searches_without_result(search: Search) -> Variants:
    """Part of the searches in the help centre that found nothing."""
    return {
        "all": Variant(
            estimator=Share(
                search.results == 0,
                left_out={"number of results not known": search.results.isnull()},
            ),
            meaning="found nothing, of all searches",
        )
    }


@metric(
    unit=Unit.EACH,
    better=Better.HIGHER,
    question=Question.HELP_THEMSELVES,
    dated_by="at",
    credits="the help centre",
    guardrail="repeat_contact_rate",
    source="Zendesk (self-service score): readers of the help centre over requests for help, here "
    "on every channel",
    labels=("self-service score",),
)
def self_service_ratio(demand: HelpDemand) -> Variants:
    """How many people read help articles for each time that somebody asked us.

    A rising ratio can also mean that people read, did not find it, and gave up.
    """
    unknown = ~demand.is_contact & demand.reader.isnull()
    return {
        "readers": Variant(
            estimator=DistinctRatio(
                demand.reader,
                demand.is_contact,
                left_out={"reader not known": unknown},
            ),
            meaning="different readers over contacts, answered or not",
        ),
        "readings": Variant(
            estimator=Ratio(
                demand.is_contact.ifelse(0.0, 1.0),
                demand.is_contact.ifelse(1.0, 0.0),
                among=~unknown,
                left_out={"reader not known": unknown},
            ),
            meaning="readings over contacts, answered or not",
        ),
    }
