"""Facts of cases: what messages and events tell of each is kept, and the rest made of it."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.metadata import version

import ibis

from hearwell.clock.business import business_days
from hearwell.engine.errors import BadQuestion
from hearwell.engine.facts import BUSINESS_DAY, schedule_of
from hearwell.engine.kept import TOUCHED_ROWS, Kept, Making, Step, create, step
from hearwell.engine.sums import sql
from hearwell.engine.written import Written
from hearwell.lake.lake import Lake
from hearwell.language import gettext_noop
from hearwell.metrics.facts.case_contact import CASE_CONTACT, case_contacts
from hearwell.metrics.facts.case_fact import CASE, KNOWN, CaseFact, case_facts
from hearwell.metrics.facts.case_handling import CaseHandling, case_handlings
from hearwell.metrics.facts.case_merge import MERGED, merges
from hearwell.metrics.facts.case_said import WAITS
from hearwell.metrics.facts.case_status import HANDLED, Hours
from hearwell.metrics.facts.case_told import TOLD, case_tellings
from hearwell.metrics.facts.deadline import Deadline, deadlines, may_apply
from hearwell.metrics.facts.first_response import FirstResponse, first_responses
from hearwell.metrics.facts.reply_wait import ReplyWait, reply_waits
from hearwell.metrics.facts.steps import Steps
from hearwell.metrics.part import Expr
from hearwell.records.case import Case
from hearwell.records.case_event import CaseEvent
from hearwell.records.message import Message
from hearwell.records.record import Record
from hearwell.settings import Settings

SOURCES = (Case, Message, CaseEvent)
KEPT = (TOLD, WAITS, HANDLED, CASE_CONTACT)
CHANGED, MEMBER = "case_changed", "case_member"
"""The cases whose rows changed, and all that belong to those that are made anew."""

NEEDED: Mapping[type[Record], tuple[str, ...]] = {
    ReplyWait: (WAITS,),
    Deadline: (WAITS,),
    CaseHandling: (HANDLED,),
}
"""What of the kept a fact is made of, besides what is told of each case."""

INTO = f"left join {MERGED} as m on m.source = c.source and m.case_id = c.case_id"
SURVIVOR = "coalesce(m.merged_into, c.case_id)"
"""Into which case one was merged, and whose it is then."""

FIRST_DAY, LAST_DAY = datetime(1990, 1, 1), datetime(2069, 12, 31)  # noqa: DTZ001  naive UTC
"""The days of which opening hours are worked out. What lies outside has no business time."""

TOLD_BETWEEN = """
select min(instant), max(instant) from (
    select unnest([min(opened_at), max(opened_at)]) as instant from "case"
    union all select unnest([min(sent_at), max(sent_at)]) from message
    union all select unnest([min("at"), max("at")]) from case_event
)
"""

TELLINGS = Written(8)


def kept_for(record: type[Record]) -> tuple[str, ...]:
    """Return what of the kept a fact of cases is made of."""
    return TOLD, *NEEDED.get(record, ())


def make_of_told(making: Making, record: type[Record]) -> None:
    """Make facts of cases of what is told of each, which is readable."""
    known, *others = of_told(record.table_name).items()
    making.create_once(*known)  # it reads all rows, and is read again and again
    for name, query in others:
        making.create(name, query, "view")
    if record is Deadline:
        make_deadlines(making.lake, making.made)


def make_deadlines(lake: Lake, made: list[str]) -> None:
    """Make the deadlines that the targets in the settings set, of the facts of cases.

    Raises:
        BadQuestion: a target is for a dimension that there is not.

    """
    settings = lake.settings
    check_targets(settings)
    by_business = any(each.clock == "business" for each in settings.service_level_target)
    hours = hours_of(lake) if by_business else None

    def write() -> list[tuple[str, str]]:
        steps = deadlines(
            CaseFact.unbound(), ReplyWait.unbound(), settings.service_level_target, hours
        )
        return [(name, sql(step)) for name, step in steps.items()]

    key = (repr(settings.service_level_target), hours and hours.written_as)
    for name, query in TELLINGS.get(key, write):
        create(lake, made, name, query, "table" if by_business else "view")


def check_targets(settings: Settings) -> None:
    """See that targets are for dimensions that cases have.

    Raises:
        BadQuestion.

    """
    for target in settings.service_level_target:
        for name in target.applies_to:
            if not may_apply(name):
                problem = gettext_noop(
                    "The target for {what} in hearwell.toml applies to {given}, which cases do not "
                    "have. They have {known}, and your own as custom.site."
                )
                known = tuple(Deadline.dimensions())
                raise BadQuestion(problem, what=target.metric, given=repr(name), known=known)


def bare(suffix: str = "") -> list[Expr]:
    return [
        ibis.table(record.unbound().schema(), name=f"{record.table_name}{suffix}")
        for record in SOURCES
    ]


def tellings(suffix: str = "", hours: Hours | None = None) -> Mapping[str, Step]:
    """Return the steps that make what is told of each case, in their order."""

    def write() -> Mapping[str, Step]:
        case, message, case_event = bare(suffix)
        made = case_tellings(case, message, case_event, hours=hours)
        return {name: step(each) for name, each in {**made, **case_contacts(made, case)}.items()}

    return TELLINGS.get((suffix, hours and hours.written_as), write)


def steps(lake: Lake, suffix: str) -> Mapping[str, Step]:
    return tellings(suffix, hours_of(lake))


@cache
def mergings() -> Mapping[str, str]:
    """Return the queries that find into which case each merged one went."""
    made = Steps()
    merges(made, bare()[0])
    return {name: sql(each) for name, each in made.made.items()}


@cache
def kept_tables() -> Mapping[str, Expr]:
    told = case_tellings(*bare())
    made = {**told, **case_contacts(told, bare()[0])}
    return {name: ibis.table(made[name].schema(), name=name) for name in (*KEPT, MERGED)}


@cache
def of_told(fact: str) -> Mapping[str, str]:
    """Return the queries that make facts of what is told: first what is known of each source."""
    told = kept_tables()
    made = dict(case_facts(told[TOLD], *bare()))
    if fact == FirstResponse.table_name:
        known = ibis.table(made[KNOWN].schema(), name=KNOWN)
        made[fact] = first_responses(told[TOLD], known)
    if fact in {ReplyWait.table_name, Deadline.table_name}:
        made[ReplyWait.table_name] = reply_waits(told[WAITS], CaseFact.unbound())
    if fact == CaseHandling.table_name:
        made[CaseHandling.table_name] = case_handlings(told[HANDLED], CaseFact.unbound())
    return {name: sql(step) for name, step in made.items()}


def hours_of(lake: Lake) -> Hours | None:
    """Return the opening hours around all that is told of cases; None where none are set."""
    settings = lake.settings
    if not settings.schedule:
        return None
    first, last = lake.connection.execute(TOLD_BETWEEN).fetchall()[0]
    days = business_days(
        settings.schedule,
        min(max(first or FIRST_DAY, FIRST_DAY), LAST_DAY).date(),
        max(min(last or FIRST_DAY, LAST_DAY), FIRST_DAY).date(),
    )
    lake.connection.register(BUSINESS_DAY, days.columns)
    return Hours(days, lambda rows: schedule_of(rows, CaseFact, settings), of_schedules(settings))


def of_schedules(settings: Settings) -> str:
    """Return a mark of the opening hours; holidays are as the library of this version has them."""
    told = settings.model_dump_json(include={"schedule"})
    return f"{told} {version('holidays')} {version('tzdata')}"


def make_merges(making: Making) -> None:
    """Make the table of where each merged case went in the end."""
    for name, query in mergings().items():
        making.create(name, query)


def touch(making: Making, kept: Kept) -> bool:
    """Find the cases whose rows changed, and those that these were merged with."""
    changed = " union ".join(
        f"select source, {column} as case_id from {making.changes(record.table_name)} "
        f"where {column} is not null"
        for record, column in (
            (Case, "case_id"),
            (Case, "merged_into"),
            (Message, "case_id"),
            (CaseEvent, "case_id"),
        )
    )
    making.create(CHANGED, changed)
    if not making.has_rows(CHANGED):
        return False
    make_merges(making)
    making.create(
        kept.touched,
        f"select {kept.key} from {CHANGED} "  # also those that are no survivors any more
        f"union select c.source, {SURVIVOR} from {CHANGED} as c {INTO}",
    )
    return True


def gather(making: Making, kept: Kept) -> None:
    """Find all rows of cases and of those merged with them, of which `MERGED` tells."""
    making.create(
        MEMBER,
        f'select c.source, c.case_id from "case" as c {INTO} '
        f"semi join {kept.touched} as t on t.source = c.source and t.case_id = {SURVIVOR}",
    )
    for record in SOURCES:
        name = record.table_name
        rows = f'from "{name}" semi join {MEMBER} using ({kept.key})'
        # Messages are read once, and their texts not at all: a view does not copy these.
        making.create(f"{name}{TOUCHED_ROWS}", rows, "view" if record is Message else "table")


def survivors(making: Making) -> str:
    make_merges(making)
    return f'select c.source, {SURVIVOR} as case_id from "case" as c {INTO}'


CASES = Kept(
    "cases",
    CASE,
    KEPT,
    steps,
    touch,
    gather,
    survivors,
    ("case", "message", "case_event"),
    5_000_000,
)
