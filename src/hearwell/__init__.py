"""Hearwell: are customers well served, how sure is that, and why."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hearwell.api import Care

__version__ = "0.1.0"
__all__ = ["__version__", "open"]


def open(path: str, *, as_of: str | None = None) -> "Care":  # noqa: A001  hearwell.open reads well
    """Open a lake to ask it, as it is now or as it was at a day, an instant or a snapshot.

    Raises:
        NoLake, LakeTooNew, NoSnapshot.

    """
    from hearwell.api import Care  # noqa: PLC0415  start-up time of the command line

    return Care.open(path, as_of=as_of)
