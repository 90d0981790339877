"""One row for each help article in one language."""

from hearwell.records.record import Count, Dimension, Instant, Key, Record, Text


class Article(Record):
    """One row for each help article, video or FAQ entry in one language."""

    table_name = "article"

    article_id: Key
    title: Text
    url: Text
    language: Dimension
    words: Count
    pictures: Count
    videos: Count
    published_at: Instant
    updated_at: Instant
    tracking_number: Dimension  # the telephone number that only this article shows
