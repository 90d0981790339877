"""One row for each published figure to compare with."""

from typing import Annotated, Any

from hearwell.records.record import Amount, Count, Key, Record, Text, category

COMPARABILITY = ("same_rules", "similar_rules", "other_rules")


class Benchmark(Record):
    """One row for each published figure to compare with."""

    table_name = "benchmark"

    metric: Key
    who: Key  # competitor or industry
    period: Key  # such as 2025 or 2025-Q3
    value: Amount
    low: Amount
    high: Amount
    n: Count
    source_text: Text  # publisher, year, and how it was counted
    url: Text
    comparability: Annotated[Any, category(*COMPARABILITY)]  # null where nobody knows
