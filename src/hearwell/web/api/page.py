"""A page of what the database lists, the newest first, and the way to the next."""

from typing import Any

from django.db.models import QuerySet
from pydantic import Field

from hearwell.web.api.question import Query

MOST = 1_000


class Page(Query):
    limit: int = Field(100, ge=1, le=MOST, description="Entries of a page.")
    cursor: int | None = Field(None, ge=1, le=2**63 - 1, description="`next` of the page before.")

    def of(self, listed: QuerySet[Any]) -> tuple[list[Any], int | None]:
        """Return the entries of this page, and the cursor of the next; None after the last."""
        older = listed if self.cursor is None else listed.filter(pk__lt=self.cursor)
        found = list(older.order_by("-pk")[: self.limit + 1])
        shown = found[: self.limit]
        return shown, shown[-1].pk if len(found) > self.limit else None
