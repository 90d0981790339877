"""One row for each reading of an article and each contact: who helps themselves, and who asks."""

import ibis
import ibis.expr.types as ir

from hearwell.metrics.part import Expr
from hearwell.records.record import Dimension, Flag, Instant, Key, Person, Record, RequiredInstant


class HelpDemand(Record):
    """One row for each reading of an article and for each contact.

    Both kinds have only what both tables have. A contact is also one that nobody answered, and an
    aggregate of readings tells of no reader.
    """

    table_name = "help_demand"

    demand_id: Key
    language: Dimension
    at: RequiredInstant
    is_contact: Flag
    reader: Person  # of a reading; null for a contact, and where nobody knows who read
    known_until: Instant


def help_demands(contact: Expr, view: Expr) -> ir.Table:
    """Return the rows of both tables.

    Args:
        contact, view: contacts and readings of articles.

    """
    asked = contact.select(
        "source",
        "received_at",
        demand_id=ibis.literal("contact ") + contact.contact_id,
        language=contact.language,
        at=contact.began_at,
        is_contact=ibis.literal(True),
        reader=ibis.null("string"),
        known_until=contact.known_until,
    )
    single = (view.views == 1).fill_null(False)
    read = view.select(
        "source",
        "received_at",
        demand_id=ibis.literal("view ") + view.view_id,
        language=view.language,
        at=view.opened_at,
        is_contact=ibis.literal(False),
        reader=single.ifelse(view.visitor_id.coalesce(view.customer_id), None),
        known_until=ibis.null("timestamp"),
    )
    return ibis.union(asked, read)
