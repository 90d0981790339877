"""Bring all facts that the lake keeps up to date, and begin to make others of them."""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from hearwell.clock import business, holiday, interval, schedule, zone
from hearwell.engine import facts
from hearwell.engine.case_build import CASES, of_schedules
from hearwell.engine.changes import History
from hearwell.engine.contact_build import CALLERS, OWNERS, SOURCES
from hearwell.engine.kept import Making, drop, keep, kept_since, make
from hearwell.lake.lake import Lake
from hearwell.metrics.facts import (
    call_episode,
    call_line,
    case_after,
    case_contact,
    case_did,
    case_fact,
    case_merge,
    case_said,
    case_status,
    case_told,
    contact,
    issue,
    steps,
)
from hearwell.metrics.facts.case_merge import MERGED
from hearwell.settings import Settings

CHAIN = (CASES, CALLERS, OWNERS)
"""What is kept, each made of those before it."""

OF_CALLS = (call_line, call_episode, case_contact, contact, issue, case_after)
OF_CASES = (case_told, case_said, case_did, case_status, case_merge, case_fact)
OF_HOURS = (facts, business, schedule, holiday, zone, interval)
RULES = (steps, *OF_CASES, *OF_CALLS, *OF_HOURS)
"""The modules by whose words the kept facts are made."""

MESSAGE = "build facts"


@dataclass(frozen=True)
class Built:
    """What a build did."""

    units: Mapping[str, int]  # cases, callers and owners of which facts were made
    is_full: bool


def build_facts(lake: Lake, *, full: bool = False) -> Built | None:
    """Bring the kept facts up to date; return None if they were.

    Args:
        lake: opened for writing.
        full: make all of them anew.

    """
    # Tables dropped in a transaction keep their memory until its end: it is for what is kept only.
    with lake.writing(MESSAGE, transaction=False):
        making = begin(lake, full=full)
        wanted = [table for kept in CHAIN for table in kept.tables]
        make(making, CHAIN, (*wanted, MERGED))
        units = None
        if making.anew:
            with lake.transaction():
                units = keep(making, mark(lake.settings))
                lake.connection.execute(f"call lake.set_commit_message('hearwell', '{MESSAGE}')")
        drop(lake, making.made)
    return None if units is None else Built(units, making.since is None)


def begin(lake: Lake, *, full: bool = False) -> Making:
    """Return what facts are made in: from the state that is kept to the one that is read."""
    for record in SOURCES:
        lake.use(record)
    history = History.of(lake)
    since = None if full else kept_since(history, CHAIN, mark(lake.settings))
    if since is not None and not any(history.has_changed(r.table_name, since) for r in SOURCES):
        since = history.now
    return Making(lake, since, history.now)


def formula() -> str:
    """Return a mark of the rules: facts that were made by others are made anew."""
    return sha256("".join(map(inspect.getsource, RULES)).encode()).hexdigest()


def mark(settings: Settings) -> str:
    """Return a mark of all that decides what the kept facts are, besides the records."""
    numbers = settings.model_dump_json(include={"telephone_number", "zone"})
    return sha256(f"{formula()} {of_schedules(settings)} {numbers}".encode()).hexdigest()
