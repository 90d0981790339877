"""One row for each text that the score model judged: kept by Hearwell, not brought in."""

from typing import Annotated, Any

from hearwell.records.record import (
    Dimension,
    Flag,
    Key,
    Record,
    RequiredInstant,
    Share,
    category,
)


class JudgedText(Record):
    """One row for each text that was judged, by the organisation's own score model.

    It is received when it was judged. A text that was changed since counts as not judged.
    """

    table_name = "judged_text"

    kind: Annotated[Any, category("comment", "message", is_key=True)]
    text_id: Key
    text_received_at: RequiredInstant  # when the judged words were received
    language: Dimension  # of the text, as it was found; null where it cannot be told
    chance: Share  # that the writer is satisfied; null where the language is not judged
    is_shown: Flag  # are texts of this kind judged well enough to be counted?
