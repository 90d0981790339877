"""The bases of every error that a user is meant to read."""


class HearwellError(Exception):
    """A problem told in one message: what was wrong, where, and what to do next.

    Args:
        template: the message in English; with fields, a template that can be told in any language
            (`hearwell.report.problem`), to be marked with `gettext_noop`.
        fields: what the template names; counts are whole numbers.

    """

    exit_code = 1

    def __init__(self, template: str = "", **fields: str | int) -> None:
        self.template, self.fields = template, fields
        told = {n: f"{each:,}" if isinstance(each, int) else each for n, each in fields.items()}
        super().__init__(template.format(**told) if fields else template)


class WrongUse(HearwellError):
    """What was asked for makes no sense; nothing is wrong with the data or the machine."""

    exit_code = 2
