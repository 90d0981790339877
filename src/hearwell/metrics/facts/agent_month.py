"""One row for each agent and month: who left."""

from collections.abc import Mapping

from hearwell.metrics.facts.presence import last_told, presence, with_leaving
from hearwell.metrics.facts.steps import Steps
from hearwell.metrics.part import Expr
from hearwell.records.record import Dimension, Flag, Instant, Key, KeyInstant, Record


class AgentMonth(Record):
    """One row for each person who serves and each month that they began with us."""

    table_name = "agent_month"

    agent_id: Key
    month_began_at: KeyInstant  # in UTC, of the organisation's month
    month_ended_at: Instant
    team: Dimension
    has_left: Flag  # before the month ended
    is_leaving_told: Flag  # has the source told of anybody who left?
    known_until: Instant  # the last thing that the source has told


def agent_months(
    agent: Expr, shift: Expr, call: Expr, message: Expr, month: Expr
) -> Mapping[str, Expr]:
    """Return the tables to make; the last is `agent_month`.

    Few agents come and go, so that shifts, calls and messages of the same source tell as well
    until when it is up to date. Bots do not leave.
    """
    steps = Steps()
    person = agent.filter(~agent.is_bot.fill_null(False))
    who = steps.add("agent_person", person.rename(came_at="joined_at"))
    told = steps.add(
        "agent_source",
        last_told(
            (agent, ("joined_at", "left_at")),
            (shift, ("started_at", "ended_at")),
            (call, ("entered_at",)),
            (message, ("sent_at",)),
        ),
    )
    known = steps.add("agent_source_leaving", with_leaving(told, who))
    rows = presence(who, known, month)
    steps.add(AgentMonth.table_name, rows.select(*AgentMonth.columns()))
    return steps.made
