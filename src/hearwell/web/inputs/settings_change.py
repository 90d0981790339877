"""Who changed which setting of the organisation, when, from what to what."""

from typing import ClassVar

from django.db import models, transaction

from hearwell.lake.settings_file import Change
from hearwell.web.people.audit import Action, audit
from hearwell.web.people.person import Person
from hearwell.web.people.signed_in import SignedIn


class SettingsChange(models.Model):
    """One entry of the settings that somebody changed here."""

    person = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL)
    at = models.DateTimeField(auto_now_add=True)
    entry = models.CharField(max_length=200)
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"{self.entry}: {self.before} → {self.after}"

    @classmethod
    def keep(cls, request: SignedIn, changes: list[Change]) -> None:
        with transaction.atomic():
            for each in changes:
                cls.objects.create(person=request.user, **each._asdict())
            if changes:
                audit(request, Action.SETTINGS, ", ".join(each.entry for each in changes))
