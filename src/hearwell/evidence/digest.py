"""The few findings that somebody should know of: how sure, times how many, times how large."""

from collections.abc import Iterable

from hearwell.evidence.finding import Finding

MOST = 7


def digest(findings: Iterable[Finding], most: int = MOST) -> list[Finding]:
    """Return the weightiest findings, the weightiest first; none is a valid answer.

    What weighs nothing is left out: it says that nothing was found. Of findings of one kind that
    open the same metrics, such as of a whole and of its groups, or of several ways to count one,
    the weightiest stands for all.
    """
    chosen: list[Finding] = []
    told: set[tuple[str, tuple[str, ...]]] = set()
    for each in sorted(findings, key=lambda finding: -finding.weight):
        if each.weight <= 0:
            break
        if each.opens is not None:
            about = each.kind, tuple(asked.metric.name for asked in each.opens.asked)
            if about in told:
                continue
            told.add(about)
        chosen.append(each)
    return chosen[:most]
