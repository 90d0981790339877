"""The bases of every error that a user is meant to read."""

from typing import TypeAlias


class Said:
    """A message, or a sentence within one.

    Args:
        template: in English; with fields, a template that can be told in any language
            (`hearwell.report.problem`), to be marked with `gettext_noop`.
        fields: what the template names: words, counts as whole numbers, words that stand in a
            list, sentences.

    """

    def __init__(self, template: str, **fields: "Field") -> None:
        self.template, self.fields = template, fields

    def __str__(self) -> str:
        """Say it in English."""
        told = {name: english(each) for name, each in self.fields.items()}
        return self.template.format(**told) if told else self.template


Field: TypeAlias = "str | int | tuple[str, ...] | Said"


def english(field: Field) -> str:
    if isinstance(field, int):
        return f"{field:,}"
    return ", ".join(field) if isinstance(field, tuple) else str(field)


class HearwellError(Exception):
    """A problem told in one message: what was wrong, where, and what to do next.

    The arguments are those of `Said`.
    """

    exit_code = 1

    def __init__(self, template: str = "", **fields: Field) -> None:
        self.said = Said(template, **fields)
        super().__init__(str(self.said))


class WrongUse(HearwellError):
    """What was asked for makes no sense; nothing is wrong with the data or the machine."""

    exit_code = 2
