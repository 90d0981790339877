"""Where people can be asked: an e-mail for those of whom the organisation gave one."""

from collections.abc import Mapping, Sequence

from django.db import models

from hearwell.lake.identity import hashed
from hearwell.lake.lake import Lake

AT_ONCE = 1000
AGENT = "agent:"
"""How the key of an agent begins, of whom the lake keeps no hash."""


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
    people = people_of(lake, list(emails))
    return keep({people[customer]: emails[customer] for customer in people})


def people_of(lake: Lake, customers: Sequence[str]) -> dict[str, str]:
    """Return customers as the lake has them, by how sources have them; nobody's are left out."""
    person = (
        "customer"
        if "customer_id" in lake.settings.plain_identifiers
        else hashed("customer", lake.identity_key)
    )
    found = lake.connection.execute(
        f"select customer, {person} from (select unnest($customers) as customer)",
        {"customers": customers},
    ).fetchall()
    return {customer: person for customer, person in found if person}


def keep(emails: Mapping[str, str]) -> int:
    """Keep e-mails by key; return how many."""
    rows = [Reach(person=person, email=email) for person, email in emails.items()]
    Reach.objects.bulk_create(
        rows,
        batch_size=AT_ONCE,
        update_conflicts=True,
        unique_fields=["person"],
        update_fields=["email"],
    )
    return len(rows)
