"""One row for each call that came in: its visits to queues together, and whose it is."""

import ibis

from hearwell.metrics.facts.case_fact import CASE
from hearwell.metrics.facts.steps import Steps, first_known, named
from hearwell.metrics.part import EVERY_ROW, Expr

CALL = ("source", "call_id")
END_UNKNOWN = ("open", "unknown_restart")


def called_by(call: Expr) -> Expr:
    """Return the caller, else the customer; the call itself where nobody knows who called."""
    nobody = ibis.literal("call:") + call.source + " " + call.call_id
    return call.caller.coalesce(call.customer_id, nobody)


def call_lines(steps: Steps, call: Expr, linked: Expr) -> Expr:
    """Return the calls of customers, with their case.

    Args:
        steps: those before it, to which some are added.
        call: the visits to queues; the first says who called.
        linked: as `call_links` made it.

    """
    later = steps.add("call_later", later_visits(call)).rename("later_{name}")
    came_in = call.direction.fill_null("inbound") == "inbound"
    first = call.filter(call.leg == 1, came_in).mutate(called_by=called_by(call))
    both = first.left_join(
        later, [first.source == later.later_source, first.call_id == later.later_call_id]
    )
    at_once = (both.outcome == "answered").fill_null(False)
    is_answered = at_once | both.later_is_answered.fill_null(False)
    hung_up = (both.outcome == "abandoned").fill_null(False)
    is_lost = hung_up | both.later_is_abandoned.fill_null(False)
    unknown = both.outcome.isin(END_UNKNOWN).fill_null(True)
    is_unknown = unknown | both.later_is_end_unknown.fill_null(False)
    waited = (both.wait_seconds * 1e6).round().cast("int64").as_interval("us")
    line = steps.add(
        "call_known",
        both.select(
            *CALL,
            "received_at",
            "called_by",
            "caller",
            "queue",
            "entered_at",
            is_known=both.caller.coalesce(both.customer_id).notnull(),
            **{
                name: both[name].coalesce(both[f"later_{name}"])
                for name in ("customer_id", "case_id", "topic", "product", "language")
            },
            agent_id=at_once.ifelse(both.agent_id, both.later_agent_id),
            team=at_once.ifelse(both.team, both.later_team),
            ended_at=ibis.greatest(both.ended_at, both.later_ended_at).coalesce(
                both.entered_at + waited, both.entered_at
            ),
            is_answered=is_answered,
            is_abandoned=~is_answered & is_lost,
            is_end_unknown=~is_answered & is_unknown,
            is_dialled=both.article_id.notnull(),
        ),
    )
    return with_link(steps, line, linked)


def later_visits(call: Expr) -> Expr:
    """Put together what the visits after the first tell of each call."""
    later = call.filter(call.leg != 1)
    is_answered = (later.outcome == "answered").fill_null(False)

    def first(name: str, where: Expr = EVERY_ROW) -> Expr:
        return first_known(later[name], later.leg, where)

    return later.group_by(*CALL).aggregate(
        is_answered=is_answered.any(),
        is_abandoned=(later.outcome == "abandoned").fill_null(False).any(),
        is_end_unknown=later.outcome.isin(END_UNKNOWN).fill_null(True).any(),
        customer_id=first("customer_id"),
        case_id=first("case_id"),
        topic=first("topic"),
        product=first("product"),
        language=first("language"),
        agent_id=first("agent_id", is_answered),
        team=first("team", is_answered),
        ended_at=later.ended_at.max(),
    )


def call_links(steps: Steps, call: Expr, case: Expr, merged: Expr, told: Expr) -> Expr:
    """Return the cases that calls name, once by source and number and once by number alone.

    Cases and calls may come from different systems: a number that only one source has is known
    without its source. A case that was merged stands for the survivor.
    """
    wanted = call.filter(call.case_id.notnull()).select("case_id").distinct()
    into = named("into", merged)
    number = case.semi_join(wanted, "case_id").select(*CASE)
    number = number.left_join(
        into, [number.source == into.into_source, number.case_id == into.into_case_id]
    )
    number = steps.add(
        "call_number",
        number.select(
            "source", "case_id", survivor=number.into_merged_into.coalesce(number.case_id)
        ),
    )
    whose = named("whose", told.select(*CASE, "owner", "person"))
    found = number.inner_join(
        whose, [number.source == whose.whose_source, number.survivor == whose.whose_case_id]
    )
    found = steps.add(
        "call_case",
        found.select(
            source=found.source,
            case_id=found.case_id,
            link_source=found.source,
            link_case_id=found.survivor,
            link_owner=found.whose_owner,
            link_person=found.whose_person,
        ),
    )
    alone = found.group_by("case_id").aggregate(
        sources=found.count(),
        **{name: found[name].min() for name in found.columns if name.startswith("link_")},
    )
    alone = alone.filter(alone.sources == 1).mutate(source=ibis.null("string"))
    return ibis.union(found, alone.select(found.columns))


def with_link(steps: Steps, line: Expr, linked: Expr) -> Expr:
    """Put the case beside each call: that of its own source, else the only one anywhere."""
    own = named("own", linked.filter(linked.source.notnull()))
    line = steps.add(
        "call_own_case",
        line.left_join(own, [line.source == own.own_source, line.case_id == own.own_case_id]),
    )
    other = named("other", linked.filter(linked.source.isnull()))
    both = line.left_join(
        other, [line.case_id == other.other_case_id, line.own_link_case_id.isnull()]
    )
    return both.select(
        *(name for name in line.columns if not name.startswith("own_")),
        **{
            name: both[f"own_{name}"].coalesce(both[f"other_{name}"])
            for name in ("link_source", "link_case_id", "link_owner", "link_person")
        },
    )
