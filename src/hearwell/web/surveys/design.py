"""What is asked: a design, and its versions, none of which changes once somebody was asked."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from hearwell.language import ENGLISH
from hearwell.web.surveys.instrument import INSTRUMENTS, standard, texts
from hearwell.web.surveys.question import SCALED, Question, asked, most_asked

MOST_QUESTIONS = 5
"""Longer surveys go unanswered; somebody who wants one has to say so."""

MOST_POINTS = 11
SYMBOLS = ("😠", "😕", "😐", "😊", "😀")


class Presentation(models.TextChoices):
    NUMBERS = "numbers", _("numbers")
    STARS = "stars", _("stars")
    SYMBOLS = "symbols", _("faces, with words")
    WORDS = "words", _("words")
    NONE = "none", _("not at all: only the questions below")


WORDED = {Presentation.SYMBOLS, Presentation.WORDS}
"""Each point has its word beside it, if there is one for each."""


@dataclass(frozen=True)
class Point:
    """One answer that can be chosen: its number always shows, its sign is decoration."""

    score: int
    sign: str
    label: str


class Design(models.Model):
    """A survey by its name. What it asks is in its versions, the newest of which is asked."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    instrument = models.CharField(
        _("what it measures"),
        max_length=10,
        choices=[(each.key, each.label) for each in INSTRUMENTS.values()],
    )
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def newest(self) -> "Version":
        return self.versions.order_by("-number")[0]

    @classmethod
    def begin(cls, name: str, instrument: str) -> "Design":
        """Make a design with the standard words of its instrument."""
        known = INSTRUMENTS[instrument]
        with transaction.atomic():
            made = cls.objects.create(name=name, instrument=instrument)
            Version.objects.create(
                design=made,
                number=1,
                scale_low=known.scale_low,
                scale_high=known.scale_high,
                presentation=known.presentation,
                texts=standard(instrument),
            )
        return made


class Version(models.Model):
    """What is asked, word for word, and on which scale.

    Attributes:
        texts: by language: question, low, high, labels, follow_low, follow_middle, follow_high.
        further: more questions: [{"key": "2", "kind": "choice", "after": "low",
            "texts": {"en": {"question": "…", "options": ["…"]}}}].

    """

    design = models.ForeignKey(Design, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    scale_low = models.SmallIntegerField(_("lowest answer"))
    scale_high = models.SmallIntegerField(_("highest answer"))
    higher_is_better = models.BooleanField(_("higher is better"), default=True)
    presentation = models.CharField(_("shown as"), max_length=10, choices=Presentation)
    texts = models.JSONField(default=dict)
    further = models.JSONField(default=list, blank=True)
    asks_more = models.BooleanField(_("more than five questions"), default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["design", "number"], name="survey_version_number")
        ]

    def __str__(self) -> str:
        return f"{self.design.name}-{self.number}"

    def save(self, *arguments: Any, **named: Any) -> None:
        if self.was_asked:
            message = "A version that somebody was asked cannot be changed: make the next one."
            raise TypeError(message)
        super().save(*arguments, **named)

    @property
    def was_asked(self) -> bool:
        return self.pk is not None and self.invitations.exists()

    def clean(self) -> None:
        if not 1 <= self.scale_high - self.scale_low < MOST_POINTS:
            raise ValidationError({"scale_high": _("A scale has 2 to 11 points.")})
        if self.most_asked > MOST_QUESTIONS and not self.asks_more:
            told = _("More than five questions: most people stop before. Say that you want it so.")
            raise ValidationError({"asks_more": told})
        if not self.texts:
            raise ValidationError(_("A survey needs words in one language at least."))
        if not self.has_scale and not self.further:
            raise ValidationError({"presentation": _("Without a scale it needs other questions.")})
        for own in self.texts.values():
            ends = own.get("low") and own.get("high")
            if not own.get("question") or not (ends or not self.needs_ends):
                told = _("Each language needs the question and what both ends of the scale mean.")
                raise ValidationError(told)

    @property
    def is_anonymous(self) -> bool:
        return INSTRUMENTS[self.design.instrument].is_anonymous

    @property
    def has_scale(self) -> bool:
        return self.presentation != Presentation.NONE

    @property
    def needs_ends(self) -> bool:
        """Is anything asked on the scale?"""
        return self.has_scale or any(each["kind"] in SCALED for each in self.further)

    @property
    def most_asked(self) -> int:
        return most_asked(self.further)

    def asked(self, language: str, answer: int | None) -> list[Question]:
        """Return what is asked after an answer, before there is room for a comment."""
        part = "" if answer is None else self.part(answer)
        return [each for each in self.asked_ever(language) if each.after in {"", part}]

    def asked_ever(self, language: str) -> Iterator[Question]:
        """Give what is asked after the first question, whatever the answer was."""
        return asked(self.further, language)

    def spoken(self, wanted: str) -> str:
        """Return the language in which it is asked of who wants this one."""
        candidates = (wanted, wanted.partition("-")[0], ENGLISH)
        return next((each for each in candidates if each in self.texts), next(iter(self.texts)))

    def said(self, language: str) -> dict[str, Any]:
        found: dict[str, Any] = self.texts[language]
        return found

    def points(self, language: str) -> list[Point]:
        """Return the answers that can be chosen, the lowest first."""
        own = self.said(language)
        scores = range(self.scale_low, self.scale_high + 1)
        labels = own.get("labels") or []
        if len(labels) != len(scores):
            labels = [own.get("low", ""), *[""] * (len(scores) - 2), own.get("high", "")]
        faces = SYMBOLS if self.higher_is_better else SYMBOLS[::-1]
        shows_faces = self.presentation == Presentation.SYMBOLS and len(scores) == len(SYMBOLS)
        shows_stars = self.presentation == Presentation.STARS
        return [
            Point(score, faces[at] if shows_faces else "★" * (at + 1) if shows_stars else "", label)
            for at, (score, label) in enumerate(zip(scores, labels, strict=True))
        ]

    def follow_up(self, language: str, answer: int | None) -> str:
        """Return what is asked last, which depends on whether the answer was low or high."""
        if answer is None:
            return str(texts(language)["words"]["comment"])
        part = self.part(answer)
        own = self.said(language).get(f"follow_{part}")
        told: str = own or texts(language)["follow"][part]
        return told

    def part(self, answer: int) -> str:
        """Is an answer low, middle or high? Detractors of a net score are low, passives middle."""
        instrument = INSTRUMENTS[self.design.instrument]
        if instrument.record in {"nps", "enps"}:
            return "low" if answer <= 6 else "middle" if answer <= 8 else "high"
        place = (answer - self.scale_low) / (self.scale_high - self.scale_low)
        place = place if self.higher_is_better else 1 - place
        return "low" if place < 0.5 else "middle" if place == 0.5 else "high"
