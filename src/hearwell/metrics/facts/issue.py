"""One row for each matter of a customer: its cases, and all contacts about it."""

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from hearwell.metrics.facts.contact import RETURN_WITHIN_DAYS, WHOLE
from hearwell.metrics.facts.steps import Steps, first_known, last_known, named, selected
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
    case, phone = steps.table("contact_case_line"), steps.table("contact_phone_line")
    contact, line = steps.table(WHOLE), steps.table("contact_line")
    about = steps.add("issue_contact", about_cases(contact))
    matter = ibis.union(of_cases(case, about), of_calls(phone))
    matter = in_issues(steps, steps.add("issue_matter", matter))
    solved = steps.add("issue_solved", solvings(matter))
    till = named("till", solved.select("line", "issue", "solved_at"))
    both = matter.inner_join(till, [matter.line == till.till_line, matter.issue == till.till_issue])
    placed = steps.add(
        "issue_placed",
        both.select("matter", "line", "issue", solved_at=both.till_solved_at),
    )
    counted = named("counted", steps.add("issue_counted", counts(contact, placed)))
    whose = named("whose", line)
    both = solved.left_join(
        counted, [solved.line == counted.counted_line, solved.issue == counted.counted_issue]
    )
    both = both.inner_join(whose, both.line == whose.whose_line)
    names = [name for name in counted.columns if name not in ("counted_line", "counted_issue")]
    return steps.add(
        ISSUE_TOLD,
        both.select(
            *(name for name in solved.columns if name not in ("line", "issue")),
            **{name.removeprefix("counted_"): both[name] for name in names},
            **{name: both[f"whose_{name}"] for name in ("owner", "topic", "person")},
        ),
    )


def about_cases(contact: Expr) -> Expr:
    """Put together the contacts about each case."""
    about = contact.filter(contact.matter >= 0)
    return about.group_by("matter").aggregate(
        first_at=about.began_at.min(),
        last_at=about.began_at.max(),
        reached_at=about.began_at.min(where=about.is_reached),
        lost_at=about.began_at.max(where=~about.is_reached),
    )


MATTER = {
    **dict.fromkeys(("line", "matter", "reopens"), "int64"),
    **dict.fromkeys(("name", "source", "product", "open_source"), "string"),
    **dict.fromkeys(("received_at", "begins", "ends", "case_solved_at"), "timestamp"),
    **dict.fromkeys(("reached_at", "lost_at", "answered_until"), "timestamp"),
    "is_case": "boolean",
}
"""What is told of a matter: a case with the contacts about it, or a call without a case."""


def as_matter(rows: Expr) -> Expr:
    return rows.select(
        **{
            name: rows[name].cast(dtype) if name in rows.columns else ibis.null(dtype)
            for name, dtype in MATTER.items()
        }
    )


def of_cases(case: Expr, about: Expr) -> Expr:
    about = named("about", about)
    both = case.left_join(about, case.matter == about.about_matter)
    is_resolved = both.is_resolved.fill_null(False)
    solved_at = is_resolved.ifelse(both.last_solved_at, None)
    return as_matter(
        both.mutate(
            name=ibis.literal("case:") + both.source + " " + both.case_id,
            begins=ibis.least(both.opened_at, both.about_first_at),
            ends=ibis.greatest(both.opened_at, both.about_last_at, solved_at),
            is_case=ibis.literal(True),
            case_solved_at=solved_at,
            open_source=is_resolved.ifelse(None, both.source),
            reached_at=both.about_reached_at,
            lost_at=both.about_lost_at,
        )
    )


def of_calls(phone: Expr) -> Expr:
    """An answered call without a case solves what it is about, if nobody comes back."""
    alone = phone.filter(phone.matter < 0)
    began, is_reached = alone.began_at, alone.is_reached
    return as_matter(
        alone.mutate(
            name=ibis.literal("call:") + alone.source + alone.contact_id.substr(len("call")),
            begins=began,
            ends=began,
            is_case=ibis.literal(False),
            reached_at=is_reached.ifelse(began, None),
            lost_at=is_reached.ifelse(None, began),
            answered_until=is_reached.ifelse(alone.ended_at, None),
        )
    )


def in_issues(steps: Steps, matter: Expr) -> ir.Table:
    """Number the issues on each line: matters that touch, or nearly follow one another."""
    order = ["begins", "name"]
    before = ibis.window(group_by="line", order_by=order, rows=(None, -1))
    place = ibis.row_number().over(ibis.window(group_by="line", order_by=order))
    matter = steps.add(
        "issue_before", matter.mutate(last_ends=matter.ends.max().over(before), place=place)
    )
    within = ibis.interval(days=RETURN_WITHIN_DAYS)
    begins = (matter.begins > matter.last_ends + within).fill_null(True)
    so_far = ibis.window(group_by="line", order_by="place", rows=(None, 0))
    return steps.add("issue_number", matter.mutate(issue=begins.sum().over(so_far)))


def solvings(matter: Expr) -> Expr:
    """Put the matters of each issue together, and say when it was solved.

    All its cases are, and whoever called last, or after the last solving, was answered.
    """
    told = matter.group_by("line", "issue").aggregate(
        source=first_known(matter.source, matter.place),
        issue_id=first_known(matter.name, matter.place),
        product=first_known(matter["product"], matter.place),
        received_at=matter.received_at.max(),
        opened_at=matter.begins.min(),
        ends=matter.ends.max(),
        cases=matter.is_case.sum(),
        first_open_source=matter.open_source.min(),
        last_open_source=matter.open_source.max(),
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


def counts(contact: Expr, matter: Expr) -> Expr:
    """Count the contacts of each issue, and those up to its solving."""
    of = named("of", matter)
    both = contact.inner_join(of, contact.matter == of.of_matter)
    is_call = both.is_reached & both.is_phone
    in_time = (both.began_at <= both.of_solved_at).fill_null(False)
    return both.group_by(line=both.line, issue=both.of_issue).aggregate(
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
    return {Issue.table_name: selected(Issue, rows, found)}
