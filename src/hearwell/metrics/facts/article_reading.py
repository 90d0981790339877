"""One row for each reading of an article, with how long it takes to read the article."""

from collections.abc import Mapping

import ibis

from hearwell.metrics.facts.steps import Steps, named
from hearwell.metrics.part import Expr
from hearwell.records.article_view import ArticleView
from hearwell.records.record import Seconds

ENGLISH_WORDS_PER_MINUTE = 238
"""Of adults who read English non-fiction silently: Brysbaert 2019, Journal of Memory and
Language 109, a review of 190 studies."""

ALOUD_WORDS_PER_MINUTE = {
    "ar": 138,
    "de": 179,
    "en": 228,
    "es": 218,
    "fi": 161,
    "fr": 195,
    "he": 187,
    "it": 188,
    "nl": 202,
    "pl": 166,
    "pt": 181,
    "ru": 184,
    "sl": 180,
    "sv": 199,
    "tr": 166,
}
"""Of adults who read texts of the same content aloud, each in their own language:
Trauzettel-Klosinski and Dietz 2012, Investigative Ophthalmology & Visual Science 53 (IReST).
Chinese and Japanese are left out: what a word is there depends on who counts."""

WORDS_PER_MINUTE = {
    language: rate * ENGLISH_WORDS_PER_MINUTE / ALOUD_WORDS_PER_MINUTE["en"]
    for language, rate in ALOUD_WORDS_PER_MINUTE.items()
}
"""Read silently, in proportion to English."""


class ArticleReading(ArticleView):
    """One row for each reading of an article, with how long it takes to read the article."""

    table_name = "article_reading"

    expected_seconds: Seconds  # null where words or language are not known, or no rate of it


def article_readings(view: Expr, article: Expr) -> Mapping[str, Expr]:
    """Return the tables to make; the last is `article_reading`.

    Views may come from web statistics and articles from the system they are written in: an
    article of the view's own source is taken first, else what all sources agree on. So a view
    stays one row however many articles have its number.
    """
    steps = Steps()
    own = named("own", article.select("source", "article_id", "words", "language"))
    anywhere = named("any", steps.add("article_anywhere", agreed(article)))
    both = view.left_join(
        own, [view.source == own.own_source, view.article_id == own.own_article_id]
    )
    both = both.left_join(anywhere, both.article_id == anywhere.any_article_id)
    words = both.own_words.coalesce(both.any_words)
    language = both.own_language.coalesce(both.any_language, both.language)
    rows = both.mutate(expected_seconds=expected_seconds(words, language))
    steps.add(ArticleReading.table_name, rows.select(*ArticleReading.columns()))
    return steps.made


def agreed(article: Expr) -> Expr:
    """Return what is said of each article, where all sources that say it say the same."""

    def one(column: str) -> Expr:
        return (article[column].nunique() == 1).ifelse(article[column].max(), None)

    return article.group_by("article_id").aggregate(words=one("words"), language=one("language"))


def expected_seconds(words: Expr, language: Expr) -> Expr:
    """Return how long it takes to read so many words; null for a language of unknown rate."""
    tongue = language.lower().replace("_", "-").split("-")[0]
    # looked up, not compared with each in turn: the language would be cut out anew each time
    a_minute = ibis.literal(WORDS_PER_MINUTE, type="map<string, float64>").get(tongue)
    return (words > 0).ifelse(words * 60.0 / a_minute, None)
