"""One row for each message in any written channel."""

from typing import Annotated, Any

from hearwell.records.record import (
    Dimension,
    Flag,
    Key,
    Person,
    Record,
    RequiredInstant,
    Text,
    category,
)

MESSAGE_KINDS = ("text", "image", "audio", "video", "document", "location", "template", "survey")


class Message(Record):
    """One row for each message: e-mail, chat, WhatsApp, forum, ticket comment and so on."""

    table_name = "message"

    message_id: Key
    case_id: Text
    channel: Dimension
    direction: Annotated[Any, category("inbound", "outbound")]
    author_kind: Annotated[Any, category("customer", "agent", "bot", "automation")]
    author_id: Dimension  # the agent or bot; a customer is in customer_id
    customer_id: Person
    sent_at: RequiredInstant
    is_public: Flag  # false for a note among agents
    kind: Annotated[Any, category(*MESSAGE_KINDS)]
    text: Text
    language: Dimension
    in_reply_to: Text
    status: Dimension  # sent, delivered, read, failed
