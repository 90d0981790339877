"""Can they help themselves? Metrics of help articles and of searches for them."""

from hearwell.metrics.clock import Clock
from hearwell.metrics.estimator import Quantile, Share, Total, WeightedMean, WeightedShare
from hearwell.metrics.metric import Better, Question, Unit, Variant, Variants, metric
from hearwell.metrics.part import Expr
from hearwell.records.article_view import ArticleView
from hearwell.records.search import Search

READ_FROM_SECONDS = 10
"""Who leaves sooner has not read: nobody gets through an article in less."""


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
    unit=Unit.SECONDS,
    better=Better.IN_RANGE,
    question=Question.HELP_THEMSELVES,
    dated_by="opened_at",
    credits="the article",
    guardrail="help_requests_per_read",
    source="web statistics: time on page, of the views of which it was measured",
    clustered_by="visitor_id",
)
def article_read_time(view: ArticleView, clock: Clock) -> Variants:
    """How long readers stayed on a help article. Both a glance and an hour can mean trouble."""
    read = clock.undated(view.read_seconds)
    unmeasured = {"read time not measured": view.views.notnull() & view.read_seconds.isnull()}
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
    }


@metric(
    unit=Unit.SHARE,
    better=Better.LOWER,
    question=Question.HELP_THEMSELVES,
    dated_by="opened_at",
    credits="the article",
    guardrail="helpful_share",
    source="web statistics: visits under 10 s; the length of the article is not considered",
    clustered_by="visitor_id",
)
def abandoned_reads(view: ArticleView) -> Variants:
    """Part of the readers who left a help article before they can have read it."""
    return {
        "under_10_seconds": Variant(
            estimator=Share(
                view.read_seconds < READ_FROM_SECONDS,
                among=view.views == 1,
                left_out=not_single(view),
            ),
            meaning="left before 10 s had passed; of single views only",
        )
    }


@metric(
    unit=Unit.SHARE,
    better=Better.LOWER,
    question=Question.HELP_THEMSELVES,
    dated_by="opened_at",
    credits="the article",
    guardrail="helpful_share",
    source="reads that end in a chat, call or ticket; calls to an article's number come later",
    clustered_by="visitor_id",
)
def help_requests_per_read(view: ArticleView) -> Variants:
    """Part of the readings of a help article after which the reader asked us for help."""
    unasked = view.views.notnull() & view.asked_for_help.isnull()
    return {
        "all": Variant(
            estimator=WeightedShare(
                view.asked_for_help != "none",
                stands_for(view),
                left_out=views_unknown(view) | {"not known whether help was asked for": unasked},
            ),
            meaning="asked by chat, call or ticket, of all openings of an article",
        )
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
