"""The folder in which one file is made ready, and what is written there."""

from dataclasses import dataclass
from pathlib import Path

from hearwell.sources.file.sandbox import Progress


@dataclass(frozen=True)
class Room:
    """Where a file's staged rows go; the folder goes when the import ends."""

    folder: Path
    progress: Progress | None = None

    @property
    def rows(self) -> Path:
        """All rows as the record has them, those refused with the reason."""
        return self.folder / "rows.parquet"

    @property
    def file(self) -> Path:
        """The file as it is, where a mapping has to go over it twice."""
        return self.folder / "file.parquet"

    @property
    def refused(self) -> Path:
        """The refused rows as the record `rejected` has them."""
        return self.folder / "refused.parquet"

    @property
    def mended(self) -> Path:
        """A text file without the lines that would take others with them."""
        return self.folder / "mended.csv"

    @property
    def aside(self) -> Path:
        """The lines that were set aside, as CSV: row, reason, raw."""
        return self.folder / "aside.csv"

    @property
    def damaged(self) -> Path:
        """The lines with wrong bytes, as CSV: where in the file, and raw."""
        return self.folder / "damaged.csv"

    def all(self) -> list[Path]:
        return [self.rows, self.file, self.refused, self.mended, self.aside, self.damaged]
