"""A small lake with what makes a page go wrong: hostile and Urdu names, few rows, a gap."""

from html.parser import HTMLParser
from types import SimpleNamespace

import pytest

from hearwell.engine.question import Asked, Question
from hearwell.engine.scorecard import asked_for
from hearwell.lake.lake import create
from hearwell.lake.merge import merge
from hearwell.metrics.catalog import METRICS
from hearwell.records.call import Call
from hearwell.records.survey import Survey
from hearwell.report.content import content
from hearwell.report.page import page

HOSTILE = '</table><script src="https://evil.example/x.js">alert(1)</script>&amp;"'
URDU = "بلنگ کی قطار"
SMALL = "night"

CALLS = f"""
select 'pbx' as source, timestamp '2026-06-01' as received_at, i::varchar as call_id,
    1::bigint as leg, 'inbound' as direction,
    case when i in (100, 700) then '{SMALL}' when i % 7 = 0 then '{HOSTILE}'
        when i % 7 < 3 then '{URDU}' when i % 7 = 3 then null else 'support' end as queue,
    timestamp '2026-01-05 09:00' + to_hours(3 * i::bigint) as entered_at,
    (i % 37)::double as wait_seconds, (i % 5)::double as hold_seconds,
    if(i % 5 = 0, 'abandoned', 'answered') as outcome
from range(900) as t(i) where i not between 300 and 411
"""
SURVEYS = """
select 'form' as source, timestamp '2026-06-01' as received_at, i::varchar as survey_id,
    'csat' as instrument, 'answered' as status, 1::double as scale_low, 5::double as scale_high,
    timestamp '2026-03-01 09:00' + to_hours(i::bigint) as sent_at,
    timestamp '2026-03-01 09:00' + to_hours(i::bigint) as answered_at,
    (1 + i % 5)::double as answer, 'topic ' || i % 3 as topic
from range(300) as t(i)
"""
LEVEL = Asked(METRICS["service_level"], "SL3")
VOLUME = Asked(METRICS["call_volume"], "calls")
ABANDONED = Asked(METRICS["abandonment_rate"], "all")
SATISFIED = Asked(METRICS["customer_satisfaction"], "satisfied")
SOME = (LEVEL, VOLUME, ABANDONED, SATISFIED)
PERIOD = {"begins": "2026-01-05", "ends": "2026-04-26", "compare": "previous"}


@pytest.fixture(scope="session")
def lake(tmp_path_factory):
    """About 800 calls over 16 weeks without the sixth and seventh, and 300 answers of two weeks."""
    made = create(tmp_path_factory.mktemp("report") / "lake", "Asia/Karachi")
    with made.staging() as folder:
        for record, rows in ((Call, CALLS), (Survey, SURVEYS)):
            file = folder / f"{record.table_name}.parquet"
            made.connection.execute(f"copy ({rows}) to '{file}'")
            with made.writing("rows"):
                merge(made, record, file)
    return made


@pytest.fixture(scope="session")
def asked():
    return Question(asked_for((), ()), **PERIOD)


@pytest.fixture(scope="session")
def found(lake, asked):
    """All that a report of the lake tells."""
    return content(lake, asked)


@pytest.fixture(scope="session")
def text(found):
    return page(found)


@pytest.fixture(scope="session")
def tree(text):
    return parsed(text)


class Node(SimpleNamespace):
    """An element of the page, with its attributes, its children and all of its text."""

    def all(self, name=None, **attributes):
        """Give the elements inside that have this name and these attributes, in their order."""
        for child in self.children:
            if isinstance(child, Node):
                wanted = {key.rstrip("_"): value for key, value in attributes.items()}
                own = {key: child.attributes.get(key) for key in wanted}
                if name in {None, child.name} and own == wanted:
                    yield child
                yield from child.all(name, **attributes)

    def one(self, name=None, **attributes):
        (only,) = self.all(name, **attributes)
        return only

    def id(self, name):
        return self.one(id=name)

    @property
    def text(self):
        return "".join(c.text if isinstance(c, Node) else c for c in self.children)

    @property
    def classes(self):
        return (self.attributes.get("class") or "").split()


class Reader(HTMLParser):
    """Read a page strictly: every element is closed by its own tag, in order."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open = [Node(name="", attributes={}, children=[], parent=None)]

    def handle_starttag(self, tag, attrs):
        assert len(dict(attrs)) == len(attrs), f"{tag} has an attribute twice"
        node = Node(name=tag, attributes=dict(attrs), children=[], parent=self.open[-1])
        self.open[-1].children.append(node)
        if tag != "meta":
            self.open.append(node)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag != "meta":
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop().name == tag

    def handle_data(self, data):
        self.open[-1].children.append(data)


def parsed(text):
    reader = Reader()
    reader.feed(text)
    reader.close()
    (root,) = reader.open
    return root
