"""One row for each key that does not tell who a customer is, although it seems to."""

from typing import Annotated, Any

from hearwell.records.record import KeyPerson, Record, category

JOINED_BY = ("customer", "case", "visitor", "caller")
"""How it is known whose a touch is: it says so itself, its case does, or a key that they share."""

KEYS = ("visitor", "caller")
"""The keys of which an organisation says whether they may join."""


class IdentitySplit(Record):
    """One row for each key that does not tell who a customer is, although it seems to.

    Such as the browser of a library, or the number of a shared telephone. What only this key joins
    to the customer is left out of journeys, also of what comes in later.
    """

    table_name = "identity_split"

    joined_by: Annotated[Any, category(*KEYS, is_key=True)]
    joined_key: KeyPerson
    customer_id: KeyPerson
