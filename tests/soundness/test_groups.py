"""Wrong names of groups that were once seen. None of these may be weakened."""

from engine.tables import holding, surveys

from hearwell.engine.question import Question, find
from hearwell.evidence.counted import counted


def test_a_group_that_is_not_known_has_no_name(lake):
    """Rows of which nobody knows the topic are a group without a name.

    They were a group called "?", in every insight, and were not found among the groups that the
    engine hides.
    """
    rows = surveys(*[{"answer": 5, "topic": "billing"}] * 5, *[{"answer": 4}] * 6)
    question = Question(find("CSAT")[:1])
    with counted(holding(lake, survey=rows), question, ("topic",)) as table:
        found = table.sql("select topic, count(*) as n from counted_rows group by all order by n")
    assert list(found["topic"]) == ["billing", None]
    assert list(found["n"]) == [5, 6]
