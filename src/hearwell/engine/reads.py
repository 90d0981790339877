"""Which columns a metric reads: not declared, but found in its expressions."""

from hearwell.engine.sums import columns
from hearwell.metrics.estimator import Estimator
from hearwell.metrics.part import Expr


def columns_of(estimator: Estimator) -> set[str]:
    """Return the columns that an estimator reads."""
    return columns(*expressions(estimator))


def expressions(estimator: Estimator) -> list[Expr]:
    """Return all that an estimator asks of a row that counts."""
    found = [estimator.among]
    for part in estimator.parts().values():
        found += [part.where] if part.of is None else [part.of, part.where]
    spread, sketch, linear = estimator.spread(), estimator.sketch(), estimator.linear()
    if spread is not None:
        found.append(spread.of)
    if sketch is not None:
        found.append(sketch.of)
    if linear is not None:
        found += [linear.over, linear.under]
    return found
