"""A small lake, and the report of it."""

import pytest
from report.made import CALLS, PERIOD, SURVEYS
from report.reading import parsed

from hearwell.engine.question import Question
from hearwell.engine.scorecard import asked_for
from hearwell.lake.lake import create
from hearwell.lake.merge import merge
from hearwell.records.call import Call
from hearwell.records.survey import Survey
from hearwell.report.content import content
from hearwell.report.page import page


@pytest.fixture(scope="session")
def lake(tmp_path_factory):
    """About 800 calls over 16 weeks, none in the seventh, and 300 answers of two weeks."""
    made = create(tmp_path_factory.mktemp("report") / "lake", "Asia/Karachi")
    with made.staging() as folder:
        for record, rows in ((Call, CALLS), (Survey, SURVEYS)):
            file = folder / f"{record.table_name}.parquet"
            made.connection.execute(f"copy ({rows}) to '{file}'")
            with made.writing("rows"):
                merge(made, record, file)
    yield made
    made.close()


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
