"""Tell what people write: phrases by which two sides differ, topics, and suggestions of more."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from hearwell.engine.errors import NotByTeam
from hearwell.engine.question import Question, check_dimension
from hearwell.evidence.counted import NOW, counted
from hearwell.evidence.finding import Finding
from hearwell.insights.topics.effect import Told, effects, speaks_of
from hearwell.insights.topics.sides import FEWEST_PEOPLE, Kind, Sides, columns_for, sides
from hearwell.insights.topics.texts import Texts, kept_for_texts, texts_of
from hearwell.insights.topics.words import findings
from hearwell.lake.lake import Lake
from hearwell.metrics.metric import Unit
from hearwell.text.contrast import Contrasted, contrast
from hearwell.text.suggest import Suggestion, suggestions
from hearwell.text.tagged import Tagged, tagged

MOST_PHRASES = 20
"""So many of each side are told."""

MOST_EXAMPLES = 3
EXAMPLE_LETTERS = 90
"""Of the texts in which a phrase stands those near this length are shown, cut at three times it."""


@dataclass(frozen=True)
class Phrase:
    """A phrase that one side writes more often, with texts in which it stands.

    Attributes:
        examples: covered; empty where fewer than five people of the side wrote it.

    """

    of: Contrasted
    examples: tuple[str, ...]

    def as_json(self, *, with_examples: bool) -> dict[str, Any]:
        each = self.of
        return {
            "phrase": each.phrase,
            "also": list(each.also),
            "language": each.language,
            "z": each.z,
            "p": each.p,
            "is_sure": each.is_sure,
            "first": {"people": each.first, "of": each.first_of},
            "second": {"people": each.second, "of": each.second_of},
        } | ({"examples": list(self.examples)} if with_examples else {})


@dataclass(frozen=True)
class Tags:
    """What agents' tags would be, where they are missing."""

    learnt: Tagged
    suggested: dict[str, int]
    unsure: int

    def as_json(self) -> dict[str, Any]:
        own = {n: v for n, v in vars(self.learnt).items() if n not in {"suggested", "tags"}}
        return own | {"suggested": self.suggested, "unsure": self.unsure}


@dataclass(frozen=True)
class Topics:
    """What people write, and what it has to do with a number.

    Attributes:
        texts, people: those looked at; part: of the people who wrote, if there were too many.
        phrases: of both sides, the strongest first.
        topics: of the organisation's own.
        suggestions: None if they were not asked for.

    """

    question: Question
    kind: Kind
    group: tuple[str, str] | None
    unit: Unit
    texts: int
    people: int
    part: float
    languages: dict[str, int]
    phrases: tuple[Phrase, ...]
    topics: tuple[Told, ...]
    suggestions: tuple[Suggestion, ...] | None = None
    tags: Tags | None = None
    findings: tuple[Finding, ...] = ()

    def as_json(self, *, with_examples: bool = True) -> dict[str, Any]:
        """Return it as plain data; texts only for those who may read rows."""
        return {
            "contrast": self.kind,
            "group": None if self.group is None else "=".join(self.group),
            "texts": self.texts,
            "people": self.people,
            "part": self.part,
            "languages": self.languages,
            "phrases": [each.as_json(with_examples=with_examples) for each in self.phrases],
            "topics": [each.as_json() for each in self.topics],
            "suggestions": None
            if self.suggestions is None
            else [asdict(each) for each in self.suggestions],
            "tags": None if self.tags is None else self.tags.as_json(),
            "findings": [each.as_json() for each in self.findings],
        }


def topics(
    lake: Lake,
    question: Question,
    kind: Kind = "low-high",
    group: tuple[str, str] | None = None,
    *,
    suggest: bool = False,
) -> Topics:
    """Hold the texts of two sides against each other; say what topics have to do with a number.

    Args:
        kind: low-high (those who count against the metric and for it), before-after (this period
            and the one before), group (it and the rest), left-stayed (of the satisfied).
        group: a dimension and its value.
        suggest: also suggest topics, and tags where agents gave some.

    Raises:
        NotExplained, NotAMean, NothingCounted, TooFewToShow, BadQuestion.

    """
    (asked,) = question.asked
    record = asked.metric.record
    if kind == "left-stayed" and question.teams is not None:
        raise NotByTeam(kind)  # who left is of no team
    compare = (question.compare or "previous") if kind == "before-after" else None
    alone = replace(question, by=(), compare=compare)
    if group is not None:
        check_dimension(asked.metric, group[0])
    own = columns_for(kind, group)
    tag = ("topic",) if suggest and "topic" in record.dimensions() else ()
    keep = tuple(dict.fromkeys((*kept_for_texts(record), *own, *tag)))
    with counted(lake, alone, keep) as rows:
        texts = texts_of(rows, tuple(dict.fromkeys((*own, *tag))))
        of_sides = sides(rows, texts, kind, group)
        of_sides.check(texts.person)
        speaks = speaks_of(rows, texts, lake.settings.topics)
        found = Topics(
            alone,
            kind,
            group,
            rows.unit,
            int(of_sides.takes_part.sum()),
            len(np.unique(texts.person[of_sides.takes_part])),
            texts.part,
            counts(texts, of_sides),
            tuple(phrases_of(texts, of_sides, question.level)),
            effects(texts, speaks, question.level),
        )
        if suggest:
            untold = ~np.any([np.zeros(len(texts.text), bool), *speaks.values()], axis=0)
            found = replace(
                found,
                suggestions=tuple(suggested(texts, untold)),
                tags=tags_of(texts) if tag else None,
            )
        return replace(found, findings=tuple(findings(found)))


def counts(texts: Texts, of_sides: Sides) -> dict[str, int]:
    """Return how many texts there are in each language, the most first."""
    here = np.array(texts.language, dtype=object)[of_sides.takes_part].astype(str)
    names, n = np.unique(here, return_counts=True)
    return {str(names[i]): int(n[i]) for i in np.argsort(-n, kind="stable")}


def phrases_of(texts: Texts, of_sides: Sides, level: float) -> list[Phrase]:
    """Return the phrases of both sides, the strongest of each."""
    at = np.flatnonzero(of_sides.takes_part).tolist()
    is_first = of_sides.is_first[at]
    found = contrast(
        [texts.text[i] for i in at],
        is_first,
        texts.person[at],
        [texts.language[i] for i in at],
        1 - level,
    )
    shown = []
    for sign in (1, -1):
        side = [each for each in found if each.z * sign > 0][:MOST_PHRASES]
        for each in side:
            own = [at[i] for i in each.texts.tolist() if is_first[i] == (sign > 0)]
            shown.append(Phrase(each, examples(texts, own)))
    return sorted(shown, key=lambda phrase: -abs(phrase.of.z))


def examples(texts: Texts, places: Sequence[int]) -> tuple[str, ...]:
    """Return a few of these texts, of different people and neither short nor long."""
    if len(np.unique(texts.person[places])) < FEWEST_PEOPLE:
        return ()
    order = sorted(places, key=lambda i: (abs(len(texts.text[i]) - EXAMPLE_LETTERS), i))
    found: dict[str, int] = {}
    for i in order:
        if texts.person[i] not in found.values():
            found.setdefault(shortened(texts.text[i]), int(texts.person[i]))
        if len(found) == MOST_EXAMPLES:
            break
    return tuple(found)


def shortened(text: str) -> str:
    one_line = " ".join(text.split())
    return (
        one_line if len(one_line) <= 3 * EXAMPLE_LETTERS else one_line[: 3 * EXAMPLE_LETTERS] + "…"
    )


def suggested(texts: Texts, among: Any) -> list[Suggestion]:
    """Suggest topics of texts that belong to none, in the language most of them are in."""
    now = np.flatnonzero(among & (texts.cell == NOW))
    language = np.array(texts.language, dtype=object)[now].astype(str)
    names, n = np.unique(language, return_counts=True)
    if not len(names):
        return []
    return suggestions([texts.text[i] for i in now[language == names[n.argmax()]].tolist()])


def tags_of(texts: Texts) -> Tags | None:
    tags = [None if each is None else str(each) for each in texts.columns["topic"]]
    learnt = tagged(texts.text, tags, texts.person)
    if learnt is None:
        return None
    n = np.bincount(learnt.suggested + 1, minlength=len(learnt.tags) + 1).tolist()
    return Tags(learnt, dict(zip(learnt.tags, n[1:], strict=True)), n[0])
