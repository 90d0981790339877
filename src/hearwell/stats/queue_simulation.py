"""A queue call by call: what Erlang's formulas leave out can be tried.

Handle times and patience may follow any law, also that of measured calls, and the number of
agents may change in the course of the day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

import numpy as np
from numpy.typing import NDArray

from hearwell.stats.interval import FloatArray

Worked = Sequence[tuple[float, float]]
"""From when to when each agent takes calls, in seconds. Who has two shifts is there twice."""


@dataclass(frozen=True)
class Served:
    """What became of each call."""

    wait_seconds: FloatArray  # until answered, or until the caller hung up
    is_answered: NDArray[np.bool_]


def simulated(
    arrives: FloatArray, handle_seconds: FloatArray, patience_seconds: FloatArray, worked: Worked
) -> Served:
    """Serve calls in their order, each by the agent who is free first.

    An agent takes no new call after the end of the shift, but ends the last.

    Args:
        arrives: in seconds, ascending.
        handle_seconds: how long each call keeps an agent.
        patience_seconds: after how long each caller would hang up.
        worked: the agents.

    """
    free = [(begins, ends) for begins, ends in worked]
    heapify(free)
    wait, answered = np.array(patience_seconds, dtype=np.float64), np.zeros(len(arrives), bool)
    calls = zip(arrives.tolist(), handle_seconds.tolist(), patience_seconds.tolist(), strict=True)
    for call, (at, handling, patience) in enumerate(calls):
        while free and max(free[0][0], at) >= free[0][1]:
            heappop(free)  # has gone home
        if not free or free[0][0] - at > patience:
            continue
        since, ends = heappop(free)
        begins = max(since, at)
        wait[call], answered[call] = begins - at, True
        heappush(free, (begins + handling, ends))
    return Served(wait, answered)
