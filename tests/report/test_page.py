"""The page as a whole: it is one file, it tells what the engine tells, and it hides no script."""

import re
from datetime import datetime
from itertools import pairwise

import pytest
from engine.tables import holding
from report.made import ABANDONED, HOSTILE, LEVEL, SMALL, SOME, URDU, VOLUME
from report.reading import Node, parsed

from hearwell.engine.ask import ask
from hearwell.engine.question import Asked, Question
from hearwell.engine.scorecard import asked_for
from hearwell.lake.lake import create
from hearwell.metrics.catalog import METRICS
from hearwell.metrics.metric import Question as FiveQuestions
from hearwell.report.content import content
from hearwell.report.number import difference, interval, number
from hearwell.report.page import page


def test_it_parses_and_has_one_of_each_place(tree):
    """Every element is closed in order, and no two have the same id."""
    ids = [node.attributes["id"] for node in tree.all() if "id" in node.attributes]
    assert len(ids) == len(set(ids))
    for link in tree.all("a"):
        assert link.attributes["href"].startswith("#")
        assert link.attributes["href"][1:] in ids


def test_nothing_is_fetched(tree, text):
    """No script, no picture, no style and no frame from elsewhere, nor anything that could be."""
    names = {node.name for node in tree.all()}
    assert not names & {"script", "img", "link", "iframe", "object", "embed", "base", "form"}
    for node in tree.all():
        assert not {"src", "srcset", "action", "style", "background"} & set(node.attributes)
        assert not [name for name in node.attributes if name.startswith("on")]
    style = tree.one("style").text
    assert "url(" not in style
    assert "@import" not in style
    assert "http" not in style
    assert len(text) < 400_000


def test_text_of_the_data_stays_text(tree, text):
    """A name that is HTML is shown as it is, and one in Urdu does not turn what follows it."""
    names = {node.text for node in tree.all("bdi")}
    assert {HOSTILE, URDU, SMALL} <= names
    assert "<script" not in text
    assert HOSTILE not in text


def test_title_and_filters_are_escaped(lake):
    put = Question((LEVEL, VOLUME), where=(("queue", HOSTILE),), begins="2026-01-05")
    read = parsed(page(content(lake, put), HOSTILE))
    assert read.one("h1").text == HOSTILE
    assert HOSTILE in read.one("header").one("bdi").text
    assert read.one("head").one("title").text.startswith(HOSTILE)


def test_every_number_of_the_scorecard_is_the_engines(lake, asked, tree):
    """Value, interval, n, change and verdict are those of the answers, exactly and as text."""
    answers = ask(lake, asked)
    shown = 0
    for answer in answers.answers:
        (cell,) = answer.cells(answers.zone, asked.level)
        if not cell["n"]:
            continue
        shown += 1
        row = row_of(tree, f"{answer.asked.metric.name}-{answer.asked.variant}")
        figures = {node.classes[1]: node for node in row.all("td") if "figure" in node.classes}
        assert exact(figures["value"]) == cell["value"]
        ends = interval(cell["low"], cell["high"], answer.unit)
        assert figures["value"].text == number(cell["value"], answer.unit) + ends
        assert figures["n"].text == f"{cell['n']:,}"
    assert shown == len(list(tree.all("article"))) - len(list(defined(tree)))
    assert shown >= 10


def test_changes_are_told_by_word_and_sign(lake):
    """Colour is never all that tells a verdict; its interval stands beside it."""
    put = Question(SOME, begins="2026-03-02", ends="2026-03-29", compare="previous")
    answers = ask(lake, put)
    tree = parsed(page(content(lake, put)))
    verdicts = []
    for answer in answers.answers:
        (cell,) = answer.cells(answers.zone, put.level)
        compared = cell["compared"]
        if not cell["n"]:
            continue
        row = row_of(tree, f"{answer.asked.metric.name}-{answer.asked.variant}")
        *_, change, told = row.all("td")
        if compared is None:
            assert told.text == "nothing to compare"
            continue
        verdicts.append(compared["verdict"])
        sign = {"better": "▲", "worse": "▼", "changed": "◆", "no evidence": "·"}
        assert told.text == f"{sign[compared['verdict']]} {compared['verdict']}"
        assert exact(change) == compared["difference"]
        low, high = (difference(compared[end], answer.unit) for end in ("low", "high"))
        assert change.text.endswith(f"{low} … {high}")
    assert verdicts
    told = {li.text.partition(":")[0] for li in tree.one("ul", class_="changes").all("li")}
    assert {"▲ better", "▼ worse"} <= told


def test_better_at_the_price_of_its_guardrail_is_said_first(tmp_path):
    """Callers wait less because more of them hang up: nobody should celebrate that."""
    rows = [
        {
            "call_id": f"{month}-{i}",
            "leg": 1,
            "direction": "inbound",
            "entered_at": datetime(2026, month, 1 + i % 28, 12),
            "wait_seconds": wait + i % 5,
            "outcome": "abandoned" if i % 10 < hung_up else "answered",
        }
        for month, wait, hung_up in ((1, 60.0, 1), (2, 5.0, 6))
        for i in range(400)
    ]
    put = Question(
        (Asked(METRICS["wait_time"], "p50"), ABANDONED),
        begins="2026-02-01",
        ends="2026-02-28",
        compare="previous",
    )
    tree = parsed(page(content(holding(create(tmp_path / "lake"), call=rows), put)))
    better, worse, *_ = (li.text for li in tree.one("ul", class_="changes").all("li"))
    assert better == "▲ better: wait time (ASA), p50 (but its guardrail got worse)"
    assert worse == "▼ worse: abandonment rate"
    told = tree.id("wait_time-p50").parent.one("strong").text
    assert told == "It got better while its guardrail got worse."


def test_what_was_left_out_is_told(lake, asked, tree):
    """Each reason stands beside the number, or below all of which it is true."""
    answers = ask(lake, asked)
    section = tree.id("wait").parent.text
    reasons = {
        f"{int(rows[0]):,} {reason}"
        for answer in answers.answers
        if answer.asked.metric.question is FiveQuestions.WAIT and answer.estimate.n.sum()
        for reason, rows in answer.left_out.items()
        if rows[0]
    }
    assert all(reason in section for reason in reasons)


def test_the_heading_says_of_what_and_when(tree, lake):
    facts = tree.one("dl", class_="facts").text
    assert "Asia/Karachi" in facts
    assert "5 Jan 2026 to 26 Apr 2026" in facts
    assert f"snapshot {lake.snapshot}" in facts
    assert "call: " in facts
    assert "Received1 Jun 2026" in facts


def test_all_five_questions_are_there(tree):
    headings = [node.text for node in tree.all("h2")]
    assert [each.value for each in FiveQuestions] == [h for h in headings if h.endswith("?")]


def test_metrics_without_data_say_what_they_need(tree):
    without = tree.id("without-data").parent.text
    assert "case volume" in without
    assert "hearwell import FILE --as case" in without


def test_definitions_tell_where_numbers_come_from(tree):
    """Meaning, credit, date, guardrail, source and SQL of every metric shown."""
    for article in defined(tree):
        terms = [node.text for node in article.all("dt")]
        wanted = ["Credited to", "Date that counts", "Counted over", "Guardrail", "Source"]
        assert terms[1:] == wanted
        assert all("SELECT" in code.text for code in article.one("details").all("code"))
        break
    level = tree.id("definition-service_level").parent.text
    assert "the queue" in level
    assert "entered_at" in level


def test_tables_and_pictures_can_be_heard(tree):
    """Cells have heads, pictures have names and descriptions, data has a language."""
    assert tree.one("html").attributes == {"lang": "en", "dir": "ltr"}
    for table in tree.all("table"):
        assert next(table.all("caption")).text
        assert all(th.attributes["scope"] in {"row", "col"} for th in table.all("th"))
        assert all(next(tr.all("th"), None) for tr in table.all("tr"))
    pictures = list(tree.all("svg", role="img"))
    assert pictures
    for picture in pictures:
        name, told = (picture.attributes[f"aria-{x}"] for x in ("labelledby", "describedby"))
        assert picture.id(name).name == "title"
        assert "highest" in picture.id(told).text
    for svg in tree.all("svg"):
        assert svg.attributes.get("role") == "img" or svg.attributes.get("aria-hidden") == "true"
    levels = [int(node.name[1]) for node in tree.all() if re.fullmatch("h[1-6]", node.name)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_the_same_lake_gives_the_same_page(lake, asked, text):
    assert page(content(lake, asked)) == text


def test_an_empty_lake_teaches_what_to_do(tmp_path):
    made = create(tmp_path / "lake")
    tree = parsed(page(content(made, Question(asked_for((), ())))))
    assert "hearwell import FILE --as call" in tree.one("p", class_="empty").text
    assert not list(tree.all("article"))


def test_a_period_without_rows_names_the_newest(lake):
    put = Question(SOME, begins="2020-01-01", ends="2020-02-01", compare="previous")
    told = parsed(page(content(lake, put))).one("p", class_="empty").text
    assert "the newest row is of 27 Apr 2026" in told
    assert "--from" in told


def test_a_filter_that_fits_nothing_says_so(lake):
    put = Question((LEVEL,), where=(("queue", "no such"),))
    told = parsed(page(content(lake, put))).one("p", class_="empty").text
    assert "--where" in told


@pytest.mark.parametrize("dark", [False, True])
def test_colours_can_be_read(tree, dark):
    """Text has a contrast of 4.5 to 1 at least, and what is drawn 3 to 1 (WCAG 2.2, AA)."""
    light, night = re.findall(r":root \{([^}]*)\}", tree.one("style").text)[:2]
    values = dict(re.findall(r"--(\w+): (#\w+)", night if dark else light))
    for name in ("ink", "muted", "link", "better", "worse"):
        assert contrast(values[name], values["ground"]) >= 4.5
    assert contrast(values["ink"], values["soft"]) >= 4.5
    assert contrast(values["line"], values["ground"]) >= 3


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour):
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def row_of(tree: Node, place: str) -> Node:
    """Give the row of the scorecard that links to the pictures of a number."""
    for table in tree.all("table", class_="card"):
        for row in table.one("tbody").all("tr"):
            if next(row.all("a")).attributes["href"] == f"#{place}":
                return row
    raise AssertionError(place)


def exact(node: Node) -> float:
    return float(node.one("data").attributes["value"])


def defined(tree: Node):
    return tree.id("definitions").parent.all("article")
