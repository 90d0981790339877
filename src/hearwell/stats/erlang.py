"""How long callers wait, and how many give up, with so many agents: Erlang's formulas.

Calls arrive at random (Poisson), take a mean handle time, and wait in one line for the first free
agent. Erlang B lets nobody wait, Erlang C lets all wait as long as it takes, Erlang A lets them
lose patience at a steady rate. The load is in erlangs: calls per second times seconds of handling.

Arguments are numbers or arrays that broadcast, one element for each interval of the day; agents
are whole. Results are float64 in that shape; nan is "no value". Erlang C has none where the load
is not below the agents: the line would grow for ever.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hearwell.stats.interval import FloatArray, Numbers, floats

IntArray = NDArray[np.int64]

NODES, WEIGHTS = np.polynomial.legendre.leggauss(64)
FAINT = 40.0
"""Where the density of the wait is e⁻⁴⁰ of its peak, the rest of it is no more than rounding."""

MOST_HALVINGS = 80


@dataclass(frozen=True)
class Service:
    """What callers meet, one element for each interval. Shares are of all who called."""

    waiting: FloatArray  # share that does not reach an agent at once
    in_time: FloatArray  # share that is answered within the threshold
    abandoned: FloatArray  # share that hangs up
    wait_seconds: FloatArray  # mean wait of all, also of those who hang up
    occupancy: FloatArray  # share of their time in which agents are busy

    def meets(self, target: "Target") -> NDArray[np.bool_]:
        """Is the target met? Not where nothing is known."""
        found: NDArray[np.bool_] = (
            (self.in_time >= target.in_time)
            & (self.abandoned <= target.abandoned)
            & (self.occupancy <= target.occupancy)
        )
        return found


@dataclass(frozen=True)
class Target:
    """What is to be reached. Shares of callers go in a pair, as each alone can mislead.

    A service level alone is reached by callers who hang up: they leave the line to the others.
    """

    in_time: float = 0.80
    within_seconds: float = 20.0
    abandoned: float = 0.05
    occupancy: float = 0.85  # more than this wears people out


@np.errstate(divide="ignore", invalid="ignore")
def erlang_b(load: Numbers, agents: Numbers) -> FloatArray:
    """Share of calls that find all agents busy and are lost (Erlang 1917)."""
    (load,) = floats(load)
    load, wanted = np.broadcast_arrays(load, np.asarray(agents, dtype=np.int64))
    blocked = np.ones(load.shape)
    for k in range(1, int(wanted.max(initial=0)) + 1):
        offered = load * blocked
        blocked = np.where(k <= wanted, offered / (k + offered), blocked)
    return np.where((wanted < 0) | np.isnan(load), np.nan, blocked)


@np.errstate(divide="ignore", invalid="ignore")
def erlang_c(
    load: Numbers, agents: Numbers, handle_seconds: Numbers, within_seconds: float
) -> Service:
    """Tell what callers meet who never hang up (Erlang 1917).

    Where the load is not below the agents all of them wait, and nobody knows how long: the shares
    in time are 0 and the wait is endless.
    """
    load, handle_seconds = floats(load, handle_seconds)
    agents = np.asarray(agents, dtype=np.int64)
    blocked = erlang_b(load, agents)
    spare = agents - load
    steady = spare > 0
    waiting = np.where(steady, agents * blocked / (agents - load * (1 - blocked)), 1.0)
    longer = waiting * np.exp(-spare * within_seconds / handle_seconds)
    known = ~np.isnan(load + handle_seconds)
    return Service(
        waiting=np.where(known, waiting, np.nan),
        in_time=np.where(known, np.where(steady, 1 - longer, 0.0), np.nan),
        abandoned=np.where(known, 0.0, np.nan),
        wait_seconds=np.where(
            known, np.where(steady, waiting * handle_seconds / spare, np.inf), np.nan
        ),
        occupancy=np.where(known, np.where(steady, load / agents, 1.0), np.nan),
    )


def erlang_a(
    load: Numbers,
    agents: Numbers,
    handle_seconds: Numbers,
    patience_seconds: Numbers,
    within_seconds: float,
) -> Service:
    """Tell what callers meet who hang up at a steady rate (Palm 1957, Garnett and others 2002).

    All follows from the density of the wait that a caller would have who never hung up,
    v(x) = λ π exp(λ (1 - e^(-θx)) / θ - nμx), where π is the chance that just one agent is free
    (Zeltyn and Mandelbaum 2005). Its logarithm is concave, so that the sums on either side of its
    peak have 10 right digits at any size. With endless patience it is Erlang C.
    """
    load, agents, handle, patience = np.broadcast_arrays(
        *floats(load, agents, handle_seconds, patience_seconds)
    )
    shape = load.shape
    endless = np.isinf(patience).ravel()
    found = with_patience(
        load.ravel(), agents.ravel(), handle.ravel(), patience.ravel(), within_seconds
    )
    if endless.any():
        never = erlang_c(load.ravel(), agents.ravel(), handle.ravel(), within_seconds)
        found = Service(
            **{
                name: np.where(endless, vars(never)[name], vars(found)[name])
                for name in vars(found)
            }
        )
    return Service(**{name: each.reshape(shape) for name, each in vars(found).items()})


@np.errstate(divide="ignore", invalid="ignore", over="ignore")
def with_patience(
    load: FloatArray,
    agents: FloatArray,
    handle: FloatArray,
    patience: FloatArray,
    within_seconds: float,
) -> Service:
    """Tell what callers meet, for arrays of one dimension."""
    wait = OfferedWait(load / handle, agents / handle, 1 / patience)
    ever, gone = wait.integrals(np.inf)
    soon, gone_soon = wait.integrals(within_seconds)
    nobody, empty = agents == 0, load == 0
    # Of the states with a free agent, and of all others; both relative to the peak of the density.
    free = np.exp(-wait.peak_log) / erlang_b(load, np.maximum(agents - 1, 0))
    busy = wait.arrivals * ever
    waiting = busy / (free + busy)
    each = wait.arrivals / (free + busy)  # λ π, so that integrals become shares of callers
    abandoned = each * gone
    waiting = np.select([empty, nobody], [0.0, 1.0], waiting)
    abandoned = np.select([empty, nobody], [0.0, 1.0], abandoned)
    in_time = np.select([empty, nobody], [1.0, 0.0], 1 - waiting + each * (soon - gone_soon))
    known = ~np.isnan(load + handle + patience + agents)
    return Service(
        waiting=np.where(known, waiting, np.nan),
        in_time=np.where(known, np.clip(in_time, 0, 1), np.nan),
        abandoned=np.where(known, np.clip(abandoned, 0, 1), np.nan),
        wait_seconds=np.where(known, abandoned * patience, np.nan),
        occupancy=np.where(
            known,
            np.where(agents > 0, load * (1 - abandoned) / agents, np.where(empty, 0.0, 1.0)),
            np.nan,
        ),
    )


@dataclass(frozen=True)
class OfferedWait:
    """The density of the wait of a caller who never hung up, but for a factor.

    Attributes:
        arrivals, served, leaving: calls per second, calls per second that all agents together
            can end, and how often a second one who waits hangs up.

    """

    arrivals: FloatArray
    served: FloatArray
    leaving: FloatArray

    def logarithm(self, seconds: FloatArray) -> FloatArray:
        gone = -np.expm1(-self.leaving * seconds) / self.leaving
        found: FloatArray = self.arrivals * gone - self.served * seconds
        return found

    @property
    def peak(self) -> FloatArray:
        """When it is highest: after some time where more call than can be served."""
        return np.maximum(np.log(self.arrivals / self.served), 0) / self.leaving

    @property
    def peak_log(self) -> FloatArray:
        return self.logarithm(self.peak)

    def integrals(self, until: float) -> tuple[FloatArray, FloatArray]:
        """Integrate the density, over its peak, from 0; and its part that hangs up before.

        Args:
            until: in seconds.

        """
        low, high = self.faint_before_peak(), self.faint_after_peak()
        total, gone = np.zeros(low.shape), np.zeros(low.shape)
        for begins, ends in ((low, self.peak), (self.peak, high)):
            first, last = np.minimum(begins, until), np.minimum(ends, until)
            half = (last - first) / 2
            for node, weight in zip(NODES, WEIGHTS, strict=True):
                seconds = first + half * (node + 1)
                density = weight * half * np.exp(self.logarithm(seconds) - self.peak_log)
                total += density
                gone -= density * np.expm1(-self.leaving * seconds)
        return total, gone

    def faint_before_peak(self) -> FloatArray:
        return self.edge(np.zeros(self.arrivals.shape))

    def faint_after_peak(self) -> FloatArray:
        step = FAINT / self.served
        for _ in range(MOST_HALVINGS):
            near = self.is_bright(self.peak + step)
            if not near.any():
                break
            step = np.where(near, 2 * step, step)
        return self.edge(self.peak + step)

    def edge(self, outside: FloatArray) -> FloatArray:
        """Return where the density becomes faint between its peak and a point; else that point."""
        inside = self.peak
        for _ in range(MOST_HALVINGS):
            middle = (inside + outside) / 2
            bright = self.is_bright(middle)
            inside, outside = np.where(bright, middle, inside), np.where(bright, outside, middle)
        return outside

    def is_bright(self, seconds: FloatArray) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = self.logarithm(seconds) > self.peak_log - FAINT
        return found


def agents_needed(
    load: Numbers,
    handle_seconds: Numbers,
    patience_seconds: Numbers,
    target: Target,
) -> FloatArray:
    """Return the fewest agents at work with whom the target is met; nan where nothing is known.

    No calls need nobody. Endless patience (`numpy.inf`) asks Erlang C.
    """
    load, handle, patience = np.broadcast_arrays(*floats(load, handle_seconds, patience_seconds))
    known = ~np.isnan(load + handle + patience)
    load = np.where(known, load, 0.0)

    def met(agents: IntArray) -> NDArray[np.bool_]:
        whole = agents.astype(np.float64)
        service = erlang_a(load, whole, handle, patience, target.within_seconds)
        found: NDArray[np.bool_] = (load == 0) | service.meets(target)
        return found

    low = np.where(load > 0, 0, -1)  # is too few
    high = np.ceil(load / target.occupancy + 1).astype(np.int64)
    high = np.where(load > 0, high, 0)
    for _ in range(MOST_HALVINGS):
        enough = met(high)
        if enough.all():
            break
        low, high = np.where(enough, low, high), np.where(enough, high, high + high // 4 + 1)
    while (high - low > 1).any():
        middle = (low + high + 1) // 2
        enough = met(middle)
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return np.where(known, high.astype(np.float64), np.nan)


@np.errstate(divide="ignore", invalid="ignore")
def people_needed(agents: Numbers, shrinkage: float) -> FloatArray:
    """Return how many people must be planned so that so many are at work.

    Args:
        shrinkage: part of paid time that is not at work: holidays, illness, training, breaks.

    """
    (agents,) = floats(agents)
    return np.ceil(np.round(agents / (1 - shrinkage), 9))
