"""Draw the README's picture of the scorecard. Usage: picture.py LAKE FILE.svg"""

import re
import sys
from pathlib import Path

from rich.console import Console

from hearwell.cli import card
from hearwell.engine.ask import ask
from hearwell.engine.question import Question
from hearwell.engine.scorecard import asked_for
from hearwell.lake.lake import open_lake


def main(lake: str, file: str) -> None:
    opened = open_lake(Path(lake))
    begins, ends = "2016-04-01", "2026-12-31"
    question = Question(asked_for((), ()), begins=begins, ends=ends, compare="previous")
    paper = Console(record=True, width=116, highlight=False, file=Path("/dev/null").open("w"))  # noqa: SIM115
    card.console = lambda: paper
    card.show_scorecard(ask(opened, question), "table", opened)
    drawn = paper.export_svg(title="hearwell scorecard")
    # The picture is to need no network: without this, Rich has it fetch its font.
    drawn = re.sub(r"@font-face \{.*?\}\s*", "", drawn, flags=re.DOTALL)
    drawn = re.sub(r"<!--.*?-->\s*", "", drawn, flags=re.DOTALL)
    Path(file).write_text(drawn.replace("Fira Code", "monospace"), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
