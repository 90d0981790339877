"""Where people can be asked: an e-mail for those of whom the organisation gave one."""

from collections.abc import Mapping

from django.db import models

from hearwell.lake.identity import hashed
from hearwell.lake.lake import Lake

AT_ONCE = 1000


class Reach(models.Model):
    """A person, as the lake has them, and where mails reach them."""

    person = models.CharField(primary_key=True, max_length=250)
    email = models.EmailField()

    def __str__(self) -> str:
        return self.person


def learn(lake: Lake, emails: Mapping[str, str]) -> int:
    """Keep e-mails by customer; return how many. Those known before get the new one.

    Args:
        emails: by the customer's identifier as sources have it; it is kept as the lake keeps it.

    """
    people = (
        "customer"
        if "customer_id" in lake.settings.plain_identifiers
        else hashed("customer", lake.identity_key)
    )
    found = lake.connection.execute(
        f"select {people}, email from (select unnest($customers) as customer, "
        f"unnest($emails) as email)",
        {"customers": list(emails), "emails": list(emails.values())},
    ).fetchall()
    rows = [Reach(person=person, email=email) for person, email in found if person]
    Reach.objects.bulk_create(
        rows,
        batch_size=AT_ONCE,
        update_conflicts=True,
        unique_fields=["person"],
        update_fields=["email"],
    )
    return len(rows)
