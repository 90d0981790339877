"""Do callers reach us? Metrics of attempts to call that belong together."""

from hearwell.metrics.catalog.window import has_passed
from hearwell.metrics.estimator import Mean, Quantile, Share
from hearwell.metrics.facts.call_episode import CallEpisode
from hearwell.metrics.metric import Better, Question, Unit, Variant, Variants, metric
from hearwell.metrics.part import Expr

THEN = {
    "reached_later": ("they called again and were answered", Better.HIGHER),
    "called_back": ("we called back and they answered", Better.HIGHER),
    "solved_otherwise": ("a case of theirs was answered or solved in writing", Better.HIGHER),
    "still_open": ("nothing of this", Better.LOWER),
}
"""What became of those who hung up: variant → meaning."""


def is_over(episode: CallEpisode) -> Expr:
    """Would another call be another episode, by what the source has told?"""
    return has_passed(episode.window_ends_at, episode)


def left_out(episode: CallEpisode, among: Expr, *, so_far: bool = False) -> dict[str, Expr]:
    """Return the calls that belong to no episode, and the episodes that are not over.

    Args:
        episode: the facts.
        among: the episodes that would count.
        so_far: those that are not over count as well.

    """
    is_somebody = episode.caller.notnull() | episode.customer_id.notnull()
    no_episode = episode.attempts.isnull()
    reasons = {
        "caller not known": no_episode & ~is_somebody,
        "end of the call not known": no_episode & is_somebody,
    }
    if so_far:
        return reasons
    return reasons | {"may still call again": among.fill_null(False) & ~is_over(episode)}


@metric(
    unit=Unit.SHARE,
    better=Better.LOWER,
    question=Question.WAIT,
    dated_by="began_at",
    credits="the queue of the first call",
    guardrail="average_handle_time",
    source="episodes without an answered call; calls of one caller with at most 24 hours between "
    "one and the next are one episode",
    clustered_by="caller",
)
def callers_never_reached(episode: CallEpisode) -> Variants:
    """Part of the callers whom nobody answered, however often they called.

    It counts people where the abandonment rate counts calls: who hangs up and is answered at the
    second attempt was reached.
    """
    never = ~episode.is_reached
    known = episode.attempts.notnull()
    return {
        "after_24_hours": Variant(
            estimator=Share(
                never, among=is_over(episode) & known, left_out=left_out(episode, known)
            ),
            meaning="not answered in any call, each within 24 hours of the one before",
        ),
        "so_far": Variant(
            estimator=Share(never, among=known, left_out=left_out(episode, known, so_far=True)),
            meaning="not answered as far as is known; the newest may still call again",
        ),
    }


@metric(
    unit=Unit.EACH,
    better=Better.LOWER,
    question=Question.WAIT,
    dated_by="began_at",
    credits="the queue of the first call",
    guardrail="callers_never_reached",
    source="the number of the first answered call of an episode; those never answered are apart",
    clustered_by="caller",
)
def attempts_to_reach(episode: CallEpisode) -> Variants:
    """How often callers had to call until they were answered, of those who were."""
    reached = episode.attempts_to_reach.notnull()
    among = reached & is_over(episode)
    unreached = {"never answered": (~episode.is_reached).fill_null(False) & is_over(episode)}
    out = left_out(episode, episode.attempts.notnull()) | unreached
    return {
        "mean": Variant(
            estimator=Mean(episode.attempts_to_reach, among=among, left_out=out),
            meaning="average number of calls",
        ),
        "p90": Variant(
            estimator=Quantile(episode.attempts_to_reach, 0.9, among=among, left_out=out),
            meaning="nine of ten needed no more calls",
        ),
        "first_call": Variant(
            estimator=Share(episode.attempts_to_reach == 1, among=among, left_out=out),
            meaning="part of those answered who were answered at their first call",
            unit=Unit.SHARE,
            better=Better.HIGHER,
        ),
    }


@metric(
    unit=Unit.SHARE,
    better=Better.LOWER,
    question=Question.WAIT,
    dated_by="began_at",
    credits="the queue of the first call",
    guardrail="callers_never_reached",
    source="of callers who hung up before any answer: each has the first of the four that is true, "
    "within 24 hours of the last call",
    clustered_by="caller",
)
def abandoned_then(episode: CallEpisode) -> Variants:
    """What became of callers who hung up: the four parts make up the whole."""
    hung_up = episode.is_abandoned.fill_null(False)
    return {
        name: Variant(
            estimator=Share(
                episode.outcome == name,
                among=hung_up & is_over(episode),
                left_out=left_out(episode, hung_up),
            ),
            meaning=meaning,
            better=better,
        )
        for name, (meaning, better) in reversed(THEN.items())
    }


@metric(
    unit=Unit.SHARE,
    better=Better.IN_RANGE,
    question=Question.HELP_THEMSELVES,
    dated_by="began_at",
    credits="the queue of the first call",
    guardrail="repeat_contact_rate",
    source="callers nobody answered who wrote to us within 24 hours of their last call, on any "
    "topic",
    labels=("call deflection",),
    clustered_by="customer_id",
)
def deflection_rate(episode: CallEpisode) -> Variants:
    """Part of the callers nobody answered who then wrote to us instead.

    Who gives up is not deflected: only who comes by another channel. It is told of customers who
    are known by the same identifier wherever they call and write.
    """
    unanswered = (~episode.is_reached).fill_null(False)
    known = unanswered & episode.customer_id.notnull()
    wrote = (episode.wrote_at <= episode.window_ends_at).fill_null(False)
    nobody = unanswered & ~known & is_over(episode)
    return {
        "to_writing": Variant(
            estimator=Share(
                wrote,
                among=known & is_over(episode),
                left_out=left_out(episode, unanswered) | {"customer not known": nobody},
            ),
            meaning="wrote to us, of the customers nobody answered",
        )
    }
