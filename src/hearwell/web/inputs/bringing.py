"""A file on its way into the lake: uploaded, mapped, tried, brought in."""

import shutil
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar, Self
from uuid import uuid4

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import models
from django.utils import timezone
from django.utils.text import get_valid_filename
from django.utils.translation import gettext_lazy as _

from hearwell.web.people.person import Person

KEPT_FOR = timedelta(days=2)
"""How long a file waits for somebody to go on with it."""

LONGEST_NAME = 120


class State(models.TextChoices):
    """How far it has come."""

    UPLOADED = "uploaded", _("to be mapped")
    CHECKING = "checking", _("being checked")
    CHECKED = "checked", _("checked, waits for you")
    IMPORTING = "importing", _("being imported")
    DONE = "done", _("imported")
    FAILED = "failed", _("failed")


UNDER_WAY = (State.CHECKING, State.IMPORTING)
ENDED = (State.DONE, State.FAILED)


class Bringing(models.Model):
    """One file, whoever brought it, and what became of it. The file goes when it has ended."""

    person = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL)
    name = models.CharField(max_length=LONGEST_NAME)
    folder = models.CharField(max_length=32, unique=True)  # in the folder of uploads
    size_bytes = models.BigIntegerField()
    record = models.CharField(max_length=30)
    entries = models.JSONField(null=True)  # of the mapping, as the form has them
    mapping = models.TextField(blank=True)  # as a program wrote it, in their place
    state = models.CharField(max_length=10, choices=State, default=State.UPLOADED)
    progress = models.FloatField(null=True)  # from 0 to 1; null until the work has begun
    message = models.TextField(blank=True)
    counts = models.JSONField(default=dict)  # of the rehearsal, then of the import
    made_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"{self.name} as {self.record}"

    @classmethod
    def receive(cls, person: Person, file: "UploadedFile[Any]", record: str) -> Self:
        """Keep an uploaded file where only this account can read it."""
        name = kept_name(file.name or "file")
        folder = uuid4().hex
        place = uploads() / folder
        place.mkdir(mode=0o700)
        try:
            with (place / name).open("xb") as out:
                (place / name).chmod(0o600)
                for chunk in file.chunks():
                    out.write(chunk)
            size = file.size or 0
            return cls.objects.create(
                person=person, name=name, folder=folder, size_bytes=size, record=record
            )
        except BaseException:
            shutil.rmtree(place, ignore_errors=True)
            raise

    @property
    def path(self) -> Path:
        return uploads() / self.folder / self.name

    @property
    def is_under_way(self) -> bool:
        return self.state in UNDER_WAY

    @property
    def has_ended(self) -> bool:
        return self.state in ENDED

    @property
    def told_state(self) -> str:
        return str(State(self.state).label)

    def forget_file(self) -> None:
        shutil.rmtree(uploads() / self.folder, ignore_errors=True)

    def begin(self, state: State) -> bool:
        """Go on to work that is done in the background; false where it is under way already."""
        waiting = type(self).objects.filter(pk=self.pk, state__in=(State.UPLOADED, State.CHECKED))
        begun = waiting.update(state=state, progress=None, message="", changed_at=timezone.now())
        return bool(begun)

    @classmethod
    def break_off(cls) -> None:
        """Tell as failed what a process had begun that is no more."""
        told = _("The server was stopped meanwhile. Nothing was imported: send the file again.")
        for each in cls.objects.filter(state__in=UNDER_WAY, progress__isnull=False):
            each.state, each.message = State.FAILED, str(told)
            each.save()
            each.forget_file()

    @classmethod
    def tidy(cls, now: datetime | None = None) -> None:
        """Remove the files that nobody went on with, and those that belong to nothing."""
        left = cls.objects.exclude(state__in=(*UNDER_WAY, *ENDED)).filter(
            changed_at__lt=(now or timezone.now()) - KEPT_FOR
        )
        for each in left:
            each.state, each.message = State.FAILED, str(_("Nobody went on with it for two days."))
            each.save()
            each.forget_file()
        remove_unknown(cls.objects.exclude(state__in=ENDED).values_list("folder", flat=True))


def discard(bringing: Bringing) -> None:
    """Remove a file that is not to be imported after all; what became of one that was stays."""
    bringing.forget_file()
    if not bringing.has_ended:
        bringing.delete()


def remove_unknown(known: Iterable[str]) -> None:
    """Remove folders of uploads that were broken off."""
    old = (timezone.now() - KEPT_FOR).timestamp()
    there = set(known)
    for folder in uploads().iterdir():
        if folder.name not in there and folder.stat().st_mtime < old:
            shutil.rmtree(folder, ignore_errors=True)


def uploads() -> Path:
    folder: Path = settings.ENVIRONMENT.home / "uploads"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def kept_name(name: str) -> str:
    """Return a file's name without what a folder, a pattern or a hidden file would be."""
    plain = get_valid_filename(Path(name.replace("\\", "/")).name.strip().lstrip(".") or "file")
    stem, dot, ending = plain.rpartition(".")
    return f"{stem[: LONGEST_NAME - len(ending) - 1]}{dot}{ending}"[-LONGEST_NAME:]
