"""A change that a program asks for again, not knowing whether it was heard, is made once."""

import hashlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import wraps
from typing import Any, ClassVar

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, models, transaction
from django.http import HttpResponse
from django.utils import timezone
from ninja.errors import HttpError

from hearwell.web.people.person import Person
from hearwell.web.people.signed_in import SignedIn

HEADER = "Idempotency-Key"
LONGEST = 255
KEPT_FOR = timedelta(days=1)
BROKEN_OFF = timedelta(minutes=10)
"""What has no answer after so long was broken off, and may be tried again."""

DESCRIBED: dict[str, Any] = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST},
    "description": "Any text of your own. The same request with the same text within a day is "
    "answered as the first was, and does nothing more.",
}

Operation = Callable[..., HttpResponse]


class Repeat(models.Model):
    """What was asked under a key, and the answer once there is one."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=LONGEST)
    asked_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.BinaryField(default=bytes)
    made_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "key"], name="repeat_has_one_of_each_key"),
        ]

    def __str__(self) -> str:
        return f"{self.key} of {self.person_id}"

    @classmethod
    def tidy(cls) -> None:
        now = timezone.now()
        old = models.Q(made_at__lt=now - KEPT_FOR)
        left = models.Q(status=None, made_at__lt=now - BROKEN_OFF)
        cls.objects.filter(old | left).delete()


def once(operation: Operation) -> Operation:
    """Answer a request that is repeated under its key as it was answered the first time.

    What is refused is forgotten, so that it can be asked again once it is right.
    """

    @wraps(operation)
    def answered(request: SignedIn, *arguments: Any, **named: Any) -> HttpResponse:
        key = request.headers.get(HEADER)
        if key is None:
            return operation(request, *arguments, **named)
        if not 0 < len(key) <= LONGEST:
            raise HttpError(422, f"{HEADER} has 1 to {LONGEST} characters.")
        Repeat.tidy()
        asked = hashed(request)
        try:
            with transaction.atomic():
                repeat = Repeat.objects.create(person=request.user, key=key, asked_hash=asked)
        except IntegrityError:
            return again(Repeat.objects.get(person=request.user, key=key), asked)
        try:
            response = operation(request, *arguments, **named)
        except BaseException:
            repeat.delete()
            raise
        if response.status_code >= 400:
            repeat.delete()
        else:
            repeat.status, repeat.answer = response.status_code, response.content
            repeat.save()
        return response

    return answered


def again(repeat: Repeat, asked: str) -> HttpResponse:
    """Return the first answer.

    Raises:
        HttpError: 422, something else was asked under this key; 409, it is being done now.

    """
    if repeat.asked_hash != asked:
        raise HttpError(422, f"{HEADER} was used for another request. Take a new one.")
    if repeat.status is None:
        raise HttpError(409, "The same request is being answered now. Ask again in a moment.")
    response = HttpResponse(
        bytes(repeat.answer), status=repeat.status, content_type="application/json"
    )
    response.headers["Idempotency-Replayed"] = "true"
    return response


def hashed(request: SignedIn) -> str:
    """Return what tells this request from any other: its address, and all that it sends."""
    found = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if request.content_type != "multipart/form-data":
        found.update(request.body)
        return found.hexdigest()
    for name, texts in sorted(request.POST.lists()):
        found.update(repr((name, texts)).encode())
    for name, file in files(request):
        found.update(repr((name, file.name, file.size)).encode())
        for chunk in file.chunks():
            found.update(chunk)
        file.seek(0)
    return found.hexdigest()


def files(request: SignedIn) -> Iterator[tuple[str, "UploadedFile[Any]"]]:
    for name, several in request.FILES.lists():
        yield from ((name, each) for each in several)
