"""Do we solve it? Metrics of calls and cases."""

from hearwell.metrics.catalog.waiting import ends_unknown, offered
from hearwell.metrics.clock import Clock
from hearwell.metrics.estimator import Mean, Quantile, Share, Total
from hearwell.metrics.metric import Better, Question, Unit, Variant, Variants, metric
from hearwell.metrics.part import Expr
from hearwell.records.call import Call
from hearwell.records.case import Case


def connected_seconds(call: Call) -> Expr:
    """Return talk and hold together; a source may say the sum, or its terms."""
    return call.connected_seconds.coalesce(call.talk_seconds + call.hold_seconds)


@metric(
    unit=Unit.SECONDS,
    better=Better.LOWER,
    question=Question.SOLVE,
    dated_by="entered_at",
    credits="the agent who answered, for that part of the call",
    guardrail="repeat_contact_rate",
    source="Amazon Connect: talk, hold and work after the call, over answered calls",
    labels=("AHT",),
    clustered_by="agent_id",
)
def average_handle_time(call: Call, clock: Clock) -> Variants:
    """How long an agent was busy with an answered call: talk, hold and wrap-up.

    Short is good only while the matter is solved: rushed customers call again.
    """
    connected = clock.undated(connected_seconds(call))
    handled = connected + call.wrap_up_seconds
    answered = offered(call) & (call.outcome == "answered")
    no_talk, no_wrap_up = connected.isnull(), call.wrap_up_seconds.isnull()
    talk_unknown = ends_unknown(call) | {"talk not measured": answered & no_talk}
    unknown = ends_unknown(call) | {
        "wrap-up not measured": answered & no_wrap_up,
        "talk not measured": answered & ~no_wrap_up & no_talk,
    }
    return {
        "mean": Variant(
            estimator=Mean(handled, among=answered, left_out=unknown),
            meaning="average of talk, hold and wrap-up",
        ),
        "p50": Variant(
            estimator=Quantile(handled, 0.5, among=answered, left_out=unknown),
            meaning="half of the calls took no longer, wrap-up included",
        ),
        "without_wrap_up": Variant(
            estimator=Mean(connected, among=answered, left_out=talk_unknown),
            meaning="average of talk and hold; wrap-up is not counted",
        ),
        "without_wrap_up_p50": Variant(
            estimator=Quantile(connected, 0.5, among=answered, left_out=talk_unknown),
            meaning="half of the calls had no longer talk and hold",
        ),
    }


@metric(
    unit=Unit.SHARE,
    better=Better.LOWER,
    question=Question.SOLVE,
    dated_by="entered_at",
    credits="the agent who transferred",
    guardrail="average_handle_time",
    source="Cisco; left out where the telephone system hides transfers",
    clustered_by="agent_id",
)
def transfer_rate(call: Call) -> Variants:
    """Part of the answered calls that were passed on to somebody else."""
    answered = offered(call) & (call.outcome == "answered")
    hidden = call.quality_flags.contains("transfers_untrusted").fill_null(False)
    told = call.ended_by.notnull()  # without it, no transfer would be the same as not known
    return {
        "all": Variant(
            estimator=Share(
                call.transfer_kind.notnull() | (call.ended_by == "transfer"),
                among=answered & ~hidden & told,
                left_out=ends_unknown(call)
                | {
                    "the telephone system hides transfers": answered & hidden,
                    "not known how the call ended": answered & ~hidden & ~told,
                },
            ),
            meaning="passed on, of all answered",
        )
    }


@metric(
    unit=Unit.COUNT,
    better=Better.IN_RANGE,
    question=Question.SOLVE,
    dated_by="opened_at",
    credits="the team",
    guardrail="time_to_resolution",
    source="cases counted once; those merged into another count for the survivor",
)
def case_volume(case: Case) -> Variants:
    """How many matters customers raised."""
    counted = case.merged_into.isnull()
    merged = {"merged into another case": case.merged_into.notnull()}
    return {
        "opened": Variant(estimator=Total(among=counted, left_out=merged), meaning="cases opened"),
        "solved": Variant(
            estimator=Total(among=counted & case.reported_solved_at.notnull(), left_out=merged),
            meaning="cases solved, dated by when they were, as the source reports it",
            dated_by="reported_solved_at",
        ),
        "closed": Variant(
            estimator=Total(among=counted & case.reported_closed_at.notnull(), left_out=merged),
            meaning="cases closed, dated by when they were, as the source reports it",
            dated_by="reported_closed_at",
        ),
    }


@metric(
    unit=Unit.SECONDS,
    better=Better.LOWER,
    question=Question.SOLVE,
    dated_by="reported_solved_at",
    credits="the agent and team when it was solved",
    guardrail="customer_satisfaction",
    source="opened to solved, both as the source reports them",
    labels=("TTR",),
)
def time_to_resolution(case: Case, clock: Clock) -> Variants:
    """How long it took from the opening of a case until it was solved."""
    return since_opened(case, clock.between(case.opened_at, case.reported_solved_at))


@metric(
    unit=Unit.SECONDS,
    better=Better.LOWER,
    question=Question.SOLVE,
    dated_by="reported_closed_at",
    credits="the team when it was closed",
    guardrail="customer_satisfaction",
    source="opened to closed, both as the source reports them",
)
def time_to_close(case: Case, clock: Clock) -> Variants:
    """How long it took from the opening of a case until it was closed for good."""
    return since_opened(case, clock.between(case.opened_at, case.reported_closed_at))


def since_opened(case: Case, took: Expr) -> Variants:
    among = case.merged_into.isnull()
    return {
        "p50": Variant(
            estimator=Quantile(took, 0.5, among=among), meaning="half of the cases took no longer"
        ),
        "p90": Variant(
            estimator=Quantile(took, 0.9, among=among),
            meaning="nine of ten cases took no longer",
        ),
        "mean": Variant(estimator=Mean(took, among=among), meaning="average"),
    }


@metric(
    unit=Unit.SHARE,
    better=Better.HIGHER,
    question=Question.SOLVE,
    dated_by="opened_at",
    credits="the team",
    guardrail="customer_satisfaction",
    source="as the source's own summary says; by targets of our own: sla_attainment",
)
def reported_sla_attainment(case: Case) -> Variants:
    """Part of the cases whose promise was kept, as their source says."""
    return {
        "reported": Variant(
            estimator=Share(case.reported_sla_met, among=case.merged_into.isnull()),
            meaning="kept according to the source, of the cases with a promise",
        )
    }
