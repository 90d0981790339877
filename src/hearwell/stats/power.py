"""How likely a difference would be seen if it were there."""

import numpy as np

from hearwell.stats.interval import FloatArray, Numbers, floats, normal_quantile


def power_of_two_shares(
    share: Numbers, other_share: Numbers, n: Numbers, other_n: Numbers, level: float
) -> FloatArray:
    """Chance that two shares which truly differ so would be told apart, by the normal test."""
    from scipy import special  # noqa: PLC0415  0.3 s, as in stats.interval

    share, other, n, other_n = floats(share, other_share, n, other_n)
    with np.errstate(divide="ignore", invalid="ignore"):
        pooled = (share * n + other * other_n) / (n + other_n)
        alike = np.sqrt(pooled * (1 - pooled) * (1 / n + 1 / other_n))
        apart = np.sqrt(share * (1 - share) / n + other * (1 - other) / other_n)
        reach = normal_quantile(level) * alike
        gap = np.abs(share - other)
        found: FloatArray = special.ndtr((gap - reach) / apart) + special.ndtr(
            (-gap - reach) / apart
        )
    return found
