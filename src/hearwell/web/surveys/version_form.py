"""What a survey asks and says, in each language, as leads fill it in."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from hearwell.language import LANGUAGES
from hearwell.web.surveys.design import MOST_QUESTIONS, Presentation, Version
from hearwell.web.surveys.question import LISTED, MOST_OPTIONS, After, Kind

MOST_FURTHER = 19
PARTS = {
    "question": lazy("Question"),
    "low": lazy("What the lowest answer means"),
    "high": lazy("What the highest answer means"),
    "labels": lazy("A word for each answer, one on each line"),
    "follow_low": lazy("Asked after a low answer"),
    "follow_middle": lazy("Asked after one in the middle"),
    "follow_high": lazy("Asked after a high answer"),
}
ENDS = {"low", "high"}


class VersionForm(forms.ModelForm):  # type: ignore[type-arg]  # not at run time
    """How a survey is shown and what it says, in each language.

    The scale of an instrument with a standard is fixed: other scales could not be compared.
    """

    class Meta:
        model = Version
        fields: ClassVar = [
            "presentation",
            "scale_low",
            "scale_high",
            "higher_is_better",
            "asks_more",
        ]

    def __init__(self, *arguments: Any, more: int = 1, **named: Any) -> None:
        """Give room for so many more questions than there are."""
        super().__init__(*arguments, **named)
        version: Version = self.instance
        if version.design.instrument != "custom":
            for name in ("scale_low", "scale_high", "higher_is_better"):
                del self.fields[name]
            shown = [each for each in Presentation.choices if each[0] != Presentation.NONE]
            self.fields["presentation"] = forms.ChoiceField(
                label=capfirst(_("shown as")), choices=shown
            )
        self.places = range(min(len(version.further) + more, MOST_FURTHER))
        for place in self.places:
            known = version.further[place] if place < len(version.further) else {}
            self.fields[f"kind_{place}"] = forms.ChoiceField(
                label=_("Answered by"),
                choices=[("", _("no question")), *Kind.choices],
                required=False,
                initial=known.get("kind", ""),
            )
            self.fields[f"after_{place}"] = forms.ChoiceField(
                label=_("Asked after"),
                choices=After.choices,
                required=False,
                initial=known.get("after", ""),
            )
        for language in LANGUAGES:
            own = version.texts.get(language, {})
            for part, label in PARTS.items():
                value = own.get(part, "")
                is_list = part == "labels"
                written = "\n".join(value) if is_list else value
                self.add_words(f"{language}-{part}", label, written, 5 if is_list else 0)
            for place in self.places:
                known = version.further[place] if place < len(version.further) else {}
                asked = known.get("texts", {}).get(language, {})
                written = "\n".join([asked.get("question", ""), *asked.get("options", [])])
                number = _("Question {n}").format(n=place + 2)
                self.add_words(f"{language}-asks_{place}", number, written.strip(), 3)

    def add_words(self, name: str, label: Any, value: str, rows: int) -> None:
        field = forms.CharField(label=label, required=False, max_length=2000, initial=value)
        if rows:
            field.widget = forms.Textarea(attrs={"rows": rows})
        field.widget.attrs |= {"dir": "auto", "lang": name.partition("-")[0]}
        self.fields[name] = field

    def languages(self) -> Iterator[tuple[str, str, list[forms.BoundField]]]:
        """Give each language with its fields."""
        for language, name in LANGUAGES.items():
            asked = [self[f"{language}-asks_{place}"] for place in self.places]
            yield language, name, [*(self[f"{language}-{part}"] for part in PARTS), *asked]

    def rest(self) -> list[forms.BoundField]:
        return [self[name] for name in self.Meta.fields if name in self.fields]

    def questions(self) -> Iterator[tuple[int, forms.BoundField, forms.BoundField]]:
        """Give the number of each further question, how it is answered, and after what."""
        for place in self.places:
            yield place + 2, self[f"kind_{place}"], self[f"after_{place}"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        texts = {}
        for language in LANGUAGES:
            own = {part: (cleaned.get(f"{language}-{part}") or "").strip() for part in PARTS}
            if any(own.values()):
                texts[language] = {**own, "labels": lines(own["labels"])}
        self.instance.texts = texts
        self.instance.further = [
            each for place in self.places if (each := self.further(cleaned, place, texts))
        ]
        self.instance.presentation = cleaned.get("presentation", self.instance.presentation)
        for language, own in texts.items():
            for part in {"question", *(ENDS if self.instance.needs_ends else ())}:
                if not own[part]:
                    self.add_error(f"{language}-{part}", NEEDED)
        return cleaned

    def further(
        self, cleaned: dict[str, Any], place: int, texts: dict[str, Any]
    ) -> dict[str, Any] | None:
        """Return a further question as it is kept; its key stays, whatever is changed."""
        kind, before = cleaned.get(f"kind_{place}"), self.instance.further
        if not kind:
            return None
        new = place - len(before)
        key = str(self.unused() + new) if new >= 0 else before[place]["key"]
        said = {}
        for language in texts:
            question, *options = lines(cleaned.get(f"{language}-asks_{place}") or "") or [""]
            if not question:
                self.add_error(f"{language}-asks_{place}", NEEDED)
            elif kind in LISTED and not 2 <= len(options) <= MOST_OPTIONS:
                told = _("Write the question first, and below it 2 to {most}, each on a line.")
                self.add_error(f"{language}-asks_{place}", told.format(most=MOST_OPTIONS))
            said[language] = {"question": question, "options": options if kind in LISTED else []}
        if len({len(own["options"]) for own in said.values()}) > 1:
            told = _("Each language needs as many of them, in the same order.")
            self.add_error(f"kind_{place}", told)
        after = cleaned.get(f"after_{place}") or ""
        return {"key": key, "kind": kind, "after": after, "texts": said}

    def unused(self) -> int:
        """Return a key that no question of this version has, nor any that is greater."""
        return 1 + max((int(each["key"]) for each in self.instance.further), default=1)

    def is_long(self) -> bool:
        most: int = self.instance.most_asked
        return most > MOST_QUESTIONS


NEEDED = lazy("A language that has words needs this one, too.")


def lines(text: str) -> list[str]:
    return [each.strip() for each in text.splitlines() if each.strip()]
