"""What all would have answered, from what some did.

Every estimate has a standard error; sums are of kinds of people (strata) or of people.
"""

from dataclasses import dataclass

import numpy as np

from hearwell.stats.interval import FloatArray, Interval, normal_quantile


@dataclass(frozen=True)
class Estimated:
    """A share or mean of all, with its standard error."""

    value: float
    error: float

    def interval(self, level: float, low: float = 0.0, high: float = 1.0) -> Interval:
        """Return the interval, cut at the ends of what the value can be."""
        reach = normal_quantile(level) * self.error
        return Interval(np.maximum(self.value - reach, low), np.minimum(self.value + reach, high))


NOTHING = Estimated(np.nan, np.nan)


def post_stratified(share: FloatArray, n: FloatArray, hits: FloatArray) -> Estimated:
    """Weight the answers of each stratum to its share of all people.

    Args:
        share: of all people, by stratum; strata without an answer must be merged before.
        n, hits: answers, and how many of them are yes.

    """
    rate = hits / n
    variance = (share**2 * rate * (1 - rate) / n).sum()
    return Estimated(float((share * rate).sum()), float(np.sqrt(variance)))


def raked(table: FloatArray, rows: FloatArray, columns: FloatArray) -> FloatArray:
    """Scale a table until its rows and columns sum to what is known (Deming and Stephan 1940)."""
    found = table.astype(np.float64)
    for _ in range(1000):
        found *= (rows / found.sum(axis=1))[:, None]
        found *= columns / found.sum(axis=0)
        if np.allclose(found.sum(axis=1), rows, rtol=1e-10):
            break
    return found


def hajek(answer: FloatArray, chance: FloatArray) -> float:
    """Weight each answer by one over the chance that it was given (Hájek 1971)."""
    return float((answer / chance).sum() / (1 / chance).sum())


@dataclass(frozen=True)
class Kinds:
    """People who are alike, by kind: what was expected of them, and what those said who answered.

    Attributes:
        people: how many there are of each kind.
        n, total, squares: answers, their sum, and the sum of their squares.
        expected: the answer expected of each.

    """

    people: FloatArray
    n: FloatArray
    total: FloatArray
    squares: FloatArray
    expected: FloatArray


def doubly_robust(kinds: Kinds, chance: FloatArray) -> Estimated:
    """Mean of all, right if either what was expected is, or the chance of an answer (AIPW).

    Robins, Rotnitzky and Zhao 1994. The score of a person is what was expected of them; of one
    who answered, also the difference from it over the chance of an answer.

    Args:
        chance: of an answer, by kind.

    """
    n, total, expected = kinds.n, kinds.total, kinds.expected
    above = total - n * expected
    above_squared = kinds.squares - 2 * expected * total + n * expected**2
    score = (kinds.people * expected + above / chance).sum()
    squares = kinds.people * expected**2 + 2 * expected * above / chance + above_squared / chance**2
    people = kinds.people.sum()
    mean = score / people
    variance = (squares.sum() - people * mean**2) / (people - 1)
    return Estimated(float(mean), float(np.sqrt(max(variance, 0) / people)))


def best_power(kinds: Kinds, others: float) -> float:
    """Return how much to go by what is expected, 0 to 1, so that the error is least (PPI++).

    Args:
        others: how many people there are beside those who answered.

    """
    n = kinds.n.sum()
    mean, mean_expected = kinds.total.sum() / n, (kinds.n * kinds.expected).sum() / n
    together = (kinds.total * kinds.expected).sum() / n - mean * mean_expected
    spread = (kinds.n * kinds.expected**2).sum() / n - mean_expected**2
    if spread <= 0:
        return 0.0
    return float(np.clip(together / ((1 + n / others) * spread), 0, 1))


def prediction_powered(kinds: Kinds, power: float) -> Estimated:
    """Mean of all kinds by what was expected, mended by those who answered, drawn at random.

    Angelopoulos and others 2023 (PPI, PPI++). `kinds.people` are those who were not asked.

    Args:
        power: how much to go by what was expected, 0 to 1.

    """
    n, people, expected = kinds.n.sum(), kinds.people.sum(), kinds.expected
    mean_expected = (kinds.people * expected).sum() / people
    spread = (kinds.people * expected**2).sum() / people - mean_expected**2
    mend = (kinds.total - power * kinds.n * expected).sum() / n
    squares = kinds.squares - 2 * power * expected * kinds.total + kinds.n * (power * expected) ** 2
    variance = power**2 * spread / people + (squares.sum() / n - mend**2) / n
    return Estimated(float(power * mean_expected + mend), float(np.sqrt(max(variance, 0))))


def double_sampling(people: float, answered: Estimated, n: float, others: Estimated) -> Estimated:
    """Mean of all, from those who answered and an estimate of the rest (Hansen and Hurwitz 1946).

    Args:
        people: all who were asked.
        answered, n: the mean of those who answered at once, and how many they are.
        others: the mean of the rest, from a sample of them who were asked again; those of the
            sample who were silent again are taken to be like those who were not.

    """
    here, there = n / people, 1 - n / people
    return Estimated(
        here * answered.value + there * others.value,
        float(np.hypot(here * answered.error, there * others.error)),
    )


def mean_of(n: float, total: float, squares: float) -> Estimated:
    """Mean of some rows, by its usual standard error."""
    mean = total / n
    return Estimated(mean, float(np.sqrt(max(squares / n - mean**2, 0) / (n - 1))))


def worst_and_best(response: float, rate: float) -> tuple[float, float]:
    """Return the share of all if none of the others, and if all of them, said yes (Manski)."""
    return response * rate, response * rate + 1 - response


def tipping_point(response: float, rate: float, target: float) -> float:
    """Return the share among those who did not answer at which the share of all is the target.

    Below 0 or above 1 nothing that they could have said would bring it there.
    """
    return (target - response * rate) / (1 - response)
