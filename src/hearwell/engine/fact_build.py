"""Bring all facts that the lake keeps up to date, and begin to make others of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256

import duckdb

from hearwell.engine.case_build import CASES, of_schedules
from hearwell.engine.changes import History
from hearwell.engine.contact_build import CALLERS, OWNERS, SOURCES
from hearwell.engine.kept import Making, built, drop, keep, kept_since, make
from hearwell.engine.state import formulas
from hearwell.lake.lake import Lake
from hearwell.metrics.facts.case_merge import MERGED
from hearwell.records.record import Record
from hearwell.settings import Settings

CHAIN = (CASES, CALLERS, OWNERS)
"""What is kept, each made of those before it."""

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


def begin(
    lake: Lake, *, full: bool = False, use: Callable[[type[Record]], object] | None = None
) -> Making:
    """Return what facts are made in: from the state that is kept to the one that is read.

    Args:
        lake: that is read.
        full: use nothing of what is kept.
        use: what makes a record readable, if not the lake itself.

    """
    for record in SOURCES:
        (use or lake.use)(record)
    history = History.of(lake)
    since = None if full else kept_since(history, CHAIN, mark(lake.settings))
    if since is not None and not any(history.has_changed(r.table_name, since) for r in SOURCES):
        since = history.now
    return Making(lake, since, history.now)


def is_outdated(lake: Lake) -> bool:
    """Are facts kept by other rules, such as those of an older Hearwell? They are of no use."""
    told = built(History.of(lake))
    return told is not None and told[1] != mark(lake.settings)


def mark(settings: Settings) -> str:
    """Return a mark of all that decides what the kept facts are, besides the records."""
    numbers = settings.model_dump_json(include={"telephone_number", "zone"})
    rules = f"{formulas()} {duckdb.__version__} {of_schedules(settings)} {numbers}"
    return sha256(rules.encode()).hexdigest()
