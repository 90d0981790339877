"""The report as one HTML file that needs no network and no script."""

from importlib.resources import files

from hearwell import __version__
from hearwell.metrics.metric import Metric, Question
from hearwell.report import day
from hearwell.report.card import card
from hearwell.report.content import Content, Need
from hearwell.report.definition import definitions
from hearwell.report.heading import anchor, changes, contents, heading, period
from hearwell.report.markup import Html, Pieces, element, joined
from hearwell.report.name import labelled, spaced
from hearwell.report.tile import tile

TITLE = "Customer care"


def page(content: Content, title: str = TITLE) -> str:
    """Write the report.

    Args:
        title: its heading, such as the organisation's name.

    """
    body = [
        element("a", "Skip to the numbers", href="#numbers", class_="skip"),
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
            f"Made by Hearwell {__version__} from what the lake held; nothing in "
            "this page is fetched from elsewhere.",
        ),
    ]
    return (
        "<!doctype html>\n"
        + element(
            "html",
            element("head", head(content, title)),
            element("body", body),
            lang="en",
            dir="ltr",
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
        element("title", f"{title}, {period(content)}"),
        element("style", Html(style)),
    ]


def question(content: Content, asked: Question) -> Html:
    """Write one of the five questions: its scorecard, and the pictures of each number."""
    where = anchor(asked)
    own = [each for each in content.counted if each.asked.metric.question is asked]
    nothing = element("p", "No metric with data answers this question yet.", class_="note")
    return element(
        "section",
        element("h2", asked.value, id=where),
        card(content, own, asked.value) if own else nothing,
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
            "There is nothing to count in this period; the newest row is of "
            f"{day.told(max(newest))}. Let the period hold it, or leave out ",
            [element("code", "--from"), " and ", element("code", "--to")],
            " for the last 28 days of which there is anything.",
            class_="empty",
        )
    if content.card.question.where:
        return element(
            "p",
            "No row has these values. See that ",
            element("code", "--where"),
            " is spelled as the rows are, or leave it out.",
            class_="empty",
        )
    return element(
        "p",
        "The lake has nothing yet that could be counted. Bring something in: ",
        element("code", "hearwell import FILE --as call"),
        " proposes a mapping and shows it beside five rows. The same works for surveys and cases; ",
        element("code", "hearwell sync asterisk"),
        " reads a telephone system's own log. Then write this report again.",
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
        together[Html("cannot be filtered by what was asked for")] = list(content.unfit)
    entries = [
        element("li", element("b", ", ".join(map(labelled, metrics))), ": ", told)
        for told, metrics in together.items()
    ]
    return element(
        "section",
        element("h2", "Without data", id="without-data"),
        element("p", "Metrics of the scorecard that count nothing here, and what they need."),
        element("ul", entries),
        class_="without",
        aria_labelledby="without-data",
    )


def needed(content: Content, metric: Metric, need: Need) -> Html:
    told: list[Pieces] = [need.lacks]
    if need.empty:
        first, *others = need.empty
        told += ["; ", element("code", f"hearwell import FILE --as {first}"), " brings some in"]
        told += [f", and so for {' and '.join(others)}"] if others else []
    fresh = content.card.freshness.get(metric.record.table_name, {}).get("newest")
    if not need.empty and fresh:
        told.append(f"; the newest {spaced(metric.record.table_name)} is of {day.told(fresh)}")
    return joined(told)
