"""What an insight cannot explain, and what to ask instead."""

from hearwell.engine.answer import FEW_ANSWERS
from hearwell.engine.question import Asked
from hearwell.errors import WrongUse


class NotAMean(WrongUse):
    def __init__(self, asked: Asked) -> None:
        super().__init__(
            f"{asked.metric.name} {asked.variant} is no share, mean or ratio, so it cannot be "
            "taken apart. Ask for one of its variants that is: `hearwell explain` lists them."
        )


class NothingCounted(WrongUse):
    def __init__(self, asked: Asked, when: str) -> None:
        super().__init__(
            f"No rows of {asked.metric.name} {asked.variant} were counted {when}. "
            "Choose another period, or fewer filters."
        )


class TooFewToShow(WrongUse):
    def __init__(self, asked: Asked) -> None:
        super().__init__(f"Of {asked.metric.name} nothing is explained here: {FEW_ANSWERS}.")


class NotExplained(WrongUse):
    """A question that an insight cannot answer; the message says why and what to ask instead."""
