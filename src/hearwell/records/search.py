"""One row for each search in the help centre."""

from hearwell.records.record import (
    Count,
    Dimension,
    Key,
    Person,
    Record,
    RequiredInstant,
    Text,
)


class Search(Record):
    """One row for each search in the help centre."""

    table_name = "search"

    search_id: Key
    at: RequiredInstant
    words: Text
    results: Count
    opened_article_id: Dimension
    visitor_id: Person
    language: Dimension
