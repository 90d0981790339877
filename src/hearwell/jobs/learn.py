"""Learn from scored comments how texts are meant, and judge all texts by it."""

import inspect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Self

import numpy as np
import numpy.typing as npt

from hearwell.engine.derived import readable
from hearwell.engine.kept import create, drop
from hearwell.engine.score_model import TABLE, Known, known_model, score_model
from hearwell.engine.sums import sql
from hearwell.lake.lake import Lake
from hearwell.lake.tables import existing
from hearwell.metrics.facts import opinion
from hearwell.metrics.facts.opinion import Opinion
from hearwell.records.agent import Agent
from hearwell.records.survey import Survey
from hearwell.settings import Settings
from hearwell.stats.classification import Flags, Numbers
from hearwell.stats.interval import FloatArray
from hearwell.text import language, score, scrub, words
from hearwell.text.language import UNKNOWN, Languages, base
from hearwell.text.score import Quality, Scored, ScoreModel, fold_of, learn, quality
from hearwell.text.score_store import written
from hearwell.text.scrub import Scrubber

MOST_LEARNT = 20_000
"""From more scored comments a sample is drawn: beyond so many, further ones teach little."""

GROWN = 1.25
"""With so many times the scored comments, or so many times fewer, the model is learnt anew."""

AT_ONCE = 10_000
RULES = (score, words, language, scrub, opinion)
"""The modules by whose words texts are read and judged."""

MESSAGE = "judge texts"

TEXTS = """
select row_number() over (order by o.kind, o.source, o.text_id) as number,
    o.kind, o.source, o.text_id, o.received_at, o.language, o.is_high, o.is_judged,
    o.case_id, o.written_at, coalesce(o.customer_id, o.source || ' ' || o.text_id) as person, t.text
from opinion as o join (
    select 'comment' as kind, source, survey_id as text_id, comment as text from survey
    union all select 'message', source, message_id, text from message
) as t using (kind, source, text_id)
"""
SCORED = f"""
select language, is_high, person, text from ({TEXTS}) where is_high is not null
order by md5(source || ' ' || text_id), source, text_id limit {MOST_LEARNT}
"""
SCORED_LATER = f"""
with scores as ({sql(opinion.scores(Survey.unbound()))})
select t.language, s.is_high, t.person, t.text from ({TEXTS}) as t
join scores as s on s.source = t.source and s.case_id = t.case_id and s.answered_at >= t.written_at
where t.kind = 'message'
qualify row_number() over (partition by t.source, t.case_id order by t.written_at desc, text_id) = 1
order by md5(t.source || ' ' || t.text_id), t.source, t.text_id limit {MOST_LEARNT}
"""
"""The last message of each case after which a score was given: by them it is seen whether messages
tell what comments taught."""

TO_JUDGE, ANSWERED = "judged_now", "judged_answer"
GONE = "from judged_text anti join opinion using (kind, source, text_id)"
SAME = "(kind, source, text_id) in (select (kind, source, text_id) "


@dataclass(frozen=True)
class Learnt:
    """What was done: what is known of the model now, and how many texts were judged."""

    known: Known
    is_new: bool
    judged: int


def learn_scores(lake: Lake, *, full: bool = False) -> Learnt | None:
    """Bring the score model and what it judged up to date; return None if they were.

    The model is learnt anew where it was learnt by other rules, and where the scored comments have
    become more by a quarter, or fewer. Else only texts that are new or have changed are judged.

    Args:
        lake: opened for writing.
        full: learn anew all the same.

    """
    made: list[str] = []
    with readable(lake, Opinion):
        try:
            return brought_up_to_date(lake, made, full=full)
        finally:
            drop(lake, made)


def brought_up_to_date(lake: Lake, made: list[str], *, full: bool) -> Learnt | None:
    with lake.reading() as snapshot:
        scored = one(lake, "select count(*) from opinion where is_high is not null")
        known = known_model(lake)
        if known is None and not scored:
            return None
        is_new = full or known is None or is_outgrown(known, scored, lake.settings)
        model = score_model(lake)
        if is_new or known is None:
            known, model = learnt(lake, snapshot, scored)
        which = "" if is_new else "where not is_judged"
        create(lake, made, TO_JUDGE, f"select * from ({TEXTS}) {which}")
        answers = list(judgements(lake, model, known)) if model is not None else []
        gone = one(lake, f"select count(*) {GONE}")
    if not is_new and not answers and not gone:
        return None
    with lake.writing(MESSAGE):
        if is_new:
            keep(lake, known, model)
        lake.connection.execute(
            "delete from lake.judged_text" + ("" if is_new else f" where {SAME} {GONE})")
        )
        for each in answers:
            put(lake, each)
    lake.tables.update(existing(lake.connection))
    return Learnt(known, is_new, sum(len(each.number) for each in answers))


def one(lake: Lake, query: str) -> int:
    return int(lake.connection.execute(query).fetchall()[0][0])


def is_outgrown(known: Known, scored: int, settings: Settings) -> bool:
    if known.rules != rules(settings):
        return True
    much = scored >= GROWN * known.scored or scored * GROWN <= known.scored
    return scored != known.scored and (much or not known.quality.is_enough)


def rules(settings: Settings) -> str:
    """Return a mark of how it is learnt: what was learnt otherwise is learnt anew."""
    text = "".join(map(inspect.getsource, RULES)) + repr(settings.text)
    return sha256(text.encode()).hexdigest()


def learnt(lake: Lake, snapshot: int, scored: int) -> tuple[Known, ScoreModel | None]:
    """Learn from the scored comments, as far as they are enough."""
    found = learn(examples(lake, SCORED))
    model = found if isinstance(found, ScoreModel) else None
    known = Known(
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        snapshot=snapshot,
        rules=rules(lake.settings),
        scored=scored,
        quality=found if isinstance(found, Quality) else found.quality,
        by_language={} if model is None else model.by_language,
        messages=Quality(0, 0) if model is None else of_messages(lake, model),
        is_on=model is not None,
    )
    return known, model


def examples(lake: Lake, query: str) -> Scored:
    rows = lake.connection.execute(query).fetchall()
    told, is_high, persons, texts = zip(*rows, strict=True) if rows else [()] * 4
    plain, languages = Reading.of(lake).read(texts, told)
    return Scored(plain, np.array(is_high, dtype=bool), persons, languages)


def of_messages(lake: Lake, model: ScoreModel) -> Quality:
    """Say how well messages are judged, by the scores that came after them."""
    later = examples(lake, SCORED_LATER)
    found = Quality(len(later.texts), later.fewer)
    if not found.is_enough:
        return found
    chance = model.chances(later.texts, [fold_of(person) for person in later.persons])
    return quality(later.is_high, later.persons, chance, chance)


@dataclass(frozen=True)
class Reading:
    """How texts are read: in which languages they may be, and what is covered of them."""

    languages: Languages
    scrubber: Scrubber

    @classmethod
    def of(cls, lake: Lake) -> Self:
        asked = lake.settings.text
        named = f"select distinct name from {lake.use(Agent)} where name is not null"
        names = [name for (name,) in lake.connection.execute(named).fetchall()]
        return cls(Languages(asked.languages), Scrubber(asked.languages, asked.region, names))

    def read(self, texts: Sequence[str], told: Sequence[str | None]) -> tuple[list[str], list[str]]:
        """Return texts with what is personal covered, and their languages without the country.

        Args:
            told: the language as the source says; None where it does not.

        """
        silent = [i for i, each in enumerate(told) if not each]
        found = self.languages.of([texts[i] for i in silent])
        languages = [base((each or "").replace("_", "-")) for each in told]
        for i, each in zip(silent, found, strict=True):
            languages[i] = each if each.startswith(UNKNOWN) else base(each)
        return self.scrubber.scrubbed(texts), languages


@dataclass(frozen=True)
class Answered:
    """What was said of some texts, by their numbers."""

    number: Numbers
    language: npt.NDArray[np.object_]
    chance: FloatArray  # nan where the language is not judged
    is_shown: Flags


def judgements(lake: Lake, model: ScoreModel, known: Known) -> Iterator[Answered]:
    """Judge texts, some at a time."""
    reading = Reading.of(lake)
    found = lake.connection.execute(f"select number, kind, language, person, text from {TO_JUDGE}")
    while rows := found.fetchmany(AT_ONCE):
        numbers, kinds, told, persons, texts = zip(*rows, strict=True)
        plain, languages = reading.read(texts, told)
        known_in = [model.judges(each) for each in languages]
        is_shown = (np.array(kinds) == "comment") | known.messages.is_good
        chances = model.chances(plain, [fold_of(person) for person in persons])
        yield Answered(
            np.array(numbers, dtype=np.int64),
            np.array(languages, dtype=object),
            np.where(known_in, chances, np.nan),
            is_shown & known_in,
        )


def keep(lake: Lake, known: Known, model: ScoreModel | None) -> None:
    """Put the model in the place of the one before."""
    run = lake.connection.execute
    run(f"create table if not exists lake.{TABLE} (told varchar, arrays blob)")
    run(f"delete from lake.{TABLE}")
    arrays = None if model is None else written(model)
    run(f"insert into lake.{TABLE} values (?, ?)", [known.text(), arrays])


def put(lake: Lake, answered: Answered) -> None:
    """Keep judgements, in the place of those of the same texts."""
    run = lake.connection.execute
    lake.connection.register(ANSWERED, vars(answered))
    both = f"from {TO_JUDGE} join {ANSWERED} as a using (number)"
    run(f"delete from lake.judged_text where {SAME} {both})")
    run(
        "insert into lake.judged_text by name select kind, source, text_id, "
        "received_at as text_received_at, a.is_shown, nullif(a.language, 'und') as language, "
        f"if(isnan(a.chance), null, a.chance) as chance, now()::timestamp as received_at {both}"
    )
    lake.connection.unregister(ANSWERED)
