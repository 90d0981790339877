"""One row for each matter of a customer: its cases, and all contacts about it."""

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from hearwell.metrics.facts.case_fact import Steps, first_known, last_known, named
from hearwell.metrics.facts.contact import RETURN_WITHIN_DAYS
from hearwell.metrics.part import Expr
from hearwell.records.record import (
    Count,
    Dimension,
    Flag,
    Instant,
    Key,
    Person,
    Record,
    RequiredInstant,
)

ISSUE_TOLD = "issue_told"


class Issue(Record):
    """One row for each matter of a customer: its cases, and all contacts about it.

    Cases and contacts of one customer on one topic belong to the same matter if no more than
    seven days lie between them. A case lasts until it was last solved.
    """

    table_name = "issue"

    issue_id: Key
    customer_id: Person
    channel: Dimension  # of the first contact, as is the language
    topic: Dimension
    product: Dimension
    language: Dimension
    team: Dimension  # of the last contact in which the customer was reached
    agent_id: Dimension
    opened_at: RequiredInstant
    last_contact_at: Instant
    solved_at: Instant  # for the last time; null while a case is open
    window_ends_at: Instant  # until then another contact would belong to it
    known_until: Instant  # the last thing that the lake knows of the source
    is_solved: Flag
    is_first_contact_resolved: Flag  # one contact, solved, not reopened, nobody came back;
    # null where nobody knows whose it is
    cases: Count
    contacts: Count  # in which the customer was reached
    calls: Count  # that were answered
    channels: Count  # different ones
    contacts_to_resolution: Count  # up to solved_at
    calls_to_resolution: Count


def issue_tellings(steps: Steps) -> ir.Table:
    """Plan the tables that lead to `issue_told`, after those that lead to `contact_told`."""
    case, contact = steps.table("contact_case"), steps.table("contact_told")
    every = steps.add("issue_item", ibis.union(of_cases(case), of_contacts(contact)))
    matter = steps.add("issue_matter", matters(every))
    matter = in_issues(steps, matter)
    solved = steps.add("issue_solved", solvings(matter))
    counted = steps.add("issue_counted", counts(contact, matter, solved))
    counted = named("counted", counted)
    both = solved.left_join(
        counted,
        [solved.owner == counted.counted_owner, solved.issue == counted.counted_issue],
    )
    names = [name for name in counted.columns if name not in ("counted_owner", "counted_issue")]
    return steps.add(
        ISSUE_TOLD,
        both.select(
            *(name for name in solved.columns if name != "issue"),
            **{name.removeprefix("counted_"): both[name] for name in names},
        ),
    )


ITEM = {
    **dict.fromkeys(("owner", "topic", "matter", "source", "person", "product"), "string"),
    **dict.fromkeys(("received_at", "begins", "ends", "case_solved_at"), "timestamp"),
    **dict.fromkeys(("reached_at", "answered_until", "lost_at"), "timestamp"),
    "is_case": "boolean",
    "open_source": "string",
    "reopens": "int64",
}
"""What cases and contacts tell of the matter to which they belong."""


def as_item(rows: Expr) -> Expr:
    return rows.select(
        **{
            name: rows[name].cast(dtype) if name in rows.columns else ibis.null(dtype)
            for name, dtype in ITEM.items()
        }
    )


def of_cases(case: Expr) -> Expr:
    is_resolved = case.is_resolved.fill_null(False)
    solved_at = is_resolved.ifelse(case.last_solved_at, None)
    return as_item(
        case.mutate(
            begins=case.opened_at,
            ends=ibis.greatest(case.opened_at, solved_at),
            is_case=ibis.literal(True),
            case_solved_at=solved_at,
            open_source=is_resolved.ifelse(None, case.source),
        )
    )


def of_contacts(contact: Expr) -> Expr:
    """An answered call without a case solves what it is about, if nobody comes back."""
    is_alone = contact.is_phone & contact.case_id.isnull()
    return as_item(
        contact.mutate(
            begins=contact.began_at,
            ends=contact.began_at,
            is_case=ibis.literal(False),
            reached_at=contact.is_reached.ifelse(contact.began_at, None),
            lost_at=contact.is_reached.ifelse(None, contact.began_at),
            answered_until=(is_alone & contact.is_reached).ifelse(contact.ended_at, None),
        )
    )


def matters(item: Expr) -> Expr:
    """Put together each case with its contacts."""
    return item.group_by("owner", "topic", "matter").aggregate(
        source=item.source.min(),
        person=item.person.max(),
        product=item["product"].min(),
        received_at=item.received_at.max(),
        begins=item.begins.min(),
        ends=item.ends.max(),
        cases=item.is_case.sum(),
        first_open_source=item.open_source.min(),
        last_open_source=item.open_source.max(),
        reopens=item.reopens.sum(),
        case_solved_at=item.case_solved_at.max(),
        reached_at=item.reached_at.min(),
        answered_until=item.answered_until.max(),
        lost_at=item.lost_at.max(),
    )


def in_issues(steps: Steps, matter: Expr) -> ir.Table:
    """Number the issues of each owner: matters on a topic that touch or nearly follow another."""
    before = ibis.window(
        group_by=["owner", "topic"], order_by=["begins", "matter"], rows=(None, -1)
    )
    matter = steps.add("issue_before", matter.mutate(last_ends=matter.ends.max().over(before)))
    within = ibis.interval(days=RETURN_WITHIN_DAYS)
    order = ["topic", "begins", "matter"]
    so_far = ibis.window(group_by="owner", order_by=order, rows=(None, 0))
    begins = (matter.begins > matter.last_ends + within).fill_null(True)
    return steps.add(
        "issue_number",
        matter.mutate(
            issue=begins.sum().over(so_far),
            place=ibis.row_number().over(ibis.window(group_by="owner", order_by=order)),
        ),
    )


def solvings(matter: Expr) -> Expr:
    """Put the matters of each issue together, and say when it was solved.

    All its cases are, and whoever called last, or after the last solving, was answered.
    """
    told = matter.group_by("owner", "issue").aggregate(
        source=first_known(matter.source, matter.place),
        issue_id=first_known(matter.matter, matter.place),
        topic=matter.topic.max(),
        person=matter.person.max(),
        product=first_known(matter["product"], matter.place),
        received_at=matter.received_at.max(),
        opened_at=matter.begins.min(),
        ends=matter.ends.max(),
        cases=matter.cases.sum(),
        first_open_source=matter.first_open_source.min(),
        last_open_source=matter.last_open_source.max(),
        reopens=matter.reopens.sum(),
        case_solved_at=matter.case_solved_at.max(),
        reached_at=matter.reached_at.min(),
        answered_until=matter.answered_until.max(),
        lost_at=matter.lost_at.max(),
    )
    last = ibis.greatest(told.case_solved_at, told.answered_until)
    is_lost = (told.lost_at > last).fill_null(False)
    by_call = told.answered_until.notnull() & (told.answered_until > told.case_solved_at).fill_null(
        True
    )
    return told.mutate(
        solved_at=(told.first_open_source.isnull() & ~is_lost).ifelse(last, None),
        is_solved_by_call=by_call,
    )


def counts(contact: Expr, matter: Expr, solved: Expr) -> Expr:
    """Count the contacts of each issue, and those up to its solving."""
    of = named("of", matter.select("owner", "matter", "issue"))
    till = named("till", solved.select("owner", "issue", "solved_at"))
    both = contact.inner_join(of, [contact.owner == of.of_owner, contact.matter == of.of_matter])
    both = both.inner_join(till, [both.owner == till.till_owner, both.of_issue == till.till_issue])
    is_call = both.is_reached & both.is_phone
    in_time = (both.began_at <= both.till_solved_at).fill_null(False)
    return both.group_by(owner=both.owner, issue=both.of_issue).aggregate(
        contacts=both.is_reached.sum(),
        calls=is_call.sum(),
        contacts_to_resolution=(both.is_reached & in_time).sum(),
        calls_to_resolution=(is_call & in_time).sum(),
        channels=both.channel.nunique(),
        channel=first_known(both.channel, both.place),
        language=first_known(both.language, both.place),
        team=last_known(both.team, both.place, both.is_reached),
        agent_id=last_known(both.agent_id, both.place, both.is_reached),
        last_contact_at=both.began_at.max(),
    )


def issues(told: Expr, known: Expr) -> Mapping[str, Expr]:
    """Return the tables to make of what is told of issues; the last is `issue`.

    Args:
        told: as `issue_tellings` made it.
        known: until when the lake knows of each source.

    """
    sources = [named(name, known) for name in ("known", "first", "last")]
    keys = ("source", "first_open_source", "last_open_source")
    rows = told
    for table, key, name in zip(sources, keys, ("known", "first", "last"), strict=True):
        rows = rows.left_join(table, rows[key] == table[f"{name}_source"])
    ends = ibis.greatest(rows.ends, rows.solved_at) + ibis.interval(days=RETURN_WITHIN_DAYS)
    is_over = (rows.known_until >= ends).fill_null(False)
    no, unknown = ibis.literal(False), ibis.null("boolean")
    tells = (rows.first_has_events | rows.last_has_events).fill_null(False)
    is_open = rows.first_open_source.notnull()
    is_solved = ibis.cases(
        (is_open, tells.ifelse(no, unknown)),
        (rows.solved_at.isnull(), no),
        # Of a call it is known when nobody came back, which of a stranger it never is.
        (rows.is_solved_by_call & ~(is_over & rows.person.notnull()), unknown),
        else_=True,
    )
    contacts = rows.contacts.fill_null(0)
    came_back = (rows.lost_at > rows.reached_at).fill_null(False)
    is_first = (contacts == 1) & ~came_back & (rows.reopens.fill_null(0) == 0)
    found = {
        "customer_id": rows.person,
        "solved_at": is_solved.ifelse(rows.solved_at, None),
        "window_ends_at": ends,
        "known_until": rows.known_until,
        "is_solved": is_solved,
        "is_first_contact_resolved": rows.person.notnull().ifelse(is_solved & is_first, unknown),
        "contacts": contacts,
        "calls": rows.calls.fill_null(0),
        "channels": rows.channels.fill_null(0),
        **{
            name: is_solved.ifelse(rows[name].fill_null(0), None)
            for name in ("contacts_to_resolution", "calls_to_resolution")
        },
    }
    chosen = {name: found[name] if name in found else rows[name] for name in Issue.columns()}
    return {Issue.table_name: rows.select(**chosen)}
