"""What leads fill in: a new survey, a programme's rules, the organisation's habits."""

import csv
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from hearwell.web.surveys.design import Design
from hearwell.web.surveys.habits import Habits
from hearwell.web.surveys.programme import Programme, Trigger

LARGEST_FILE = 20 * 1024 * 1024


class DesignForm(forms.ModelForm):  # type: ignore[type-arg]  # not at run time
    class Meta:
        model = Design
        fields: ClassVar = ["name", "instrument"]


class AgainForm(forms.Form):
    """How many of those who did not answer are asked again."""

    people = forms.IntegerField(min_value=1)


class ReachForm(forms.Form):
    """Where customers, or agents, can be asked: a file of their e-mails."""

    file = forms.FileField(
        label=lazy("File of customers and e-mails"),
        help_text=lazy(
            "CSV with the columns customer and email, or agent and email; "
            "who they are is written as in your other files."
        ),
    )

    def clean_file(self) -> tuple[str, dict[str, str]]:
        """Return whose they are, customer or agent, and the e-mails."""
        given = self.cleaned_data["file"]
        if given.size > LARGEST_FILE:
            raise ValidationError(_("The file is too large: split it into parts of 20 MB."))
        try:
            lines = csv.DictReader(given.read().decode("utf-8-sig").splitlines())
            whose = "agent" if "agent" in (lines.fieldnames or ()) else "customer"
            found = [(row[whose] or "", (row["email"] or "").strip()) for row in lines]
        except (UnicodeDecodeError, KeyError, csv.Error) as problem:
            told = _("This is no CSV file in UTF-8 with the columns customer and email.")
            raise ValidationError(told) from problem
        wrong = [line for line, (_name, email) in enumerate(found, 2) if not is_email(email)]
        if wrong:
            told = _("Line {line} has no e-mail that can be used.").format(line=wrong[0])
            raise ValidationError(told)
        return whose, dict(found)


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
            "people",
            "every_days",
            "after_days",
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
        if design and trigger:
            is_anonymous = Programme(design=design).is_anonymous
            if is_anonymous and trigger not in {Trigger.LINK, Trigger.AGENTS}:
                told = _("An anonymous survey is asked by a link that everybody gets alike.")
                self.add_error("trigger", told)
            if not is_anonymous and trigger == Trigger.AGENTS:
                told = _("Agents are asked anonymously: choose a survey of ESAT or eNPS.")
                self.add_error("design", told)
        return cleaned
