"""Work on files and settings that goes on in the background."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from time import monotonic

from django.utils.translation import gettext as _

from hearwell.engine.explain import needed_by
from hearwell.engine.fact_build import build_facts, is_outdated
from hearwell.engine.rollup_build import roll_up
from hearwell.errors import HearwellError
from hearwell.jobs.bring_in import Mapping, bring_in
from hearwell.jobs.learn import learn_scores
from hearwell.jobs.rehearse import beginning, rehearse
from hearwell.lake.lake import Lake, open_lake
from hearwell.lake.shown import showing
from hearwell.records import RECORDS
from hearwell.web import lakes
from hearwell.web.background import HUEY, every, task
from hearwell.web.inputs.bringing import Bringing, State
from hearwell.web.inputs.entries import Entries
from hearwell.web.inputs.saved_mapping import SavedMapping
from hearwell.web.lakes import silent

TOLD_EVERY_SECONDS = 0.5

log = logging.getLogger(__name__)


@HUEY.on_startup()  # type: ignore[untyped-decorator]  # it has no types
def break_off() -> None:
    Bringing.break_off()


@HUEY.on_startup()  # type: ignore[untyped-decorator]  # it has no types
def renew() -> None:
    """Have made anew what another version of Hearwell made, or other settings did."""
    try:
        with silent(open_lake(lake_path())) as lake:
            outdated = is_outdated(lake)
    except HearwellError as problem:
        log.warning("not looked whether what is kept is up to date: %s", problem)
        return
    if outdated:
        log.warning("another version made what is kept for quick answers: it is made anew")
        rebuild()


@every(minute="17")
def tidy() -> None:
    """Remove uploads that nobody went on with."""
    Bringing.tidy()


@task
def check(number: int) -> None:
    """Try what an import would keep and refuse."""
    with at_work(number, State.CHECKED, State.UPLOADED) as (bringing, told):
        with silent(open_lake(lake_path())) as lake:
            mapping = mapping_of(bringing)
            done = rehearse(lake, bringing.path, mapping, progress=told, needed_by=needed_by)
        bringing.counts = asdict(done)


@task
def bring(number: int) -> None:
    """Import a file that was checked, and bring up to date what is kept of it."""
    with at_work(number, State.DONE, State.CHECKED) as (bringing, told):
        record = RECORDS[bringing.record]
        with silent(open_lake(lake_path(), writable=True)) as lake, showing(lake):
            done = bring_in(
                lake,
                bringing.path,
                record,
                mapping_of(bringing),
                progress=lambda share: told(0.8 * share),
                needed_by=needed_by,
            )
            # It is in the lake now, whatever happens to what is made of it.
            bringing.counts = asdict(done)
            if bringing.entries:
                remember(lake, bringing, Entries.kept(bringing.entries))
            bring_up_to_date(lake, bringing)


@every(minute="37")
def catch_up() -> None:
    """Derive for all what each page derives of rows that came by themselves, such as events."""
    rebuild()


@task
def rebuild() -> None:
    """Make anew what is kept in the lake, where rows or settings have changed since."""
    with silent(open_lake(lake_path(), writable=True)) as lake:
        derive(lake)
    log.info("what is kept for quick answers is up to date")


def mapping_of(bringing: Bringing) -> Mapping:
    """Return the mapping that a program sent, else what was chosen on the page.

    Raises:
        BadMapping: with the entry that is wrong.

    """
    if bringing.mapping:
        return Mapping.parse(bringing.mapping)
    return Entries.kept(bringing.entries or {}).mapping()


def remember(lake: Lake, bringing: Bringing, entries: Entries) -> None:
    """Keep the mapping for the next file of these columns."""
    record, how = RECORDS[bringing.record], entries.how_to_read()
    read = beginning(lake, bringing.path, record, reading=how, chosen={})
    SavedMapping.keep(bringing.record, read.columns, entries.as_json())


def derive(lake: Lake) -> None:
    """Bring up to date all that is kept of what is derived."""
    build_facts(lake)
    learn_scores(lake)
    list(roll_up(lake))


def bring_up_to_date(lake: Lake, bringing: Bringing) -> None:
    """Make facts and roll-ups; answers are the same without them, only slower."""
    try:
        derive(lake)
    except HearwellError as problem:
        told = _("The rows are in. What is made of them for quick answers was not: {problem}")
        bringing.message = told.format(problem=problem)


@contextmanager
def at_work(
    number: int, then: State, otherwise: State
) -> Iterator[tuple[Bringing, Callable[[float], None]]]:
    """Tell how far the work is, how it ended, and what was wrong."""
    bringing = Bringing.objects.get(pk=number)
    bringing.progress, bringing.message = 0.0, ""
    bringing.save()
    try:
        yield bringing, telling(bringing)
        bringing.state = then
    except HearwellError as problem:
        bringing.state, bringing.message = otherwise, str(problem)
    except Exception:
        log.exception("bringing in %s", bringing.pk)
        bringing.state = otherwise
        bringing.message = _("This is a fault of Hearwell; it was written to the server's log.")
    bringing.progress = None
    bringing.save()
    if bringing.has_ended:
        bringing.forget_file()


def telling(bringing: Bringing) -> Callable[[float], None]:
    """Return what takes how much is done, and writes it down now and then."""
    last = 0.0

    def told(share: float) -> None:
        nonlocal last
        if monotonic() - last > TOLD_EVERY_SECONDS:
            last = monotonic()
            Bringing.objects.filter(pk=bringing.pk).update(progress=share)

    return told


def lake_path() -> Path:
    return lakes.POOL.path
