"""What can go wrong with a lake. Nothing that was committed is lost by any of these."""

from pathlib import Path

from hearwell.errors import HearwellError, Said
from hearwell.language import gettext_noop


class NoLake(HearwellError):
    def __init__(self, path: Path) -> None:
        super().__init__(
            gettext_noop(
                "There is no lake in {path}. Make one with `hearwell init --lake {path}`."
            ),
            path=str(path),
        )


class LakeExists(HearwellError):
    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is a lake already. Use it as it is, or name another folder.")


class NotEmpty(HearwellError):
    def __init__(self, path: Path, found: str) -> None:
        super().__init__(
            f"{path} holds other files, such as {found}, and is no lake. Nothing was changed. "
            "Name a new or an empty folder."
        )


class BadFolderName(HearwellError):
    def __init__(self, path: Path) -> None:
        super().__init__(
            f"A lake cannot be in {path}: DuckDB reads * ? [ ] in the name of a folder as a "
            "pattern, which could mean other folders too. Name a folder without them."
        )


class LakeLocked(HearwellError):
    def __init__(self, path: Path, holder: str, waited_seconds: float) -> None:
        super().__init__(
            gettext_noop(
                "The lake in {path} is being written to by {holder}; waited {seconds} s. Nothing "
                "was written. Try again when that has ended."
            ),
            path=str(path),
            holder=holder or Said(gettext_noop("another process")),
            seconds=f"{waited_seconds:g}",
        )


class LakeDisturbed(HearwellError):
    def __init__(self, path: Path) -> None:
        super().__init__(
            gettext_noop(
                "Another program wrote to the lake in {path} at the same time, without taking "
                "turns with Hearwell. Nothing of this step was kept. Run the same command again."
            ),
            path=str(path),
        )


class LakeTooNew(HearwellError):
    def __init__(self, path: Path, version: str, known: str) -> None:
        super().__init__(
            gettext_noop(
                "The lake in {path} was written by a newer Hearwell (lake format {version}, this "
                "one knows {known}). Nothing was changed. Install the newer Hearwell to open it."
            ),
            path=str(path),
            version=version,
            known=known,
        )


class LakeReadOnly(HearwellError):
    def __init__(self, path: Path) -> None:
        super().__init__(
            gettext_noop(
                "This account may not write to {path}. Nothing was changed. Ask for write access "
                "to the folder, or name another with --lake."
            ),
            path=str(path),
        )


class LakeUnreadable(HearwellError):
    def __init__(self, path: Path) -> None:
        super().__init__(
            gettext_noop(
                "This account may not read {path}. Ask its owner for access: a lake is private to "
                "the account that made it, until that account shares it."
            ),
            path=str(path),
        )


class DiskFull(HearwellError):
    def __init__(self, path: Path) -> None:
        super().__init__(
            gettext_noop(
                "The disk that holds {path} is full. Nothing of this step was kept and all that "
                "was there before is unharmed. Free some space and run the same command again."
            ),
            path=str(path),
        )


class MemoryFull(HearwellError):
    def __init__(self, reason: str) -> None:
        super().__init__(
            gettext_noop(
                "There is not enough memory for this: {reason} Nothing of this step was kept. "
                "Allow more with the environment variable HEARWELL_MEMORY, such as "
                "HEARWELL_MEMORY=8GB, or run it when other programs have ended."
            ),
            reason=reason,
        )


class LakeDamaged(HearwellError):
    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            gettext_noop(
                "The lake in {path} cannot be read: {reason} If its files were moved or copied in "
                "part, restore the whole folder from a copy."
            ),
            path=str(path),
            reason=reason,
        )


class NoSnapshot(HearwellError):
    def __init__(self, as_of: str, first: str, last: str) -> None:
        super().__init__(
            gettext_noop(
                "The lake has no state as of {as_of}: its snapshots run from {first} to {last}. "
                "List them with `hearwell lake snapshots`."
            ),
            as_of=as_of,
            first=first,
            last=last,
        )


class BadMoment(HearwellError):
    exit_code = 2

    def __init__(self, as_of: str) -> None:
        super().__init__(
            gettext_noop(
                "{as_of} is no moment to look back to. Write a day such as 2026-01-31, an instant "
                "such as 2026-01-31T09:30, or the number of a snapshot; `hearwell lake snapshots` "
                "lists them."
            ),
            as_of=repr(as_of),
        )


class NoIdentityKey(HearwellError):
    def __init__(self, file: Path, reason: str) -> None:
        super().__init__(
            gettext_noop(
                "The secret in {path} cannot be used: {reason} Without it a customer who comes "
                "back would be counted as a new one, so nothing was brought in. Restore the file "
                "from a copy of the lake."
            ),
            path=str(file),
            reason=reason,
        )


class RowsWithoutKey(HearwellError):
    def __init__(self, record: str, rows: int, columns: tuple[str, ...]) -> None:
        super().__init__(
            gettext_noop(
                "{rows} rows for {record} lack a value that each row must have: one of {columns}. "
                "Nothing of this batch was kept. Give such rows a reason to be refused, or fill "
                "the column."
            ),
            rows=rows,
            record=record,
            columns=columns,
        )
