"""Answers that were given lately, for pages that ask the same again.

The same question to the same state of a lake has the same answer. A state is told by its number
and by the instant at which it was committed, which another lake in the same place does not share.
"""

from collections.abc import Hashable

from hearwell.engine.answer import Answers
from hearwell.engine.ask import ask
from hearwell.engine.passes import Written
from hearwell.engine.question import Question
from hearwell.lake.lake import Lake

COMMITTED_AT = """
select snapshot_time::varchar from __ducklake_metadata_lake.ducklake_snapshot
where snapshot_id = {}
"""


class Remembered:
    """The answers that were given last: one for each question, state of a lake and settings.

    A question says which teams may be seen, so that nobody is given the answer of somebody else.
    """

    def __init__(self, most: int = 256) -> None:
        self.answers = Written(most)

    def ask(self, lake: Lake, question: Question) -> Answers:
        """Return the answer to a question, from memory where it was asked before.

        Raises:
            BadQuestion, NoBusinessTime.

        """
        with lake.reading() as snapshot:
            told = lake.connection.execute(COMMITTED_AT.format(snapshot)).fetchall()
            key: Hashable = (lake.path, snapshot, str(told), repr(lake.settings), question)
            return self.answers.get(key, lambda: ask(lake, question))
