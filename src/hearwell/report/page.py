"""The report as one HTML file that needs no network and no script."""

from importlib.resources import files

from hearwell import __version__
from hearwell.language import direction, gettext, gettext_noop, spoken
from hearwell.language.convention import listed, noted, united
from hearwell.metrics.metric import Metric, Question
from hearwell.report import day
from hearwell.report.card import card
from hearwell.report.content import Content, Need
from hearwell.report.definition import definitions
from hearwell.report.heading import anchor, changes, contents, heading, period
from hearwell.report.markup import Html, element, filled, joined
from hearwell.report.name import labelled, spaced
from hearwell.report.tile import tile

TITLE = gettext_noop("Customer care")


def page(content: Content, title: str = TITLE) -> str:
    """Write the report in the language that is spoken.

    Args:
        title: its heading, such as the organisation's name.

    """
    title, language = gettext(title) if title == TITLE else title, spoken.get()
    body = [
        element("a", gettext("Skip to the numbers"), href="#numbers", class_="skip"),
        heading(content, title),
        contents(content),
        element(
            "main",
            None if content.counted else empty(content),
            changes(content),
            [question(content, each) for each in Question] if content.counted else None,
            without_data(content),
            definitions(content),
            id="numbers",
            tabindex=-1,
        ),
        element(
            "footer",
            gettext(
                "Made by Hearwell {version} from what the lake held; nothing in this page is "
                "fetched from elsewhere."
            ).format(version=__version__),
        ),
    ]
    return (
        "<!doctype html>\n"
        + element(
            "html",
            element("head", head(content, title)),
            element("body", body),
            lang=language,
            dir=direction(language),
        )
        + "\n"
    )


def head(content: Content, title: str) -> list[Html]:
    looks = files("hearwell.report").joinpath("look")
    style = "".join(looks.joinpath(name).read_text("utf-8") for name in ("base.css", "report.css"))
    return [
        element("meta", charset="utf-8"),
        element("meta", name_="viewport", content_="width=device-width, initial-scale=1"),
        element("meta", name_="color-scheme", content_="light dark"),
        element("title", listed((title, period(content)))),
        element("style", Html(style)),
    ]


def question(content: Content, asked: Question) -> Html:
    """Write one of the five questions: its scorecard, and the pictures of each number."""
    where = anchor(asked)
    own = [each for each in content.counted if each.asked.metric.question is asked]
    nothing = element("p", gettext("No metric with data answers this question yet."), class_="note")
    name = gettext(asked.value)
    return element(
        "section",
        element("h2", name, id=where),
        card(content, own, name) if own else nothing,
        element("div", [tile(content, each) for each in own], class_="tiles") if own else None,
        class_="question" if own else "question silent",
        aria_labelledby=where,
    )


def empty(content: Content) -> Html:
    """Teach what to do with a lake, or a period, in which nothing can be counted."""
    newest = [each["newest"] for each in content.card.freshness.values() if each["newest"]]
    if newest:
        return element(
            "p",
            filled(
                gettext(
                    "There is nothing to count in this period; the newest row is of {day}. Let the "
                    "period hold it, or leave out {begins} and {ends} for the last 28 days of "
                    "which there is anything."
                ),
                day=day.told(max(newest)),
                begins=element("code", "--from"),
                ends=element("code", "--to"),
            ),
            class_="empty",
        )
    if content.card.question.where:
        return element(
            "p",
            filled(
                gettext(
                    "No row has these values. See that {option} is spelled as the rows are, or "
                    "leave it out."
                ),
                option=element("code", "--where"),
            ),
            class_="empty",
        )
    return element(
        "p",
        filled(
            gettext(
                "The lake has nothing yet that could be counted. Bring something in: {import} "
                "proposes a mapping and shows it beside five rows. The same works for surveys and "
                "cases; {sync} reads a telephone system's own log. Then write this report again."
            ),
            **{
                "import": element("code", "hearwell import FILE --as call"),
                "sync": element("code", "hearwell sync asterisk"),
            },
        ),
        class_="empty",
    )


def without_data(content: Content) -> Html | None:
    """List the metrics that have no value here, with what each would need."""
    if not content.needs and not content.unfit:
        return None
    together: dict[Html, list[Metric]] = {}
    for metric, need in content.needs.items():
        together.setdefault(needed(content, metric, need), []).append(metric)
    if content.unfit:
        unfit = joined(gettext("cannot be filtered by what was asked for"))
        together[unfit] = list(content.unfit)
    entries = [
        element("li", element("b", listed(map(labelled, metrics))), ": ", told)
        for told, metrics in together.items()
    ]
    return element(
        "section",
        element("h2", gettext("Without data"), id="without-data"),
        element(
            "p", gettext("Metrics of the scorecard that count nothing here, and what they need.")
        ),
        element("ul", entries),
        class_="without",
        aria_labelledby="without-data",
    )


def needed(content: Content, metric: Metric, need: Need) -> Html:
    told = [joined(str(need.lacks))]
    if need.empty:
        first, *others = need.empty
        brings = (
            gettext("{command} brings some in, and so for {others}")
            if others
            else gettext("{command} brings some in")
        )
        command = element("code", f"hearwell import FILE --as {first}")
        told.append(filled(brings, command=command, others=united(others) if others else None))
    fresh = content.card.freshness.get(metric.record.table_name, {}).get("newest")
    if not need.empty and fresh:
        newest = gettext("the newest {record} is of {day}")
        record = spaced(metric.record.table_name)
        told.append(filled(newest, record=record, day=day.told(fresh)))
    return Html(noted(told))
