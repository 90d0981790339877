"""What an import knows besides its file and its mapping."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from hearwell.lake.lake import Lake

NeededBy = Callable[[str, str], list[str]]
"""Names the metrics that need a column of a record."""


@dataclass(frozen=True)
class Session:
    """When and for whom a file is brought in."""

    now: datetime  # in UTC
    zone: str  # in which local times are read
    key: str  # the secret for customers' identifiers
    plain: tuple[str, ...] = ()  # person columns that are not hashed
    needed_by: NeededBy | None = None

    @classmethod
    def of(cls, lake: Lake, now: datetime, needed_by: NeededBy | None = None) -> "Session":
        chosen = lake.settings
        return cls(now, chosen.zone, lake.identity_key, chosen.plain_identifiers, needed_by)
