"""What can be planted, so that it can be seen whether it is found."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from hearwell.simulator.column import Array

MOMENT = 0.6
"""When an effect begins, as a part of the period: there is enough before it to compare with."""

EVERY = 25
"""Of so many agents one chooses who is asked."""


@dataclass(frozen=True)
class Effect:
    """Something that goes wrong from a day on, for one group."""

    meaning: str
    dimension: str
    value: str
    code: int  # of the value among those of its dimension
    sizes: dict[str, float]


EFFECTS = {
    "rushed_agents": Effect(
        "the agents of a queue are hurried: handle time falls, and more callers call again",
        "queue",
        "technical",
        1,
        {"handle_time_factor": 0.65, "unsolved_factor": 2.2},
    ),
    "bad_release": Effect(
        "a product is worse from a day on, whatever care does",
        "product",
        "camera",
        2,
        {"satisfaction_shift": -1.2},
    ),
    "slow_channel": Effect(
        "the first response of a channel takes twice as long",
        "channel",
        "email",
        1,
        {"first_response_factor": 2.0},
    ),
    "deal_breaker": Effect(
        "a topic makes customers leave, although they do not say so when asked",
        "topic",
        "refund",
        1,
        {"leave_probability": 0.35},
    ),
    "moved_to_email": Effect(
        "most who used a channel write e-mails instead: no channel is slower, but more are slow",
        "channel",
        "chat",
        2,
        {"moved_share": 0.6},
    ),
    "chosen_surveys": Effect(
        f"every {EVERY}th agent keeps the survey from customers who are not pleased",
        "agent_id",
        f"agent-0, agent-{EVERY}, …",
        0,
        {"pleased_from": 3.5},
    ),
}


class Effects:
    """The planted effects of a company, as what they do to each row."""

    def __init__(self, planted: Sequence[str], day: int, begins_at: float) -> None:
        self.planted = tuple(name for name in EFFECTS if name in planted)
        self.day = day  # from which they are there
        self.begins_at = begins_at  # the same in seconds

    def on(self, effect: str, codes: Array, seconds: Array) -> Array:
        """Return the rows that an effect changes."""
        is_planted = effect in self.planted
        found: Array = (codes == EFFECTS[effect].code) & (seconds >= self.begins_at)
        return found & is_planted

    def handle_time_factor(self, queue: Array, at: Array) -> Array:
        return self.sized("rushed_agents", "handle_time_factor", queue, at, 1.0)

    def unsolved_factor(self, queue: Array, at: Array) -> Array:
        return self.sized("rushed_agents", "unsolved_factor", queue, at, 1.0)

    def satisfaction_shift(self, product: Array, at: Array) -> Array:
        return self.sized("bad_release", "satisfaction_shift", product, at, 0.0)

    def first_response_factor(self, channel: Array, at: Array) -> Array:
        return self.sized("slow_channel", "first_response_factor", channel, at, 1.0)

    def leave_probability(self, topic: Array, at: Array) -> Array:
        return self.sized("deal_breaker", "leave_probability", topic, at, 0.0)

    def moved_share(self, channel: Array, at: Array) -> Array:
        return self.sized("moved_to_email", "moved_share", channel, at, 0.0)

    def keeps_survey_back(self, agent: Array, feeling: Array, at: Array) -> Array:
        """Does the agent keep the survey from this customer? Nobody has the number -1."""
        turn = np.where(agent >= 0, agent % EVERY, agent)
        pleased_from = EFFECTS["chosen_surveys"].sizes["pleased_from"]
        found: Array = self.on("chosen_surveys", turn, at) & (feeling < pleased_from)
        return found

    def sized(self, effect: str, size: str, codes: Array, at: Array, without: float) -> Array:
        return np.where(self.on(effect, codes, at), EFFECTS[effect].sizes[size], without)

    def told(self) -> list[dict[str, Any]]:
        """Return what was planted: its name, group, size and first day, counted from 0."""
        described = ((name, asdict(EFFECTS[name])) for name in self.planted)
        return [
            {"name": name, **{k: v for k, v in each.items() if k != "code"}, "from_day": self.day}
            for name, each in described
        ]
