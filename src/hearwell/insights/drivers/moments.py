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
    """Return the correlations of each pair over the rows in which both are known."""
    size = len(every)
    named = [f"x{i}" for i in range(size)]
    listed = ", ".join(f"({each}) as {name}" for each, name in zip(every, named, strict=True))
    source = f"(select bucket, under, {listed} from {table})"
    pairs = [(i, j) for i in range(size) for j in range(size)]
    amounts = [f"under * x{i} * 0 + if(x{j} is null, null, under)" for i, j in pairs]
    amounts += [f"if(x{j} is null, null, under * x{i})" for i, j in pairs]
    amounts += [f"if(x{j} is null, null, under * x{i} * x{i})" for i, j in pairs]
    amounts += [f"under * x{i} * x{j}" for i, j in pairs]
    sums = weights @ rows.summed(amounts, source=source)[:, 0]
    n, first, squares, products = np.moveaxis(sums.reshape(-1, 4, size, size), 1, 0)
    second = np.swapaxes(first, 1, 2)  # the sum of the other one over the same rows
    spread = np.sqrt(squares / n - (first / n) ** 2)
    covariance = products / n - first / n * second / n
    found: FloatArray = covariance / (spread * np.swapaxes(spread, 1, 2))
    return found
