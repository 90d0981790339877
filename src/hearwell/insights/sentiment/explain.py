"""Tell how texts are judged, and why one was judged so."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from hearwell.engine.question import Question, find
from hearwell.engine.score_model import Known, known_model, score_model, why_off
from hearwell.evidence import sentence as told
from hearwell.evidence.errors import NotExplained
from hearwell.evidence.finding import Finding
from hearwell.evidence.sentence import Sentence, gettext_noop, sentence
from hearwell.lake.lake import Lake
from hearwell.text.language import UNKNOWN
from hearwell.text.score import FEWEST, FEWEST_OF_EACH, LOWEST_AREA, Quality, fold_of
from hearwell.text.score_words import explained

OF_NO_CUSTOMER = ""
"""In the place of whoever wrote a text that is only asked about."""


@dataclass(frozen=True)
class Sentiment:
    """How texts are judged; None is known where there are no scored comments."""

    known: Known | None
    findings: tuple[Finding, ...]

    def as_json(self) -> dict[str, Any]:
        known = None if self.known is None else asdict(self.known)
        return {"model": known, "findings": [each.as_json() for each in self.findings]}


def sentiment(lake: Lake) -> Sentiment:
    """Tell whether texts are judged, and how well."""
    with lake.reading():
        known = known_model(lake)
    return Sentiment(known, tuple(findings(known)))


LEARNT = gettext_noop(
    "Texts are judged by what was learnt from {n} scored comments of your own. Of two texts, one "
    "with a high score and one with a low, the better one is told right in {area} of cases "
    "({low} to {high}); chances are off by {calibration} on average."
)
JUDGED = gettext_noop("Judged in {language}: {area} ({low} to {high}; scored comments: {n}).")
NOT_JUDGED = gettext_noop(
    "Not judged in {language}: scored comments {n} of {fewest}, of the rarer of low and high "
    "{fewer} of {fewest_of_each}."
)
NOT_TOLD_APART = gettext_noop(
    "Not judged in {language}: low and high scores are not told apart well enough, {low} at least "
    "where {lowest} is needed (scored comments: {n})."
)
MESSAGES = gettext_noop(
    "Messages are judged, too: by the scores given after their cases {area} ({low} to {high}; "
    "scores: {n})."
)
FEW_MESSAGES = gettext_noop(
    "Messages are not counted: of scores given after their cases there are {n} of {fewest}, of the "
    "rarer of low and high {fewer} of {fewest_of_each}."
)
POOR_MESSAGES = gettext_noop(
    "Messages are not counted: they tell too little of the scores given after their cases, {low} "
    "at least where {lowest} is needed (scores: {n})."
)
TOO_FEW = gettext_noop(
    "Texts are not judged: scored comments {n} of {fewest}, of the rarer of low and high {fewer} "
    "of {fewest_of_each}. What others learnt from theirs does not hold for yours."
)
TOO_POOR = gettext_noop(
    "Texts are not judged: low and high scores are not told apart well enough by what was written "
    "with them, {low} at least where {lowest} is needed (scored comments: {n})."
)


def findings(known: Known | None) -> Iterator[Finding]:
    """Say how texts are judged, or why they are not."""
    quality = Quality(0, 0) if known is None else known.quality
    is_on = known is not None and known.is_on
    yield Finding(
        "sentiment.learnt" if is_on else "sentiment.off",
        sentence(LEARNT, **figures(quality)) if is_on else off(quality, TOO_FEW, TOO_POOR),
        sure=1.0,
        people=quality.n,
        size=0.0,
        evidence=asdict(quality),
        notes=tuple(notes(known)) if known is not None and is_on else (),
        opens=Question(find("sentiment")) if is_on else None,
    )


def notes(known: Known) -> Iterator[Sentence]:
    """Say how well texts are judged in each language, and messages."""
    yield from (of_language(name, each) for name, each in known.by_language.items())
    messages = known.messages
    if messages.is_good:
        shown = {key: figures(messages)[key] for key in ("n", "area", "low", "high")}
        yield sentence(MESSAGES, **shown)
    else:
        yield off(messages, FEW_MESSAGES, POOR_MESSAGES)


def figures(quality: Quality) -> dict[str, told.Value]:
    return {
        "n": told.count(quality.n),
        "area": told.share(quality.area or 0.0),
        "low": told.share(quality.area_low or 0.0),
        "high": told.share(quality.area_high or 0.0),
        "calibration": told.share(quality.calibration or 0.0),
    }


def off(quality: Quality, few: str, poor: str, **more: told.Value) -> Sentence:
    """Say that texts are not judged, by the template that fits."""
    if not quality.is_enough or quality.area_low is None:
        return sentence(
            few,
            n=told.count(quality.n),
            fewest=told.count(FEWEST),
            fewer=told.count(quality.fewer),
            fewest_of_each=told.count(FEWEST_OF_EACH),
            **more,
        )
    return sentence(
        poor,
        n=told.count(quality.n),
        low=told.share(quality.area_low),
        lowest=told.share(LOWEST_AREA),
        **more,
    )


def of_language(name: str, quality: Quality) -> Sentence:
    language = told.word(None if name == UNKNOWN else name)
    if quality.is_enough and quality.is_good:
        shown = {key: figures(quality)[key] for key in ("n", "area", "low", "high")}
        return sentence(JUDGED, language=language, **shown)
    return off(quality, NOT_JUDGED, NOT_TOLD_APART, language=language)


@dataclass(frozen=True)
class Judgement:
    """How a text is judged: how likely its writer is satisfied, and what each word adds."""

    chance: float
    words: tuple[tuple[str, float], ...]


def judgement(lake: Lake, text: str) -> Judgement:
    """Judge a text, and tell what each of its words adds to the log odds.

    Raises:
        NotExplained: texts are not judged.

    """
    with lake.reading():
        known, model = known_model(lake), score_model(lake)
    if model is None:
        problem = f"No text is judged: {why_off(known)}"
        raise NotExplained(problem)
    fold = fold_of(OF_NO_CUSTOMER)
    (chance,) = model.chances([text], [fold])
    return Judgement(float(chance), tuple(explained(model, text, fold)))
