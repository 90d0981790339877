"""What a column holds, told from a sample of its values, and the SQL that makes use of it."""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from hearwell.lake.extensions import quoted
from hearwell.lake.tables import identifier
from hearwell.records.record import Column
from hearwell.sources.file.checks import EARLIEST
from hearwell.sources.file.synonyms import MISSING, WORDS, letters, parts
from hearwell.sources.file.target import aware

SAMPLE = "sample"
"""The table with the first rows of the file, all as text."""

DATES = ("%d/%m/%Y", "%m/%d/%Y", "%d/%m/%y", "%m/%d/%y", "%d-%m-%Y", "%m-%d-%Y", "%d.%m.%Y")
DATES_WITH_WORDS = ("%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%b %d, %Y", "%B %d, %Y", "%d %B %Y")
CLOCKS = ("", " %H:%M:%S", " %H:%M", " %I:%M:%S %p", " %I:%M %p", ", %H:%M:%S", ", %I:%M:%S %p")
FORMATS = (
    *(date + clock for date in (*DATES, *DATES_WITH_WORDS) for clock in CLOCKS),
    "%Y-%m-%d %I:%M:%S %p",
    "%Y-%m-%d %I:%M %p",
    "%d.%m.%y %H:%M",
    "%Y%m%d",
    "%Y%m%d%H%M%S",
    "%Y%m%d %H%M%S",
    "%Y%m%d %H:%M:%S",
    "%y%m%d",
    "%y%m%d %H:%M:%S",
    "%a %b %d %H:%M:%S %Y",
    "%a, %d %b %Y %H:%M:%S %z",
)
"""How times are written besides ISO. Where several fit, the one that stands first is taken."""

CLOCK = "regexp_full_match({x}, '\\d{{1,3}}:\\d\\d:\\d\\d(\\.\\d+)?')"
SHORT_CLOCK = "regexp_full_match({x}, '\\d{{1,3}}:\\d\\d')"
DECIMAL_COMMA = "regexp_full_match({x}, '-?\\d+(\\.\\d{{3}})*,\\d+')"
THOUSANDS = "regexp_full_match({x}, '-?\\d{{1,3}}(,\\d{{3}})+(\\.\\d+)?')"


@dataclass(frozen=True)
class Guess:
    """An expression for a column of a record, and what to say of it."""

    sql: str
    comment: str = ""
    doubt: str = ""  # something that the user has to look at


@dataclass(frozen=True)
class Sampled:
    """A sample of a file in a connection."""

    connection: duckdb.DuckDBPyConnection
    month_first: bool  # what to take where a date may be read in two ways and nothing tells

    def counts(self, column: str, conditions: Sequence[str]) -> list[int]:
        """Return how many values are there, and for how many of them each condition holds."""
        x = identifier(column)
        wanted = ", ".join(f"count(*) filter ({c.format(x=f'trim({x})')})" for c in conditions)
        return list(
            self.connection.execute(
                f"select count(*){', ' if wanted else ''}{wanted} from {SAMPLE} "
                f"where trim({x}) != '' and lower(trim({x})) not in ({missing_words()})"
            ).fetchall()[0]
        )

    def words(self, column: str) -> list[str]:
        """Return the different values, the most frequent first."""
        x = identifier(column)
        found = self.connection.execute(
            f"select {x} from {SAMPLE} where trim({x}) != '' group by 1 order by count(*) desc, 1"
        ).fetchall()
        return [word for (word,) in found]


def guess(sampled: Sampled, record: str, name: str, mark: Column, column: str) -> Guess:
    """Return how to make a record's column from a column of the file."""
    if mark.dtype == "timestamp":
        return instant(sampled, column)
    if mark.role == "category":
        return category(sampled, column, WORDS.get((record, name), {}), mark.words)
    if mark.dtype in {"float64", "int64", "decimal(18, 4)"}:
        return number(sampled, name, column)
    if mark.dtype == "string" and mark.role == "fact" and not mark.is_key:
        return Guess(written(column))  # somebody's words, which are nobody's to change
    return Guess(plain(sampled, column))


def plain(sampled: Sampled, column: str) -> str:
    """Return the column without outer blanks and without words for what is missing."""
    x = identifier(column)
    padded = sampled.connection.execute(
        f"select count(*) from {SAMPLE} where {x} != trim({x})"
    ).fetchall()[0][0]
    sql = f"trim({written(column)})" if padded else written(column)
    words = [word for word in sampled.words(column) if word.strip().lower() in MISSING]
    if 0 < len(words) < len(sampled.words(column)):
        for word in words:
            sql = f"nullif({sql}, {quoted(word.strip() if padded else word)})"
    return sql


def written(column: str) -> str:
    """Return a column's name as SQL, in quotes only where they are needed."""
    return column if column.isidentifier() and column.isascii() else identifier(column)


def instant(sampled: Sampled, column: str) -> Guess:
    sql = plain(sampled, column)
    with_offset = aware("{x}").replace("{4}", "{{4}}")
    iso = (
        f"try_cast({{x}} as timestamp) is not null or ({with_offset}) is not null",
        "regexp_full_match({x}, '\\d{{9,10}}(\\.\\d+)?')",
        "regexp_full_match({x}, '\\d{{12,13}}')",
    )
    known, as_iso, as_seconds, as_milliseconds = sampled.counts(column, iso)
    if not known or as_iso == known:
        return Guess(sql, "" if known else "no value in the sample")
    if as_seconds == known:
        return Guess(f"to_timestamp({sql}::double)", "seconds since 1970")
    if as_milliseconds == known:
        return Guess(f"to_timestamp({sql}::double / 1000)", "milliseconds since 1970")
    fits = sampled.counts(
        column, [f"try_strptime({{x}}, {quoted(each)}) >= {EARLIEST}" for each in FORMATS]
    )[1:]
    best = max(fits)
    if best == 0:
        return Guess(sql, doubt=f"how the times in {column!r} are written is not understood")
    chosen = [each for each, fit in zip(FORMATS, fits, strict=True) if fit == best]
    format_, comment, doubt = chosen[0], "", ""
    other = swapped(format_)
    if other in chosen:
        in_order = [each for each in (format_, other) if goes_up(sampled, column, each)]
        if len(in_order) == 1:
            format_, comment = in_order[0], f"{words_of(in_order[0])}: only so do the rows go up"
        else:
            format_ = next(
                each for each in (format_, other) if each.startswith("%m") == sampled.month_first
            )
            comment = f"{words_of(format_)}, or is it {words_of(swapped(format_))}? Both fit"
            doubt = (
                f"the dates in {column!r} can be read as {words_of(format_)} and as "
                f"{words_of(swapped(format_))}; the first was taken, as is usual in the "
                "organisation's zone"
            )
    if best < known:
        doubt = f"{known - best:,} of {known:,} values of {column!r} are written otherwise"
    return Guess(f"strptime({sql}, {quoted(format_)})", comment, doubt)


def swapped(format_: str) -> str:
    """Return the format with day and month in each other's place."""
    return format_.replace("%d", "%_").replace("%m", "%d").replace("%_", "%m")


def words_of(format_: str) -> str:
    return "month/day" if format_.startswith("%m") else "day/month"


def goes_up(sampled: Sampled, column: str, format_: str) -> bool:
    """Tell whether the rows stand in the order of their times, read in this format."""
    x = identifier(column)
    (backwards,) = sampled.connection.execute(
        f"select count(*) from (select try_strptime(trim({x}), {quoted(format_)}) as moment, "
        f"lag(moment) over (order by rowid) as before from {SAMPLE}) where moment < before"
    ).fetchall()[0]
    return int(backwards) == 0


def number(sampled: Sampled, name: str, column: str) -> Guess:
    sql = plain(sampled, column)
    known, percent, clock, short, comma, thousands, numbers = sampled.counts(
        column,
        [
            "ends_with({x}, '%')",
            CLOCK,
            SHORT_CLOCK,
            DECIMAL_COMMA,
            THOUSANDS,
            "try_cast({x} as double) is not null",
        ],
    )
    unit = parts(column)[1]
    is_duration = name.endswith("_seconds")
    if known and is_duration and clock == known:
        return Guess(f"epoch({sql}::interval)", "hours:minutes:seconds")
    if known and is_duration and short == known:
        return Guess(
            f"epoch(('00:' || {sql})::interval)",
            "minutes:seconds",
            f"{column!r} was taken for minutes:seconds, not for hours:minutes",
        )
    if known and percent == known:
        return Guess(f"rtrim({sql}, '% ')::double / 100", "per cent")
    if comma and comma + numbers >= known:
        sql = f"replace(replace({sql}, '.', ''), ',', '.')"
        return times(sql, unit if is_duration else None, "decimal comma")
    if thousands and thousands + numbers >= known:
        return times(f"replace({sql}, ',', '')", unit if is_duration else None, "")
    doubt = ""
    if numbers < known:
        doubt = f"{known - numbers:,} of {known:,} values of {column!r} are not numbers"
    return times(sql, unit if is_duration else None, "", doubt)


def times(sql: str, unit: float | None, comment: str, doubt: str = "") -> Guess:
    if unit in {None, 1.0}:
        return Guess(sql, comment, doubt)
    name = {0.001: "milliseconds", 60.0: "minutes", 3600.0: "hours"}[unit or 1.0]
    factor = "/ 1000" if unit == 0.001 else f"* {unit:g}"
    told = ", ".join(filter(None, (comment, name)))
    return Guess(f"{sql}::double {factor}", told, doubt)


def category(
    sampled: Sampled, column: str, synonyms: dict[str, str], words: tuple[str, ...]
) -> Guess:
    known = {word: word for word in words} | {
        synonym: word for word, listed in synonyms.items() for synonym in listed.split()
    }
    found = sampled.words(column)
    ours = {value: known.get(value.lower(), known.get(letters(value))) for value in found}
    sql = plain(sampled, column)
    if all(value.strip().lower() in words for value in found):
        return Guess(sql)
    cases = " ".join(
        f"when {quoted(value)} then {quoted(word)}" for value, word in ours.items() if word
    )
    unknown = [value for value, word in ours.items() if word is None]
    unknown = [value for value in unknown if value.strip().lower() not in MISSING]
    doubt = ""
    if unknown:
        doubt = (
            f"these words of {column!r} are not understood and their rows are refused: "
            f"{', '.join(repr(value) for value in unknown[:8])}"
        )
    return Guess(f"case {written(column)} {cases} else {sql} end" if cases else sql, "", doubt)


def missing_words() -> str:
    return ", ".join(quoted(word) for word in MISSING)
