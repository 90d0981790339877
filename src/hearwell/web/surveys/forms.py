"""What leads fill in: a survey's words, a programme's rules, the organisation's habits."""

import csv
from collections.abc import Iterator
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from hearwell.language import LANGUAGES
from hearwell.web.surveys.design import Design, Version
from hearwell.web.surveys.habits import Habits
from hearwell.web.surveys.programme import Programme

LARGEST_FILE = 20 * 1024 * 1024
PARTS = {
    "question": lazy("Question"),
    "low": lazy("What the lowest answer means"),
    "high": lazy("What the highest answer means"),
    "labels": lazy("A word for each answer, one on each line"),
    "follow_low": lazy("Asked after a low answer"),
    "follow_middle": lazy("Asked after one in the middle"),
    "follow_high": lazy("Asked after a high answer"),
}


class DesignForm(forms.ModelForm):  # type: ignore[type-arg]  # not at run time
    class Meta:
        model = Design
        fields: ClassVar = ["name", "instrument"]


class ReachForm(forms.Form):
    """Where customers can be asked, as a file; `emails` has what is in it once it is valid."""

    file = forms.FileField(
        label=lazy("File of customers and e-mails"),
        help_text=lazy("CSV with the columns customer and email; customer as in your other files."),
    )

    def clean_file(self) -> dict[str, str]:
        given = self.cleaned_data["file"]
        if given.size > LARGEST_FILE:
            raise ValidationError(_("The file is too large: split it into parts of 20 MB."))
        try:
            lines = csv.DictReader(given.read().decode("utf-8-sig").splitlines())
            found = [(row["customer"] or "", (row["email"] or "").strip()) for row in lines]
        except (UnicodeDecodeError, KeyError, csv.Error) as problem:
            told = _("This is no CSV file in UTF-8 with the columns customer and email.")
            raise ValidationError(told) from problem
        wrong = [line for line, (_name, email) in enumerate(found, 2) if not is_email(email)]
        if wrong:
            told = _("Line {line} has no e-mail that can be used.").format(line=wrong[0])
            raise ValidationError(told)
        return dict(found)


def is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


class HabitsForm(forms.ModelForm):  # type: ignore[type-arg]  # not at run time
    class Meta:
        model = Habits
        fields: ClassVar = ["rest_days", "quiet_from", "quiet_to"]


class ProgrammeForm(forms.ModelForm):  # type: ignore[type-arg]  # not at run time
    """A programme; the topics it leaves out one on each line."""

    topics = forms.CharField(
        label=lazy("Topics that are never asked about"),
        help_text=lazy("One on each line, such as spam."),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
    )

    class Meta:
        model = Programme
        fields: ClassVar = [
            "name",
            "design",
            "touchpoint",
            "trigger",
            "every_days",
            "share",
            "quota_a_day",
            "quota_by",
            "open_days",
            "reminds_after_days",
            "is_on",
        ]

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["topics"].initial = "\n".join(self.instance.left_out)

    def clean_topics(self) -> str:
        text: str = self.cleaned_data["topics"]
        self.instance.left_out = [each.strip() for each in text.splitlines() if each.strip()]
        return text

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        design, trigger = cleaned.get("design"), cleaned.get("trigger")
        if design and not design.newest.texts:
            self.add_error("design", _("This survey has no words yet."))
        if design and trigger and trigger != "link" and Programme(design=design).is_anonymous:
            told = _("An anonymous survey is asked by a link that everybody gets alike.")
            self.add_error("trigger", told)
        return cleaned


class VersionForm(forms.ModelForm):  # type: ignore[type-arg]  # not at run time
    """How a survey is shown and what it says, in each language.

    The scale of an instrument with a standard is fixed: other scales could not be compared.
    """

    class Meta:
        model = Version
        fields: ClassVar = ["presentation", "scale_low", "scale_high", "higher_is_better"]

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        version: Version = self.instance
        if version.design.instrument != "custom":
            for name in ("scale_low", "scale_high", "higher_is_better"):
                del self.fields[name]
        for language in LANGUAGES:
            own = version.texts.get(language, {})
            for part, label in PARTS.items():
                value = own.get(part, "")
                is_list = part == "labels"
                field = forms.CharField(
                    label=label,
                    required=False,
                    max_length=1000,
                    initial="\n".join(value) if is_list else value,
                )
                if is_list:
                    field.widget = forms.Textarea()
                field.widget.attrs |= {"rows": 5, "dir": "auto", "lang": language}
                self.fields[f"{language}-{part}"] = field

    def languages(self) -> Iterator[tuple[str, str, list[forms.BoundField]]]:
        """Give each language with its fields."""
        for language, name in LANGUAGES.items():
            yield language, name, [self[f"{language}-{part}"] for part in PARTS]

    def rest(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if "-" not in name]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        texts = {}
        for language in LANGUAGES:
            own = {part: (cleaned.get(f"{language}-{part}") or "").strip() for part in PARTS}
            if any(own.values()):
                labels = [each.strip() for each in own["labels"].splitlines() if each.strip()]
                texts[language] = {**own, "labels": labels}
                for part in ("question", "low", "high"):
                    if not own[part]:
                        told = _("A language that has words needs this one, too.")
                        self.add_error(f"{language}-{part}", told)
        self.instance.texts = texts
        return cleaned
