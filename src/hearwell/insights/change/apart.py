"""A change by the groups of one dimension, or of several, each within the one before."""

from collections.abc import Iterator

import numpy as np

from hearwell.evidence.groups import Grouped
from hearwell.insights.change.part import Part, Together, What, amount, amounts
from hearwell.metrics.part import FloatArray
from hearwell.stats.decomposition import MixAndRate, nested


class TakenApart:
    """A change by the groups of some dimensions, with draws."""

    def __init__(self, groups: Grouped, weights: FloatArray, level: float) -> None:
        self.groups, self.level = groups, level
        drawn = np.tensordot(weights, groups.sums, axes=1)
        self.over, self.under = drawn[..., 0], drawn[..., 1]
        self.inside = [
            [group[: depth + 1] for group in groups.groups] for depth in range(len(groups.by))
        ]
        self.names = [list(dict.fromkeys(each)) for each in self.inside]
        self.numbers = [
            np.array([names.index(group) for group in inside])
            for names, inside in zip(self.names, self.inside, strict=True)
        ]
        self.levels = nested(self.over, self.under, self.numbers)

    def together(self) -> Together:
        """Return what all mixes add, and what all rates do."""
        rate = self.levels[-1].rate
        mix = np.add.reduce([each.mix.sum(axis=-1) for each in self.levels])
        moves = rate[0][np.abs(rate[0]) > 0]
        return Together(
            self.groups.by,
            amount(mix, self.level),
            amount(rate.sum(axis=-1), self.level),
            bool((moves > 0).all() or (moves < 0).all()),
        )

    def parts(self) -> Iterator[Part]:
        """Return what each group adds: its mix at every level, and its rate at the last."""
        for depth, level in enumerate(self.levels):
            yield from self.of_level(depth, level, "mix")
        yield from self.of_level(len(self.levels) - 1, self.levels[-1], "rate")

    @np.errstate(divide="ignore", invalid="ignore")
    def of_level(self, depth: int, level: MixAndRate, what: What) -> list[Part]:
        found = []
        draws = level.mix if what == "mix" else level.rate
        adds, beyond = amounts(draws, self.level), amounts(draws, self.level)
        if what == "rate":
            shares = (self.under / self.under.sum(axis=-1, keepdims=True)).mean(axis=1)
            alike = shares * draws.sum(axis=-1, keepdims=True)
            beyond = amounts(draws - alike, self.level)
        for i, group in enumerate(self.names[depth]):
            own = self.numbers[depth] == i
            over, under = self.over[0][:, own].sum(axis=1), self.under[0][:, own].sum(axis=1)
            shares, values = under / self.under[0].sum(axis=1), over / under
            each = Part(
                self.groups.by[: depth + 1],
                group,
                what,
                adds[i],
                beyond[i],
                int(self.groups.people[own].sum()),
                share_before=float(shares[0]),
                share_now=float(shares[1]),
                before=float(values[0]),
                now=float(values[1]),
            )
            found.append(each)
        return found
