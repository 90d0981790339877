"""What can go wrong with a lake. Nothing that was committed is lost by any of these."""

from pathlib import Path

from hearwell.errors import HearwellError


class NoLake(HearwellError):
    def __init__(self, path: Path) -> None:
        super().__init__(
            f"There is no lake in {path}. Make one with `hearwell init --lake {path}`."
        )


class LakeExists(HearwellError):
    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is a lake already. Use it as it is, or name another folder.")


class LakeLocked(HearwellError):
    def __init__(self, path: Path, holder: str, waited_seconds: float) -> None:
        super().__init__(
            f"The lake in {path} is being written to by {holder or 'another process'}; waited "
            f"{waited_seconds:g} s. Nothing was written. Try again when that has ended."
        )


class LakeTooNew(HearwellError):
    def __init__(self, path: Path, version: str, known: str) -> None:
        super().__init__(
            f"The lake in {path} was written by a newer Hearwell (lake format {version}, this one "
            f"knows {known}). Nothing was changed. Install the newer Hearwell to open it."
        )


class LakeReadOnly(HearwellError):
    def __init__(self, path: Path) -> None:
        super().__init__(
            f"This account may not write to {path}. Nothing was changed. "
            "Ask for write access to the folder, or name another with --lake."
        )


class DiskFull(HearwellError):
    def __init__(self, path: Path) -> None:
        super().__init__(
            f"The disk that holds {path} is full. Nothing of this step was kept and all that was "
            "there before is unharmed. Free some space and run the same command again."
        )


class LakeDamaged(HearwellError):
    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"The lake in {path} cannot be opened: {reason} "
            "If its files were moved or copied in part, restore the whole folder from a copy."
        )


class NoSnapshot(HearwellError):
    def __init__(self, as_of: str, first: str, last: str) -> None:
        super().__init__(
            f"The lake has no state as of {as_of}: its snapshots run from {first} to {last}. "
            "List them with `hearwell lake snapshots`."
        )
