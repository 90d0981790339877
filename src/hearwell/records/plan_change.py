"""One row for each time that a subscription came onto a plan."""

from hearwell.records.record import Dimension, Key, KeyInstant, Money, Person, Record


class PlanChange(Record):
    """One row for each time that a subscription came onto a plan, its first plan included."""

    table_name = "plan_change"

    subscription_id: Key
    changed_at: KeyInstant
    customer_id: Person
    plan: Dimension
    monthly_price: Money
    currency: Dimension  # ISO 4217
