"""The question behind a survey's answers, told from their name and their range."""

from collections.abc import Mapping as ReadOnly

from hearwell.lake.tables import identifier
from hearwell.sources.file.guess import SAMPLE, Guess, Sampled
from hearwell.sources.file.synonyms import letters

SCALES = ((1, 5), (0, 10), (1, 7), (1, 10), (0, 5), (0, 100))
"""The usual scales; the first that holds all answers of the sample is taken."""

TOLD_BY_NAME = {"nps": "nps", "recommend": "nps", "netpro": "nps", "csat": "csat"}
TOLD_BY_NAME |= {"satisf": "csat", "rating": "csat", "star": "csat", "ces": "ces"}
TOLD_BY_NAME |= {"effort": "ces", "ease": "ces", "easy": "ces"}


def scale(
    sampled: Sampled, chosen: ReadOnly[str, str], guesses: ReadOnly[str, Guess]
) -> dict[str, Guess]:
    """Return the instrument, the scale and the status of answers, where the file has none."""
    column = chosen["answer"]
    x = identifier(column)
    low, high = sampled.connection.execute(
        f"select min(try_cast({x} as double)), max(try_cast({x} as double)) from {SAMPLE}"
    ).fetchall()[0]
    more: dict[str, Guess] = {}
    instrument = next(
        (kind for part, kind in TOLD_BY_NAME.items() if part in letters(column)), None
    )
    if high is not None:
        fitting = [s for s in SCALES if s[0] <= low and high <= s[1]]
        if instrument == "nps":
            fitting = [(0, 10)]
        if fitting:
            (bottom, top), told = fitting[0], f"the answers go from {low:g} to {high:g}"
            more["scale_low"] = Guess(str(bottom), told)
            more["scale_high"] = Guess(str(top))
            more["higher_is_better"] = Guess("true")
            instrument = instrument or ("nps" if (bottom, top) == (0, 10) else "csat")
    if "instrument" not in guesses:
        more["instrument"] = Guess(
            f"'{instrument or 'custom'}'",
            f"guessed from {column!r}",
            f"{column!r} was taken for a question of the kind {instrument or 'custom'}",
        )
    if "status" not in guesses:
        answer = guesses["answer"].sql
        more["status"] = Guess(f"case when {answer} is null then 'started' else 'answered' end")
    return more
