"""The command line: parse, ask, show.

Each command imports what it needs when it runs, because `hearwell --help` is to answer at once.
"""

from hearwell.cli.app import main

__all__ = ["main"]
