"""Events to rows: what is told of one reading, search or cart becomes one row, whatever the order.

Times read further, carts changed later and answers given take in what was known before, in the
same batch or in the lake. So a batch may be taken in again, and events may come twice, late or in
any order; the row is the same in the end. (Of an answer that a reader changes, the one told last
stays, as far as the batches come in their order.)
"""

from collections.abc import Sequence

from hearwell.lake.extensions import quoted
from hearwell.lake.identity import hashed
from hearwell.lake.lake import Lake
from hearwell.records.article import Article
from hearwell.records.article_view import ArticleView
from hearwell.records.cart import Cart
from hearwell.records.record import Record
from hearwell.records.search import Search
from hearwell.sources.own.journal import Segment

EVENTS = "own_event"
SOURCE = "own:"

TOLD = {
    "kind": "varchar",
    "id": "varchar",
    "age": "bigint",
    "told": "bigint",
    "at": "timestamp",
    "language": "varchar",
    "article": "varchar",
    "title": "varchar",
    "url": "varchar",
    "words": "varchar",
    "read_seconds": "double",
    "scroll_share": "double",
    "came_from": "varchar",
    "searched_for": "varchar",
    "helpful": "boolean",
    "help": "varchar",
    "results": "bigint",
    "opened": "varchar",
    "items": "bigint",
    "value": "decimal(18, 4)",
    "currency": "varchar",
    "step": "varchar",
    "order": "varchar",
}
"""What an event may hold; `words` is a count in a reading and a text in a search."""


def load(lake: Lake, segments: Sequence[Segment]) -> int:
    """Read the lines of segments into a table of events; return how many there are."""
    files = ", ".join(quoted(str(each.path)) for each in segments)
    event = ", ".join(f'"{name}" {dtype}' for name, dtype in TOLD.items())
    columns = f"{{r: 'bigint', s: 'varchar', v: 'varchar', c: 'varchar', e: 'struct({event})'}}"
    key = lake.identity_key
    lake.connection.execute(
        f"""
        create or replace temp table {EVENTS} as
        select {quoted(SOURCE)} || s as source, make_timestamp(r) as received_at,
            {person("v", lake, key, "visitor_id")} as visitor_id,
            {person("c", lake, key, "customer_id")} as customer_id,
            make_timestamp(r - 1000 * coalesce(e.told, 0)) as seen_at,
            coalesce(e.at, make_timestamp(r - 1000 * (coalesce(e.told, 0) + coalesce(e.age, 0))))
                as began_at,
            e
        from read_json([{files}], format = 'newline_delimited', columns = {columns},
            ignore_errors = true)
        where s is not null and e.id is not null
        """
    )
    found = lake.connection.execute(f"select count(*) from {EVENTS}").fetchall()
    return int(found[0][0])


def person(column: str, lake: Lake, key: str, name: str) -> str:
    """Return SQL for an identifier, hashed unless the organisation keeps this one as it is."""
    return column if name in lake.settings.plain_identifiers else hashed(column, key)


def rows_of(record: type[Record], lake: Lake) -> str:
    """Return SQL for the rows of a record, with what the lake knew of them taken in."""
    lake.use(record)
    return FOLDS[record]


FIRST, LAST = "arg_min({0}, seen_at)", "arg_max({0}, seen_at)"
"""The first and the last that was told; both pass over what is not known."""


def first(name: str) -> str:
    return FIRST.format(f'e."{name}"')


def last(name: str) -> str:
    return LAST.format(f'e."{name}"')


VIEWS = f"""
    with fresh as (
        select source, e.id as view_id, max(received_at) as received_at, max(seen_at) as seen_at,
            {last("article")} as article_id, {LAST.format("visitor_id")} as visitor_id,
            {LAST.format("customer_id")} as customer_id, {last("language")} as language,
            min(began_at) as opened_at, max(e.read_seconds) as read_seconds,
            max(e.scroll_share) as scroll_share, {first("came_from")} as came_from,
            {first("searched_for")} as searched_for, {last("helpful")} as found_helpful,
            {first("help")} as asked_for_help
        from {EVENTS} where e.kind = 'view' group by all
    )
    select fresh.source, view_id,
        greatest(fresh.received_at, there.received_at) as received_at,
        coalesce(fresh.article_id, there.article_id) as article_id,
        coalesce(fresh.visitor_id, there.visitor_id) as visitor_id,
        coalesce(fresh.customer_id, there.customer_id) as customer_id,
        coalesce(fresh.language, there.language) as language,
        least(fresh.opened_at, there.opened_at) as opened_at,
        greatest(coalesce(fresh.read_seconds, 0), there.read_seconds) as read_seconds,
        greatest(coalesce(fresh.scroll_share, 0), there.scroll_share) as scroll_share,
        coalesce(there.came_from, fresh.came_from) as came_from,
        coalesce(there.searched_for, fresh.searched_for) as searched_for,
        case when there.found_helpful is null or fresh.seen_at >= there.received_at
            then coalesce(fresh.found_helpful, there.found_helpful)
            else there.found_helpful end as found_helpful,
        coalesce(nullif(there.asked_for_help, 'none'), fresh.asked_for_help, 'none')
            as asked_for_help,
        1 as views
    from fresh left join article_view as there using (source, view_id)
"""

ARTICLES = f"""
    select source, e.article as article_id, max(received_at) as received_at,
        {last("title")} as title, {last("url")} as url, {last("language")} as language,
        {LAST.format("try_cast(e.words as bigint)")} as words
    from {EVENTS} where e.kind = 'view' and (e.title is not null or e.words is not null)
    group by all
"""

SEARCHES = f"""
    with fresh as (
        select source, e.id as search_id, max(received_at) as received_at, min(began_at) as at,
            {last("words")} as words, {last("results")} as results,
            {last("opened")} as opened_article_id, {LAST.format("visitor_id")} as visitor_id,
            {last("language")} as language
        from {EVENTS} where e.kind = 'search' group by all
    )
    select fresh.source, search_id,
        greatest(fresh.received_at, there.received_at) as received_at,
        least(fresh.at, there.at) as at,
        coalesce(fresh.words, there.words) as words,
        coalesce(fresh.results, there.results) as results,
        coalesce(fresh.opened_article_id, there.opened_article_id) as opened_article_id,
        coalesce(fresh.visitor_id, there.visitor_id) as visitor_id,
        coalesce(fresh.language, there.language) as language
    from fresh left join search as there using (source, search_id)
"""


def newer(name: str) -> str:
    """Return SQL for what was told of a cart by whoever changed it last."""
    return (
        f"case when there.last_changed_at > fresh.last_changed_at "
        f"then coalesce(there.{name}, fresh.{name}) else coalesce(fresh.{name}, there.{name}) end "
        f"as {name}"
    )


CARTS = f"""
    with fresh as (
        select source, e.id as cart_id, max(received_at) as received_at,
            {LAST.format("visitor_id")} as visitor_id, {LAST.format("customer_id")} as customer_id,
            min(began_at) as created_at, max(seen_at) as last_changed_at,
            {last("items")} as items, {last("value")} as value, {last("currency")} as currency,
            {last("step")} as step, {first("order")} as order_id,
            min(seen_at) filter (e."order" is not null) as ordered_at
        from {EVENTS} where e.kind = 'cart' group by all
    )
    select fresh.source, cart_id,
        greatest(fresh.received_at, there.received_at) as received_at,
        coalesce(fresh.visitor_id, there.visitor_id) as visitor_id,
        coalesce(fresh.customer_id, there.customer_id) as customer_id,
        least(fresh.created_at, there.created_at) as created_at,
        greatest(fresh.last_changed_at, there.last_changed_at) as last_changed_at,
        {newer("items")}, {newer("value")}, {newer("currency")}, {newer("step")},
        coalesce(there.order_id, fresh.order_id) as order_id,
        least(fresh.ordered_at, there.ordered_at) as ordered_at
    from fresh left join cart as there using (source, cart_id)
"""

FOLDS: dict[type[Record], str] = {
    ArticleView: VIEWS,
    Article: ARTICLES,
    Search: SEARCHES,
    Cart: CARTS,
}
