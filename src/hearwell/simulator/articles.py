"""The help centre: articles, who reads them, and what is searched for and not found."""

import numpy as np

from hearwell.simulator.column import (
    NOBODY,
    Array,
    Counts,
    Either,
    Figures,
    Flags,
    Identifiers,
    Instants,
    People,
    Table,
    Words,
)
from hearwell.simulator.company import (
    CHAT,
    DAY,
    DAYS_OF_A_YEAR,
    INSTAGRAM,
    MESSENGER,
    PHONE,
    TOPICS,
    WHATSAPP,
    Company,
)
from hearwell.simulator.customers import LANGUAGES, Customers
from hearwell.simulator.matters import Matters, hours_of
from hearwell.simulator.phrases import SENTENCES

ARTICLES_OF_TOPIC = 3
ARTICLE_NUMBER = "+44 800 1000"
"""The beginning of the telephone numbers that only one article shows."""

READ_BEFORE_CONTACT = 0.3
READ_INSTEAD = 1.1
"""Readings by people who then do not ask, for each matter."""

KNOWN_READER = 0.5
WORDS_A_SECOND = 238 / 60
FROM_SEARCH = 0.55
NOTHING_FOUND = 0.14
"""Searches without a result, for each that finds something."""

CAME_FROM = ("search", "link", "contact_form", "other")
ASKED = ("none", "chat", "call", "ticket")


def number_of_article(topic: Array, language: Array, which: Array | int) -> Array:
    found: Array = (language.astype(np.int64) * len(TOPICS) + topic) * ARTICLES_OF_TOPIC + which
    return found


def article_table(company: Company) -> Table:
    """Return the articles: some for each topic, in each language."""
    rng = company.generator("articles")
    size = len(LANGUAGES) * len(TOPICS) * ARTICLES_OF_TOPIC
    number = np.arange(size)
    published = -rng.random(size) * 2 * DAYS_OF_A_YEAR * DAY - DAY
    return {
        "article_id": Identifiers("article-", number),
        "title": Words(number // ARTICLES_OF_TOPIC, about()),
        "url": Identifiers("https://help.example/article-", number),
        "language": Words(number // (ARTICLES_OF_TOPIC * len(TOPICS)), LANGUAGES),
        "words": Counts(words_of(company)),
        "pictures": Counts(rng.poisson(2.0, size)),
        "videos": Counts((rng.random(size) < 0.15).astype(int)),
        "published_at": Instants(published),
        "updated_at": Instants(published * rng.random(size)),
        "tracking_number": Identifiers(ARTICLE_NUMBER, number),
    }


def about() -> list[str]:
    """Return the name of each topic in each language."""
    return [topic for language in LANGUAGES for topic in SENTENCES[language].topics]


def words_of(company: Company) -> Array:
    """Return how long each article is."""
    rng = company.generator("words of articles")
    size = len(LANGUAGES) * len(TOPICS) * ARTICLES_OF_TOPIC
    return np.rint(rng.lognormal(np.log(420), 0.45, size)).astype(np.int64)


def reading_tables(
    company: Company, customers: Customers, matters: Matters, happened: Array
) -> tuple[Table, Table]:
    """Return who read what, and the searches that led there or nowhere."""
    rng = company.generator("readings")
    asks = np.nonzero(happened & (rng.random(len(matters)) < READ_BEFORE_CONTACT))[0]
    others = int(rng.poisson(READ_INSTEAD * happened.sum()))
    customer = np.concatenate([matters.customer[asks], rng.integers(0, company.size, others)])
    topic = np.concatenate([matters.topic[asks], rng.integers(0, len(TOPICS), others)])
    before = 60.0 + rng.exponential(1_200.0, len(asks))
    day = rng.integers(0, company.days, others)
    at = np.concatenate([matters.at[asks] - before, day * DAY + hours_of(rng, others)])
    size = len(at)
    channel = np.concatenate([matters.channel[asks], np.full(others, NOBODY)])
    in_chat = np.isin(channel, (CHAT, WHATSAPP, MESSENGER, INSTAGRAM))
    asked = np.where(channel == PHONE, 2, np.where(in_chat, 1, 3))
    asked = np.where(channel < 0, 0, asked)
    language = customers.language[customer]
    article = number_of_article(topic, language, rng.integers(0, ARTICLES_OF_TOPIC, size))
    known = customers.first_seen_at[customer] <= at
    known &= ~(at >= customers.left_at[customer]) & (rng.random(size) < KNOWN_READER)
    visitor = np.where(known, customer, company.size + np.arange(size))
    expected = words_of(company)[article] / WORDS_A_SECOND
    part = np.minimum(rng.lognormal(-0.6, 0.9, size), 3.0)
    searched = rng.random(size) < FROM_SEARCH
    votes = rng.random(size) < 0.1
    came = np.where(searched, 0, rng.choice([1, 2, 3], size, p=[0.6, 0.25, 0.15]))
    words = language.astype(np.int64) * len(TOPICS) + topic
    views: Table = {
        "view_id": Identifiers("view-", np.arange(size)),
        "article_id": Identifiers("article-", article),
        "visitor_id": People("visitor-", visitor),
        "customer_id": People("customer-", np.where(known, customer, NOBODY)),
        "session_id": Identifiers("session-", np.arange(size)),
        "language": Words(language, LANGUAGES),
        "opened_at": Instants(at),
        "read_seconds": Figures(expected * part),
        "scroll_share": Figures(np.minimum(part, 1.0)),
        "came_from": Words(came, CAME_FROM),
        "searched_for": Words(np.where(searched, words, NOBODY), about()),
        "found_helpful": Flags((asked == 0) | (rng.random(size) < 0.3), votes),
        "asked_for_help": Words(asked, ASKED),
        "views": Counts(np.ones(size, dtype=np.int64)),
    }
    found = np.nonzero(searched)[0]
    lost = rng.integers(0, max(size, 1), int(rng.poisson(NOTHING_FOUND * len(found)))) % max(
        size, 1
    )
    rows = np.concatenate([found, lost])
    has_result = np.arange(len(rows)) < len(found)
    earlier = 3.0 + rng.exponential(8.0, len(rows))
    searches: Table = {
        "search_id": Identifiers("search-", np.arange(len(rows))),
        "at": Instants(at[rows] - earlier),
        "words": Either(
            Words(np.where(has_result, words[rows], NOBODY), about()),
            Identifiers("error ", 100 + rows % 40),
        ),
        "results": Counts(np.where(has_result, 1 + rng.poisson(4.0, len(rows)), 0)),
        "opened_article_id": Identifiers("article-", np.where(has_result, article[rows], NOBODY)),
        "visitor_id": People("visitor-", visitor[rows]),
        "language": Words(language[rows], LANGUAGES),
    }
    return views, searches
