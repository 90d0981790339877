"""What is said of a trend by days, weeks and so on: whole sentences, as languages differ."""

from dataclasses import dataclass

from hearwell.engine.period import Grain
from hearwell.language import gettext, gettext_noop


@dataclass(frozen=True)
class Words:
    name: str
    each: str
    caption: str
    part: str
    only_one: str


WORDS: dict[Grain, Words] = {
    "day": Words(
        gettext_noop("Day"),
        gettext_noop("{metric}, each day"),
        gettext_noop("Each day, with its {level} interval"),
        gettext_noop("a part of a day"),
        gettext_noop("All within one day: no trend to draw."),
    ),
    "week": Words(
        gettext_noop("Week"),
        gettext_noop("{metric}, each week"),
        gettext_noop("Each week, with its {level} interval"),
        gettext_noop("a part of a week"),
        gettext_noop("All within one week: no trend to draw."),
    ),
    "month": Words(
        gettext_noop("Month"),
        gettext_noop("{metric}, each month"),
        gettext_noop("Each month, with its {level} interval"),
        gettext_noop("a part of a month"),
        gettext_noop("All within one month: no trend to draw."),
    ),
    "quarter": Words(
        gettext_noop("Quarter"),
        gettext_noop("{metric}, each quarter"),
        gettext_noop("Each quarter, with its {level} interval"),
        gettext_noop("a part of a quarter"),
        gettext_noop("All within one quarter: no trend to draw."),
    ),
    "year": Words(
        gettext_noop("Year"),
        gettext_noop("{metric}, each year"),
        gettext_noop("Each year, with its {level} interval"),
        gettext_noop("a part of a year"),
        gettext_noop("All within one year: no trend to draw."),
    ),
}


def by_grain(grain: Grain, metric: str) -> str:
    return gettext(WORDS[grain].each).format(metric=metric)
