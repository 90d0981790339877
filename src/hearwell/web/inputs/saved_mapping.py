"""How the columns of a file became a record the last time, for the next file like it."""

import hashlib
from collections.abc import Iterable
from typing import Any, ClassVar

from django.db import models


class SavedMapping(models.Model):
    """The entries of a mapping with which files of these columns were imported."""

    record = models.CharField(max_length=30)
    columns_hash = models.CharField(max_length=64)
    entries = models.JSONField()
    used_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["record", "columns_hash"], name="one_mapping_of_each"),
        ]

    def __str__(self) -> str:
        return f"{self.record} of {self.columns_hash[:8]}"

    @classmethod
    def find(cls, record: str, columns: Iterable[str]) -> "SavedMapping | None":
        return cls.objects.filter(record=record, columns_hash=hashed(columns)).first()

    @classmethod
    def keep(cls, record: str, columns: Iterable[str], entries: dict[str, Any]) -> None:
        cls.objects.update_or_create(
            record=record, columns_hash=hashed(columns), defaults={"entries": entries}
        )


def hashed(columns: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(sorted(columns)).encode()).hexdigest()
