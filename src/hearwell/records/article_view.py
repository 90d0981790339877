"""One row for each reading of an article."""

from typing import Annotated, Any

from hearwell.records.record import (
    Count,
    Dimension,
    Flag,
    Key,
    Person,
    Record,
    RequiredInstant,
    Seconds,
    Share,
    Text,
    category,
)


class ArticleView(Record):
    """One row for each reading of an article."""

    table_name = "article_view"

    view_id: Key
    article_id: Dimension
    visitor_id: Person
    customer_id: Person
    session_id: Text
    language: Dimension
    opened_at: RequiredInstant
    read_seconds: Seconds  # while the page was visible and active
    scroll_share: Share  # how far down, 0 to 1
    came_from: Annotated[Any, category("search", "link", "contact_form", "other")]
    searched_for: Text
    found_helpful: Flag
    asked_for_help: Annotated[Any, category("none", "chat", "call", "ticket")]
    views: Count  # 1, or the views that an imported aggregate stands for
