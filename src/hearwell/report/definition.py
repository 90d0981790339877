"""What each number means, to whom it is credited, and how it is counted, down to the SQL."""

from hearwell.engine.answer import Answer
from hearwell.language import ENGLISH, gettext
from hearwell.language.convention import noted
from hearwell.report.card import BETTER
from hearwell.report.content import Content
from hearwell.report.markup import Html, Pieces, element, filled
from hearwell.report.name import definition, labelled, meanings, place, spaced, title


def definitions(content: Content) -> Html | None:
    if not content.counted:
        return None
    together: dict[str, list[Answer]] = {}
    for each in content.counted:
        together.setdefault(each.asked.metric.name, []).append(each)
    return element(
        "section",
        element("h2", gettext("Definitions"), id="definitions"),
        [defined(content, answers) for answers in together.values()],
        class_="definitions",
        aria_labelledby="definitions",
    )


def defined(content: Content, answers: list[Answer]) -> Html:
    metric = answers[0].asked.metric
    shown = {each.asked.metric.name for each in content.counted}
    partner = spaced(metric.guardrail)
    if metric.guardrail in shown:
        partner = element("a", partner, href=f"#definition-{metric.guardrail}")
    facts: dict[str, Pieces] = {
        gettext("Shown"): [variant(content, each) for each in answers],
        gettext("Credited to"): gettext(metric.credits),
        gettext("Date that counts"): element("code", dates(answers)),
        gettext("Counted over"): element("code", metric.record.table_name),
        gettext("Guardrail"): filled(
            gettext("{metric} must not get worse when this gets better"), metric=partner
        ),
        gettext("Source"): element("span", metric.source, lang=ENGLISH, dir="ltr"),
    }
    return element(
        "article",
        element("h3", labelled(metric), id=definition(metric)),
        [element("p", each) for each in meanings(metric)],
        element("dl", [[element("dt", term), element("dd", told)] for term, told in facts.items()]),
        [queries(content, each) for each in answers],
        aria_labelledby=definition(metric),
    )


def variant(content: Content, answer: Answer) -> Html:
    name = title(answer.asked, content.card.question.asked)
    return element(
        "div",
        element("a", name, href=f"#{place(answer.asked)}"),
        ": ",
        noted((gettext(answer.meaning), gettext(BETTER[answer.better]))),
    )


def dates(answers: list[Answer]) -> str:
    """Return the instants by which rows belong to a period, as the record names them."""
    return ", ".join(dict.fromkeys(each.asked.dated_by for each in answers))


def queries(content: Content, answer: Answer) -> Html:
    name = title(answer.asked, content.card.question.asked)
    texts = [element("pre", element("code", each)) for each in content.statements[answer.asked]]
    return element(
        "details",
        element("summary", gettext("SQL of {metric}").format(metric=name)),
        element("p", gettext("For the year 2026, without filters."), class_="note"),
        texts,
    )
