"""What can be wrong with a file or a mapping as a whole. Nothing was imported in any of these."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path

from hearwell.errors import HearwellError

SHOWN = 200
"""Characters of a line that a message shows."""


class NoSuchFile(HearwellError):
    def __init__(self, path: Path) -> None:
        what = "is a folder: name the files in it" if path.is_dir() else "does not exist"
        super().__init__(f"{path} {what}. Nothing was imported.")


class NotAllowed(HearwellError):
    def __init__(self, path: Path) -> None:
        super().__init__(f"This account may not read {path}. Ask its owner for access.")


class UnknownFormat(HearwellError):
    def __init__(self, name: str, reason: str) -> None:
        super().__init__(
            f"{name} {reason}. Hearwell reads CSV, TSV, JSON lines, Parquet and Excel, "
            "plain, .gz or .zip: export it as one of these."
        )


class EmptyFile(HearwellError):
    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is empty, it has not even a header. Was the export broken off?")


class CutArchive(HearwellError):
    def __init__(self, name: str, reason: str) -> None:
        super().__init__(
            f"{name} is damaged or was cut off on its way: {reason}. Nothing was imported, "
            "because the end of the data is missing. Copy or download the file again."
        )


class LockedArchive(HearwellError):
    def __init__(self, name: str) -> None:
        super().__init__(f"{name} needs a password. Unpack it first and import what is inside.")


class NoDataInside(HearwellError):
    def __init__(self, name: str, members: Sequence[str]) -> None:
        inside = ", ".join(members[:5]) or "nothing"
        super().__init__(f"{name} has no data file inside (it has {inside}).")


class UnknownEncoding(HearwellError):
    def __init__(self, name: str) -> None:
        super().__init__(
            f'No encoding is called {name!r}. Write it as in `encoding = "windows-1252"`, '
            '"iso-8859-8", "utf-16" or "shift_jis".'
        )


class WrongEncoding(HearwellError):
    def __init__(self, name: str, encoding: str, place: str) -> None:
        super().__init__(
            f"{name} is not {encoding}: {place}. Say in the mapping what it is, "
            'for example `encoding = "windows-1252"`.'
        )


class NoHeader(HearwellError):
    def __init__(self, name: str, line: str) -> None:
        super().__init__(
            f"The first line of {name} looks like data, not like column names:\n"
            f"  {line[:SHOWN]}\n"
            "If there is no header, put `header = false` into the mapping and call the columns "
            "c1, c2 and so on; if it stands further down, put its line there, as `header = 3`."
        )


class NoSuchLine(HearwellError):
    def __init__(self, name: str, line: int) -> None:
        super().__init__(
            f"The mapping says that the header of {name} is in line {line}, "
            "but the file ends before it (or that line is beyond its first megabyte)."
        )


class Unreadable(HearwellError):
    def __init__(self, name: str, kind: str, reason: str) -> None:
        super().__init__(
            f"{name} cannot be read as {kind}: {reason.rstrip('.')}. Nothing was imported. "
            "Open it in the program that wrote it and export it again."
        )


class BadMapping(HearwellError):
    """A mapping that cannot be used, and the entry in which that shows."""

    def __init__(self, place: str, problem: str) -> None:
        self.place = place
        super().__init__(f"{place}: {problem}")


class WrongRecord(BadMapping):
    def __init__(self, place: str, has: str, wanted: str) -> None:
        super().__init__(
            place,
            f"this mapping is for the record {has!r}, and the import was to become {wanted!r}. "
            f"Use `--as {has}`, or another mapping.",
        )


class UnknownSourceColumn(BadMapping):
    def __init__(self, place: str, name: str, known: Iterable[str], *, quoted: bool) -> None:
        known = list(known)
        hint = nearest(name, known) or f"It has {', '.join(known[:30])}."
        text = f" If {name!r} is meant as text, put it in single quotes." if quoted else ""
        super().__init__(place, f"the file has no column {name!r}. {hint}{text}")


class UnknownRecordColumn(BadMapping):
    def __init__(self, place: str, record: str, name: str, known: Iterable[str]) -> None:
        known = list(known)
        hint = nearest(name, known) or f"It has {', '.join(known)}."
        super().__init__(place, f"the record {record!r} has no column {name!r}. {hint}")


class MissingColumn(BadMapping):
    def __init__(self, place: str, record: str, name: str, metrics: Sequence[str]) -> None:
        without = (
            f"Without it these metrics cannot be computed: {', '.join(metrics)}. "
            if metrics
            else ""
        )
        super().__init__(
            place,
            f"the record {record!r} needs {name!r} and [columns] does not have it. {without}"
            f'Add `{name} = "…"` with the file\'s column, or an expression of its columns.',
        )


class UnsafeExpression(BadMapping):
    def __init__(self, place: str, found: str) -> None:
        super().__init__(
            place,
            f"{found} may not stand in a mapping. A mapping computes with the columns of its "
            "file only: it reads no other file, no table and no setting, and gives the same each "
            "time.",
        )


class BadExpression(BadMapping):
    def __init__(self, place: str, expression: str, reason: str) -> None:
        super().__init__(place, f"`{expression[:SHOWN]}` cannot be used: {reason}")


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


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a sentence that names what was perhaps meant, or nothing."""
    by_folded = {word.casefold(): word for word in known}
    near = get_close_matches(name.casefold(), by_folded, cutoff=0.5)
    return f"Did you mean {' or '.join(repr(by_folded[word]) for word in near)}?" if near else ""
