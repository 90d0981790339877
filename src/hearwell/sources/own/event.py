"""The events of the collector: what a page, an app or a server may tell."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

Name = Annotated[str, Meta(min_length=1, max_length=64)]
Word = Annotated[str, Meta(max_length=100)]
Line = Annotated[str, Meta(max_length=300)]
Address = Annotated[str, Meta(max_length=2000)]
Milliseconds = Annotated[int, Meta(ge=0, le=7 * 86_400_000)]
Amount = Annotated[int, Meta(ge=0, le=1_000_000_000)]


class Event(Struct, kw_only=True, omit_defaults=True, tag_field="kind"):
    """What all events have.

    Attributes:
        id: of the reading, the search or the cart; all that is told of one has the same.
        age: milliseconds since it began, by the clock of the one who tells; clocks of browsers
            are often wrong, but they run evenly.
        told: milliseconds since what is told was so; 0 unless it could not be sent at once.
        at: when it began, in place of `age`, from servers, whose clocks are right.
        customer: who it is, where the site knows and has signed it.
        signature: HMAC-SHA256 of the customer with the site's secret, in hex.
        visitor: who it is to a server that tells of others; browsers are told apart by us.

    """

    id: Name
    age: Milliseconds = 0
    told: Milliseconds = 0
    at: datetime | None = None
    language: Annotated[str, Meta(max_length=35)] | None = None
    customer: Line | None = None
    signature: Annotated[str, Meta(max_length=64)] | None = None
    visitor: Line | None = None


class View(Event, tag="view"):
    """A reading of an article, as far as it has got."""

    article: Line
    title: Line | None = None
    url: Address | None = None
    words: Amount | None = None
    read_seconds: Annotated[float, Meta(ge=0, le=86_400)] = 0.0
    scroll_share: Annotated[float, Meta(ge=0, le=1)] = 0.0
    came_from: Literal["search", "link", "contact_form", "other"] | None = None
    searched_for: Line | None = None
    helpful: bool | None = None
    help: Literal["chat", "call", "ticket"] | None = None


class Search(Event, tag="search"):
    """A search in the help centre, and what was opened of its results."""

    words: Line
    results: Amount | None = None
    opened: Line | None = None


class Cart(Event, tag="cart"):
    """A cart, as it is by now: all of it, not only what changed."""

    items: Amount | None = None
    value: Annotated[float, Meta(ge=0, le=1e12)] | None = None
    currency: Annotated[str, Meta(min_length=3, max_length=3)] | None = None
    step: Word | None = None
    order: Word | None = None


AnyEvent = View | Search | Cart
