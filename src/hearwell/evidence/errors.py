"""What an insight cannot explain, and what to ask instead."""

from hearwell.engine.answer import FEW_ANSWERS
from hearwell.engine.question import Asked
from hearwell.errors import Said, WrongUse
from hearwell.language import gettext_noop


class NotAMean(WrongUse):
    def __init__(self, asked: Asked) -> None:
        told = gettext_noop(
            "{what} ({name}) is no share, mean or ratio, so it cannot be taken apart. Ask for one "
            "of its variants that is: `hearwell explain` lists them."
        )
        super().__init__(told, what=asked.metric.name, name=asked.variant)


class NothingCounted(WrongUse):
    def __init__(self, asked: Asked, *, before: bool = False) -> None:
        told = gettext_noop(
            "No rows of {what} ({name}) were counted in the period. Choose another period, or "
            "fewer filters."
        )
        told_before = gettext_noop(
            "No rows of {what} ({name}) were counted in the period compared with. Choose another "
            "period, or fewer filters."
        )
        template = told_before if before else told
        super().__init__(template, what=asked.metric.name, name=asked.variant)


class TooFewToShow(WrongUse):
    def __init__(self, asked: Asked) -> None:
        told = gettext_noop("Of {what} nothing is explained here: {why}.")
        super().__init__(told, what=asked.metric.name, why=Said(FEW_ANSWERS))


class NotExplained(WrongUse):
    """A question that an insight cannot answer; the message says why and what to ask instead."""
