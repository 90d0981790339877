"""Who could be asked: told by what happened in the lake, within a stretch of time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from hearwell.lake.lake import Lake
from hearwell.records.agent import Agent
from hearwell.records.article_view import ArticleView
from hearwell.records.call import Call
from hearwell.records.cart import Cart
from hearwell.records.case import Case
from hearwell.records.case_event import CaseEvent
from hearwell.records.customer import Customer
from hearwell.records.order import Order

OPEN_AGAIN, BY_ITSELF = "open again", "solved by automation"


@dataclass(frozen=True)
class Eligible:
    """Somebody who could be asked about something that happened.

    Attributes:
        about: what happened, by a name of its own: a case that is solved twice is two.
        person: the customer as the lake has them; "" where nobody knows who it was.
        skip: why nobody should ask after all; "" where there is no reason.

    """

    about: str
    person: str
    at: datetime  # UTC, without a zone
    case_id: str = ""
    call_id: str = ""
    order_id: str = ""
    agent_id: str = ""
    team: str = ""
    product: str = ""
    topic: str = ""
    channel: str = ""
    language: str = ""
    skip: str = ""


SOLVED = f"""
    with touched as (
        select distinct source, case_id from case_event where "at" > $since and "at" <= $until
            and (kind in ('solved', 'closed') or to_value in ('solved', 'closed'))
    ),
    turned as (
        select source, case_id, event_id, "at" as happened_at, actor_kind,
            case when kind in ('solved', 'closed') then true when kind = 'reopened' then false
                when kind = 'status_changed' and to_value in ('solved', 'closed') then true
                when kind = 'status_changed' then false end as is_resolved
        from case_event semi join touched using (source, case_id) where "at" <= $until
    ),
    solving as (
        select source, case_id, event_id, happened_at, actor_kind,
            not coalesce(lag(is_resolved) over steps, false) as becomes,
            is_resolved,
            last_value(is_resolved) over (steps rows between unbounded preceding
                and unbounded following) as stays
        from turned where is_resolved is not null
        window steps as (partition by source, case_id order by happened_at, event_id)
    ),
    served as (
        select solving.source, solving.case_id, solving.event_id,
            arg_max(did.to_value, did."at") filter (did.kind = 'assigned') as agent_id,
            arg_max(did.to_value, did."at") filter (did.kind = 'moved') as team
        from solving join case_event as did using (source, case_id)
        where did."at" <= solving.happened_at and did.kind in ('assigned', 'moved') group by all
    )
    select solving.source || '/' || solving.case_id || '/' || solving.event_id as about,
        of.customer_id as person, solving.happened_at,
        of.case_id,
        coalesce(served.agent_id, of.agent_id) as agent_id, coalesce(served.team, of.team) as team,
        of.product, of.topic, of.channel, coalesce(of.language, who.language) as language,
        case when not solving.stays then '{OPEN_AGAIN}'
            when solving.actor_kind = 'automation' then '{BY_ITSELF}' end as skip
    from solving join "case" as of using (source, case_id)
    left join served using (source, case_id, event_id)
    left join person as who on who.customer_id = of.customer_id
    where solving.is_resolved and solving.becomes and of.merged_into is null
        and solving.happened_at > $since and solving.happened_at <= $until
"""

CALL = """
    select source || '/' || call_id as about,
        arg_max(coalesce(call.customer_id, caller), leg) as person, max(ended_at) as happened_at,
        arg_max(case_id, leg) as case_id, call_id,
        arg_max(agent_id, leg) as agent_id,
        arg_max(coalesce(call.team, agent.team), leg) as team, arg_max(product, leg) as product,
        arg_max(topic, leg) as topic, 'phone' as channel,
        coalesce(arg_max(call.language, leg), any_value(who.language)) as language
    from call left join person as who on who.customer_id = call.customer_id
    left join (select agent_id, any_value(team) as team from agent group by all) as agent
        using (agent_id)
    where outcome = 'answered' and coalesce(direction, 'inbound') = 'inbound'
    group by source, call_id
    having max(ended_at) > $since and max(ended_at) <= $until
"""

DELIVERED = """
    select source || '/' || order_id as about, of.customer_id as person,
        delivered_at as happened_at, order_id, of.product, who.language
    from "order" as of left join person as who on who.customer_id = of.customer_id
    where delivered_at > $since and delivered_at <= $until
"""

EACH = """
    with days as (
        select unnest(generate_series(date_trunc('day', $since::timestamp) + interval 1 day,
            $until::timestamp, interval 1 day)) as happened_at
    ),
    numbered as (select happened_at, epoch(happened_at)::bigint // 86400 as day from days)
    select customer_id || '/' || day as about, customer_id as person, happened_at, language
    from person join numbered
        on day % $every_days = (md5_number_lower(customer_id) % $every_days)::bigint
    where happened_at > $since and (left_at is null or left_at > happened_at)
"""
"""Each customer on a day of their own out of so many, which a part of their hash tells."""

JOINED = """
    select customer_id as about, customer_id as person, min(first_seen_at) as happened_at,
        any_value(who.language) as language
    from customer join person as who using (customer_id)
    where who.left_at is null group by customer_id
    having min(first_seen_at) > $since and min(first_seen_at) <= $until
"""

ORDERED = DELIVERED.replace("delivered_at", "ordered_at")

CART_LEFT = """
    select source || '/' || cart_id as about, of.customer_id as person,
        coalesce(last_changed_at, created_at) + interval 24 hours as happened_at, who.language
    from cart as of left join person as who on who.customer_id = of.customer_id
    where of.customer_id is not null and order_id is null and ordered_at is null
        and happened_at > $since and happened_at <= $until
"""
"""Left is a cart that is not ordered a day after it changed, as in journeys."""

READ = """
    select source || '/' || view_id as about, of.customer_id as person,
        opened_at + to_seconds(coalesce(read_seconds, 0)) as happened_at,
        coalesce(of.language, who.language) as language
    from article_view as of left join person as who on who.customer_id = of.customer_id
    where of.customer_id is not null and happened_at > $since and happened_at <= $until
"""

POINTS = {"joined": JOINED, "ordered": ORDERED, "cart_left": CART_LEFT, "read": READ}
"""Points of a journey, some days after which somebody may be asked. Most carts are left, and most
articles read, by visitors whom nobody knows: they could never be asked, and are not counted.
"""

TRIGGERS = {"solved": SOLVED, "call": CALL, "delivered": DELIVERED, "each": EACH, **POINTS}
RECORDS = (Agent, ArticleView, Call, Cart, Case, CaseEvent, Customer, Order)
COLUMNS = tuple(Eligible.__dataclass_fields__)
UNKNOWN = ", ".join(f"null::varchar as {name}" for name in COLUMNS if name != "at")
"""Whatever a trigger does not tell."""

PERSON = """
    create or replace temp view person as
    select customer_id, arg_max(language, received_at) as language, max(left_at) as left_at
    from customer group by all
"""


def eligible(
    lake: Lake, trigger: str, since: datetime, until: datetime, days: int = 0
) -> list[Eligible]:
    """Return who could be asked for what happened after one instant, up to another, in order.

    Args:
        trigger: a name of `TRIGGERS`.
        since, until: UTC, without a zone.
        days: for `each` lie between two times that somebody is eligible; for `POINTS`, after the
            point until somebody is.

    """
    for record in RECORDS:
        lake.use(record)
    lake.connection.execute(PERSON)
    later = timedelta(days=days if trigger in POINTS else 0)
    bound: dict[str, datetime | int] = {"since": since - later, "until": until - later}
    if trigger == "each":
        bound["every_days"] = days
    columns = ", ".join(
        "happened_at + $later" if name == "at" else f"coalesce({name}::varchar, '')"
        for name in COLUMNS
    )
    found = lake.connection.execute(
        f"select {columns} from (from ({TRIGGERS[trigger]}) union all by name "
        f"select {UNKNOWN} where false) order by happened_at, about",
        bound | {"later": later},
    )
    return [Eligible(**dict(zip(COLUMNS, row, strict=True))) for row in found.fetchall()]


def agents_of(lake: Lake, now: datetime) -> list[tuple[str, str]]:
    """Return the people who serve at an instant (UTC, without a zone), each with their team."""
    lake.use(Agent)
    return lake.connection.execute(
        "select agent_id, coalesce(arg_max(team, received_at), '') from agent "
        "where not coalesce(is_bot, false) and coalesce(joined_at <= $now, true) "
        "group by agent_id having coalesce(max(left_at) > $now, true) order by agent_id",
        {"now": now},
    ).fetchall()
