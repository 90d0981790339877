"""Do they wait? Metrics of queues and telephone calls, and how much is written."""

from hearwell.metrics.clock import Clock
from hearwell.metrics.estimator import Mean, OfferedWait, Patience, Quantile, Share, Total
from hearwell.metrics.metric import Better, Question, Unit, Variant, Variants, metric
from hearwell.metrics.part import Expr
from hearwell.records.call import NOT_OFFERED, Call
from hearwell.records.message import Message
from hearwell.settings import Settings

REFUSED = ("refused_full", "refused_empty")


def came_in(call: Call) -> Expr:
    """Calls that were not made by us; a queue takes calls in unless it says otherwise."""
    return call.direction.fill_null("inbound") != "outbound"


def offered(call: Call) -> Expr:
    """Calls that came to a queue and whose end is known."""
    return call.outcome.notin(NOT_OFFERED) & came_in(call)


def ends_unknown(call: Call) -> dict[str, Expr]:
    return {
        "not over yet": came_in(call) & (call.outcome == "open"),
        "cut by a restart of the telephone system": came_in(call)
        & (call.outcome == "unknown_restart"),
        "outcome not known": came_in(call) & call.outcome.isnull(),
    }


def wait_unknown(among: Expr, waited: Expr) -> dict[str, Expr]:
    return {"wait not known": among & waited.isnull()}


@metric(
    unit=Unit.COUNT,
    better=Better.IN_RANGE,
    question=Question.WAIT,
    dated_by="entered_at",
    credits="the queue",
    guardrail="abandonment_rate",
    source="Genesys, Cisco: calls offered, counted once however often they are transferred",
)
def call_volume(call: Call) -> Variants:
    """How many calls came in, counted once each."""
    first = (call.leg == 1) & came_in(call)
    known = call.outcome.notin(("open", "unknown_restart"))
    refused = call.outcome.isin(REFUSED)
    unknown = {reason: rows & first for reason, rows in ends_unknown(call).items()}
    return {
        "calls": Variant(
            estimator=Total(among=first & known, left_out=unknown),
            meaning="calls whose end is known, transfers not counted again",
        ),
        "queue_visits": Variant(
            estimator=Total(among=offered(call), left_out=ends_unknown(call)),
            meaning="visits of calls to a queue, each transfer one more",
        ),
        "refused": Variant(
            estimator=Total(among=refused),
            meaning="calls that a full or unstaffed queue turned away, where that was logged",
        ),
    }


@metric(
    unit=Unit.SECONDS,
    better=Better.LOWER,
    question=Question.WAIT,
    dated_by="entered_at",
    credits="the queue",
    guardrail="average_handle_time",
    source="hold time in the everyday sense: the queue and the time on hold together",
)
def hold_time(call: Call, clock: Clock) -> Variants:
    """All the time a caller spent waiting: in the queue and, after the answer, on hold."""
    held = call.wait_seconds + call.hold_seconds
    waited = clock.undated(held)
    among, unmeasured = offered(call), call.hold_seconds.isnull()
    unknown = ends_unknown(call) | wait_unknown(among & ~unmeasured, call.wait_seconds)
    unknown |= {"time on hold not measured": among & unmeasured}
    return {
        "mean": Variant(estimator=Mean(waited, among=among, left_out=unknown), meaning="average"),
        "p50": Variant(
            estimator=Quantile(waited, 0.5, among=among, left_out=unknown),
            meaning="half of the callers waited no longer",
        ),
        "p90": Variant(
            estimator=Quantile(waited, 0.9, among=among, left_out=unknown),
            meaning="nine of ten callers waited no longer",
        ),
        "queue_only_mean": Variant(
            estimator=Mean(
                clock.undated(call.wait_seconds),
                among=among,
                left_out=ends_unknown(call) | wait_unknown(among, call.wait_seconds),
            ),
            meaning="average of the wait in the queue only, for where time on hold is not measured",
        ),
    }


@metric(
    unit=Unit.SECONDS,
    better=Better.LOWER,
    question=Question.WAIT,
    dated_by="entered_at",
    credits="the queue",
    guardrail="abandonment_rate",
    source="Amazon Connect (average queue answer time), Genesys (tAnswered)",
    labels=("ASA",),
)
def wait_time(call: Call, clock: Clock) -> Variants:
    """How long answered callers waited until they heard an agent, ringing included."""
    waited = clock.measured(call.entered_at, call.wait_seconds)
    answered = offered(call) & (call.outcome == "answered")
    unknown = ends_unknown(call) | wait_unknown(answered, waited)
    return {
        "mean": Variant(
            estimator=Mean(waited, among=answered, left_out=unknown),
            meaning="average (average speed of answer); flattered by callers who hung up",
        ),
        "p50": Variant(
            estimator=Quantile(waited, 0.5, among=answered, left_out=unknown),
            meaning="half of those answered waited no longer",
        ),
        "p90": Variant(
            estimator=Quantile(waited, 0.9, among=answered, left_out=unknown),
            meaning="nine of ten of those answered waited no longer",
        ),
    }


@metric(
    unit=Unit.SECONDS,
    better=Better.LOWER,
    question=Question.WAIT,
    dated_by="entered_at",
    credits="the queue",
    guardrail="average_handle_time",
    source="Brown et al. 2005, Statistical analysis of a telephone call center, JASA",
)
def offered_wait(call: Call, settings: Settings, clock: Clock) -> Variants:
    """How long a caller would wait who never hung up; those who did show that it was longer."""
    threshold = settings.service_level.answer_within_seconds
    waited = clock.measured(call.entered_at, call.wait_seconds)
    answered = call.outcome == "answered"
    among = offered(call)
    unknown = ends_unknown(call) | wait_unknown(among, waited)
    return {
        "p50": Variant(
            estimator=OfferedWait(waited, answered, "median", among=among, left_out=unknown),
            meaning="half of the callers would wait no longer (Kaplan-Meier)",
        ),
        "beyond": Variant(
            estimator=OfferedWait(
                waited, answered, "beyond", threshold, among=among, left_out=unknown
            ),
            meaning=f"share of callers who would wait longer than {threshold:g} s (Kaplan-Meier)",
            unit=Unit.SHARE,
        ),
    }


@metric(
    unit=Unit.SECONDS,
    better=Better.LOWER,
    question=Question.WAIT,
    dated_by="entered_at",
    credits="the agent who answered",
    guardrail="average_handle_time",
    source="Amazon Connect (customer hold duration), NICE",
)
def on_hold_time(call: Call, clock: Clock) -> Variants:
    """How long answered callers were put on hold; calls on which that was not measured are out."""
    held = clock.undated(call.hold_seconds)
    answered = offered(call) & (call.outcome == "answered")
    unknown = ends_unknown(call)
    unknown |= {"time on hold not measured": answered & call.hold_seconds.isnull()}
    return {
        "mean": Variant(
            estimator=Mean(held, among=answered, left_out=unknown),
            meaning="average of all answered",
        ),
        "p90": Variant(
            estimator=Quantile(held, 0.9, among=answered, left_out=unknown),
            meaning="nine of ten answered callers were on hold no longer",
        ),
        "held": Variant(
            estimator=Share(held > 0, among=answered, left_out=unknown),
            meaning="share of answered calls that were put on hold at all",
            unit=Unit.SHARE,
        ),
    }


@metric(
    unit=Unit.SHARE,
    better=Better.HIGHER,
    question=Question.WAIT,
    dated_by="entered_at",
    credits="the queue",
    guardrail="average_handle_time",
    source="SL1 Asterisk; SL2 Cisco positive; SL3 Cisco negative, Genesys; SL4 Cisco ignored; "
    "SL5 Talkdesk, Mitel, RingCentral",
    labels=("SL",),
)
def service_level(call: Call, settings: Settings, clock: Clock) -> Variants:
    """Part of the callers who were answered in time. The five variants differ in who counts."""
    within = settings.service_level.answer_within_seconds
    short = settings.service_level.short_abandon_seconds
    waited = clock.measured(call.entered_at, call.wait_seconds)
    answered, abandoned = call.outcome == "answered", call.outcome == "abandoned"
    soon, known = waited <= within, waited.notnull()
    in_time = answered & soon
    among = offered(call) & known
    unknown = ends_unknown(call) | wait_unknown(offered(call), waited)
    unknown |= {
        "turned away by a full or unstaffed queue": came_in(call) & call.outcome.isin(REFUSED)
    }
    return {
        "SL3": Variant(
            estimator=Share(in_time, among=among, left_out=unknown),
            meaning=f"answered within {within:g} s, of all offered",
        ),
        "SL1": Variant(
            estimator=Share(soon, among=among & answered, left_out=unknown),
            meaning=f"answered within {within:g} s, of the answered only",
        ),
        "SL2": Variant(
            estimator=Share(in_time | (abandoned & soon), among=among, left_out=unknown),
            meaning=f"answered or hung up within {within:g} s, of all offered",
        ),
        "SL4": Variant(
            estimator=Share(in_time, among=among & ~(abandoned & soon), left_out=unknown),
            meaning=f"answered within {within:g} s, of all offered but those who hung up by then",
        ),
        "SL5": Variant(
            estimator=Share(
                in_time,
                among=among & ~(abandoned & (waited <= short)),
                left_out=unknown,
            ),
            meaning=f"answered within {within:g} s, of all offered but those who hung up within "
            f"{short:g} s",
        ),
    }


@metric(
    unit=Unit.SHARE,
    better=Better.LOWER,
    question=Question.WAIT,
    dated_by="entered_at",
    credits="the queue",
    guardrail="average_handle_time",
    source="Amazon Connect, Genesys; time-outs and key presses are kept apart",
)
def abandonment_rate(call: Call, settings: Settings) -> Variants:
    """Part of the callers offered to a queue who hung up before anybody answered."""
    short = settings.service_level.short_abandon_seconds
    abandoned = call.outcome == "abandoned"
    brief = abandoned & (call.wait_seconds <= short)
    among, unknown = offered(call), ends_unknown(call)
    unsure = unknown | wait_unknown(among & abandoned, call.wait_seconds)
    return {
        "all": Variant(
            estimator=Share(abandoned, among=among, left_out=unknown),
            meaning="hung up, of all offered",
        ),
        "without_short": Variant(
            estimator=Share(abandoned, among=among & ~brief, left_out=unsure),
            meaning=f"hung up after {short:g} s, of all offered but those who hung up sooner",
        ),
        "gave_up_otherwise": Variant(
            estimator=Share(
                call.outcome.isin(("timeout", "key_exit", "empty_exit", "withdrawn")),
                among=among,
                left_out=unknown,
            ),
            meaning="left unanswered without hanging up: time-out, key press, nobody staffed",
        ),
    }


@metric(
    unit=Unit.SECONDS,
    better=Better.IN_RANGE,
    question=Question.WAIT,
    dated_by="entered_at",
    credits="the queue",
    guardrail="abandonment_rate",
    source="Amazon Connect, Genesys (tAbandon); not patience, which it understates",
)
def time_to_abandon(call: Call, clock: Clock) -> Variants:
    """How long those who hung up had waited. It is not patience: see that metric."""
    waited = clock.measured(call.entered_at, call.wait_seconds)
    abandoned = offered(call) & (call.outcome == "abandoned")
    unknown = ends_unknown(call) | wait_unknown(abandoned, waited)
    return {
        "mean": Variant(
            estimator=Mean(waited, among=abandoned, left_out=unknown), meaning="average"
        ),
        "p50": Variant(
            estimator=Quantile(waited, 0.5, among=abandoned, left_out=unknown),
            meaning="half of those who hung up had done so by then",
        ),
    }


@metric(
    unit=Unit.SECONDS,
    better=Better.IN_RANGE,
    question=Question.WAIT,
    dated_by="entered_at",
    credits="the queue",
    guardrail="abandonment_rate",
    source="Brown et al. 2005; maximum likelihood with waits cut short by an answer",
)
def patience(call: Call, clock: Clock) -> Variants:
    """How long callers would wait on average before they hang up, if nobody answered."""
    waited = clock.measured(call.entered_at, call.wait_seconds)
    among = offered(call)
    unknown = ends_unknown(call) | wait_unknown(among, waited)
    return {
        "mean": Variant(
            estimator=Patience(waited, call.outcome == "abandoned", among=among, left_out=unknown),
            meaning="all waits over the number who hung up",
        )
    }


@metric(
    unit=Unit.COUNT,
    better=Better.IN_RANGE,
    question=Question.WAIT,
    dated_by="sent_at",
    credits="the channel",
    guardrail="time_to_resolution",
    source="messages counted once each, in every written channel; notes among agents are none",
)
def message_volume(message: Message, clock: Clock) -> Variants:
    """How many messages were written, in all channels but the telephone.

    A message is one to or from a customer unless its source says that it is a note.
    """
    public = message.is_public.fill_null(True)
    inbound = public & (message.direction == "inbound")
    is_open = clock.is_open(message.sent_at)
    unknown = {"direction not known": public & message.direction.isnull()}
    return {
        "messages": Variant(
            estimator=Total(among=public), meaning="messages to and from customers"
        ),
        "received": Variant(
            estimator=Total(among=inbound, left_out=unknown),
            meaning="messages from customers",
        ),
        "sent": Variant(
            estimator=Total(among=public & (message.direction == "outbound"), left_out=unknown),
            meaning="messages to customers, those of bots and automation included",
        ),
        "outside_hours": Variant(
            estimator=Share(
                ~is_open,
                among=inbound & is_open.notnull(),
                left_out={**unknown, "opening hours not known": inbound & is_open.isnull()},
            ),
            meaning="messages from customers that came outside of opening hours, of all",
            unit=Unit.SHARE,
        ),
    }
