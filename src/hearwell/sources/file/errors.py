"""What can be wrong with a file or a mapping as a whole. Nothing was imported in any of these."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path

from hearwell.errors import Field, HearwellError, Said
from hearwell.language import gettext_noop

SHOWN = 200
"""Characters of a line that a message shows."""

MOST_NAMED = 30
"""Columns that a message names."""


class NoSuchFile(HearwellError):
    def __init__(self, path: Path) -> None:
        told = gettext_noop("{path} does not exist. Nothing was imported.")
        folder = gettext_noop("{path} is a folder: name the files in it. Nothing was imported.")
        super().__init__(folder if path.is_dir() else told, path=str(path))


class NotAllowed(HearwellError):
    def __init__(self, path: Path) -> None:
        told = gettext_noop("This account may not read {path}. Ask its owner for access.")
        super().__init__(told, path=str(path))


class UnknownFormat(HearwellError):
    def __init__(self, name: str, kind: str) -> None:
        told = gettext_noop(
            "{file} is {kind}. Hearwell reads CSV, TSV, JSON lines, Parquet and Excel, plain, .gz "
            "or .zip: export it as one of these."
        )
        super().__init__(told, file=name, kind=kind)


class EmptyFile(HearwellError):
    def __init__(self, name: str) -> None:
        told = gettext_noop("{file} is empty, it has not even a header. Was the export broken off?")
        super().__init__(told, file=name)


class CutArchive(HearwellError):
    def __init__(self, name: str, reason: str) -> None:
        told = gettext_noop(
            "{file} is damaged or was cut off on its way: {reason}. Nothing was imported, because "
            "the end of the data is missing. Copy or download the file again."
        )
        super().__init__(told, file=name, reason=reason)


class LockedArchive(HearwellError):
    def __init__(self, name: str) -> None:
        told = gettext_noop("{file} needs a password. Unpack it first and import what is inside.")
        super().__init__(told, file=name)


class NoDataInside(HearwellError):
    def __init__(self, name: str, members: Sequence[str]) -> None:
        told = gettext_noop("{file} has no data file inside (it has {members}).")
        inside = tuple(members[:5]) or Said(gettext_noop("nothing"))
        super().__init__(told, file=name, members=inside)


class UnknownEncoding(HearwellError):
    def __init__(self, name: str) -> None:
        told = gettext_noop(
            'No encoding is called {given}. Write it as in `encoding = "windows-1252"`, '
            '"iso-8859-8", "utf-16" or "shift_jis".'
        )
        super().__init__(told, given=repr(name))


class WrongEncoding(HearwellError):
    def __init__(self, name: str, encoding: str, place: str) -> None:
        told = gettext_noop(
            "{file} is not {encoding}: {place}. Say in the mapping what it is, for example "
            '`encoding = "windows-1252"`.'
        )
        super().__init__(told, file=name, encoding=encoding, place=place)


class NoHeader(HearwellError):
    def __init__(self, name: str, line: str) -> None:
        told = gettext_noop(
            "The first line of {file} looks like data, not like column names:\n"
            "  {line}\n"
            "If there is no header, put `header = false` into the mapping and call the columns "
            "c1, c2 and so on; if it stands further down, put its line there, as `header = 3`."
        )
        super().__init__(told, file=name, line=line[:SHOWN])


class NoSuchLine(HearwellError):
    def __init__(self, name: str, line: int) -> None:
        told = gettext_noop(
            "The mapping says that the header of {file} is in line {line}, but the file ends "
            "before it (or that line is beyond its first megabyte)."
        )
        super().__init__(told, file=name, line=str(line))


class Unreadable(HearwellError):
    def __init__(self, name: str, kind: str, reason: str) -> None:
        told = gettext_noop(
            "{file} cannot be read as {kind}: {reason}. Nothing was imported. Open it in the "
            "program that wrote it and export it again."
        )
        super().__init__(told, file=name, kind=kind, reason=reason.rstrip("."))


class BadMapping(HearwellError):
    """A mapping that cannot be used, and the entry in which that shows."""

    def __init__(self, place: str, problem: str, **fields: Field) -> None:
        self.place, self.problem = place, Said(problem, **fields)
        super().__init__("{place}: {problem}", place=place, problem=self.problem)


class WrongRecord(BadMapping):
    def __init__(self, place: str, has: str, wanted: str) -> None:
        told = gettext_noop(
            "this mapping is for the record {record}, and the import was to become {wanted}. Use "
            "`--as {record}`, or another mapping."
        )
        super().__init__(place, told, record=has, wanted=wanted)


class UnknownSourceColumn(BadMapping):
    def __init__(self, place: str, name: str, known: Iterable[str], *, quoted: bool) -> None:
        hint = meant(name, known)
        told = gettext_noop("the file has no column {column}. {hint}")
        text = gettext_noop(
            "the file has no column {column}. {hint} If it is meant as text, put it in single "
            "quotes."
        )
        super().__init__(place, text if quoted else told, column=repr(name), hint=hint)


class UnknownRecordColumn(BadMapping):
    def __init__(self, place: str, record: str, name: str, known: Iterable[str]) -> None:
        hint = meant(name, known)
        told = gettext_noop("the record {record} has no column {column}. {hint}")
        super().__init__(place, told, record=repr(record), column=repr(name), hint=hint)


class MissingColumn(BadMapping):
    def __init__(self, place: str, record: str, name: str, metrics: Sequence[str]) -> None:
        add = Said(
            gettext_noop(
                'Add `{column} = "…"` with the file\'s column, or an expression of its columns.'
            ),
            column=name,
        )
        told = gettext_noop(
            "the record {record} needs {column} and [columns] does not have it. {hint}"
        )
        without = gettext_noop(
            "the record {record} needs {column} and [columns] does not have it. Without it these "
            "metrics cannot be computed: {metrics}. {hint}"
        )
        fields: dict[str, Field] = {"record": repr(record), "column": repr(name), "hint": add}
        if metrics:
            super().__init__(place, without, metrics=tuple(metrics), **fields)
        else:
            super().__init__(place, told, **fields)


class UnsafeExpression(BadMapping):
    def __init__(self, place: str, found: str) -> None:
        told = gettext_noop(
            "{found} may not stand in a mapping. A mapping computes with the columns of its file "
            "only: it reads no other file, no table and no setting, and gives the same each time."
        )
        super().__init__(place, told, found=found)


class BadExpression(BadMapping):
    def __init__(self, place: str, expression: str, reason: str) -> None:
        told = gettext_noop("`{expression}` cannot be used: {reason}")
        super().__init__(place, told, expression=expression[:SHOWN], reason=reason)


class NoProposal(HearwellError):
    def __init__(
        self, name: str, record: str, lacking: Sequence[str], columns: Sequence[str], text: str
    ) -> None:
        self.text = text
        super().__init__(
            f"No mapping can be proposed for {name}: no column looks like "
            f"{' or '.join(lacking)}, which each {record} must have. The file has "
            f"{', '.join(columns[:30])}. Write the missing lines into this beginning and give the "
            f"file with --map:\n\n{text}"
        )


def meant(name: str, known: Iterable[str]) -> Said:
    """Return a sentence that names what was perhaps meant, or else what there is."""
    words = tuple(known)
    there = Said(gettext_noop("There are {known}."), known=words[:MOST_NAMED])
    return nearest(name, words) or there


def nearest(name: str, known: Iterable[str]) -> Said | None:
    """Return a sentence that names what was perhaps meant, or nothing."""
    by_folded = {word.casefold(): word for word in known}
    near = get_close_matches(name.casefold(), by_folded, cutoff=0.5)
    if not near:
        return None
    return Said(gettext_noop("Did you mean {near}?"), near=tuple(repr(by_folded[n]) for n in near))
