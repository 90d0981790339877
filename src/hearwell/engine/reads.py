"""Which columns a metric reads: not declared, but found in its expressions."""

from hearwell.engine.sums import columns
from hearwell.metrics.estimator import Estimator


def columns_of(estimator: Estimator) -> set[str]:
    """Return the columns that an estimator reads."""
    expressions = [estimator.among]
    for part in estimator.parts().values():
        expressions += [part.where] if part.of is None else [part.of, part.where]
    spread = estimator.spread()
    if spread is not None:
        expressions.append(spread.of)
    return columns(*expressions)
