"""Correlations of columns in each draw of people, from sums that the engine makes."""

from collections.abc import Sequence
from itertools import combinations_with_replacement

import numpy as np

from hearwell.evidence.counted import Counted
from hearwell.metrics.part import FloatArray

OUTCOME = "over / under"
NEARLY_ALL = 0.9
"""Where so large a part of the rows is known in all columns, the others are left out."""

NEGATIVE = -1e-9
"""An eigenvalue below is more than rounding: no rows have correlations like these."""


def correlations(
    rows: Counted, table: str, columns: Sequence[str], weights: FloatArray
) -> tuple[FloatArray, str]:
    """Return the correlations of columns and, last, the outcome: (draws, columns, columns).

    Each of a pair is from the rows where both are known, if such correlations are possible
    together; else all are from the rows where everything is. Also says which.
    """
    every = [*columns, OUTCOME]
    whole = " and ".join(f"({column}) is not null" for column in columns) or "true"
    (share,) = rows.sql(f"select avg(({whole})::int) as share from {table}")["share"]
    if share < NEARLY_ALL:
        found = pairwise(rows, table, every, weights)
        if np.isfinite(found[0]).all() and np.linalg.eigvalsh(found[0])[0] > NEGATIVE:
            return found, "pairwise"
    return listwise(rows, f"(from {table} where {whole})", every, weights), "listwise"


@np.errstate(divide="ignore", invalid="ignore")
def listwise(rows: Counted, source: str, every: Sequence[str], weights: FloatArray) -> FloatArray:
    """Return the correlations over rows in which everything is known."""
    size = len(every)
    upper = np.triu_indices(size)
    amounts = ["under", *(f"under * ({each})" for each in every)]
    pairs = combinations_with_replacement(every, 2)  # in the order of `upper`
    amounts += [f"under * ({one}) * ({other})" for one, other in pairs]
    sums = weights @ rows.summed(amounts, source=source)[:, 0]
    n, means = sums[:, :1], sums[:, 1 : size + 1] / sums[:, :1]
    products = np.zeros((len(weights), size, size))
    products[:, upper[0], upper[1]] = products[:, upper[1], upper[0]] = sums[:, size + 1 :] / n
    covariance = products - means[:, :, None] * means[:, None, :]
    deviation = np.sqrt(np.diagonal(covariance, axis1=1, axis2=2))
    found: FloatArray = covariance / (deviation[:, :, None] * deviation[:, None, :])
    return found


@np.errstate(divide="ignore", invalid="ignore")
def pairwise(rows: Counted, table: str, every: Sequence[str], weights: FloatArray) -> FloatArray:
    """Return the correlations of each pair over the rows in which both are known.

    A column that is not known counts as 0, and one beside it tells whether it is: products alone
    are added up, as conditions take longer.
    """
    size = len(every)
    upper = np.triu_indices(size)
    listed = ", ".join(
        f"coalesce(({each})::double, 0) as x{i}, (({each}) is not null)::int::double as known_{i}"
        for i, each in enumerate(every)
    )
    with_under = ", ".join(
        f"under * known_{i} as n{i}, under * x{i} as s{i}, under * x{i} * x{i} as q{i}"
        for i in range(size)
    )
    source = f"(select *, {with_under} from (select bucket, under, {listed} from {table}))"
    pairs = [(i, j) for i in range(size) for j in range(size)]
    amounts = [f"s{i} * known_{j}" for i, j in pairs]
    amounts += [f"q{i} * known_{j}" for i, j in pairs]
    amounts += [f"n{i} * known_{j}" for i, j in zip(*upper, strict=True)]
    amounts += [f"s{i} * x{j}" for i, j in zip(*upper, strict=True)]
    sums = weights @ rows.summed(amounts, source=source)[:, 0]
    first, squares = np.moveaxis(sums[:, : 2 * size**2].reshape(-1, 2, size, size), 1, 0)
    both = np.zeros((2, len(weights), size, size))
    both[:, :, upper[0], upper[1]] = both[:, :, upper[1], upper[0]] = np.moveaxis(
        sums[:, 2 * size**2 :].reshape(len(weights), 2, -1), 1, 0
    )
    n, products = both
    second = np.swapaxes(first, 1, 2)  # the sum of the other one over the same rows
    spread = np.sqrt(squares / n - (first / n) ** 2)
    covariance = products / n - first / n * second / n
    found: FloatArray = covariance / (spread * np.swapaxes(spread, 1, 2))
    return found
