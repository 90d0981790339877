"""What is true of the simulated company, also where its records do not show it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import numpy as np

from hearwell.records.survey import INSTRUMENTS
from hearwell.simulator import outcomes as law
from hearwell.simulator import phone, surveys
from hearwell.simulator.column import Array
from hearwell.simulator.company import PRODUCTS, TOPICS, Company
from hearwell.simulator.contacts import COMES_BACK
from hearwell.simulator.customers import PLANS, SEGMENTS, Customers
from hearwell.simulator.matters import Matters
from hearwell.simulator.outcomes import Outcomes
from hearwell.simulator.surveys import ANSWERED, CARE, CSAT, ENPS, NPS, PROGRAMMES, Asked, Sent

SATISFIED = 4


def truth(  # noqa: PLR0913, PLR0917  all that is not in the records
    company: Company,
    customers: Customers,
    matters: Matters,
    found: Outcomes,
    asked: Asked,
    sent: Sent,
) -> dict[str, Any]:
    """Return what a perfect measurement would find, and the law by which it was made."""
    return {
        "source": company.source,
        "size": company.size,
        "seed": company.seed,
        "days": company.days,
        "begins": f"{company.begins:%Y-%m-%d}",
        "until": f"{company.until:%Y-%m-%d}",
        "effects": [
            each | {"from": f"{company.begins + timedelta(days=each['from_day']):%Y-%m-%d}"}
            for each in company.effects.told()
        ],
        "satisfaction": [
            satisfaction(asked, sent, instrument, programme)
            for programme in range(len(PROGRAMMES))
            for instrument in range(len(INSTRUMENTS))
            if ((asked.instrument == instrument) & (asked.programme == programme)).any()
        ],
        "customer_satisfaction_after_support": {
            "product": satisfied_by(asked, asked.product, PRODUCTS),
            "topic": satisfied_by(asked, asked.topic, [topic.name for topic in TOPICS]),
        },
        "churn": churn(customers, matters, found),
        "parameters": parameters(),
    }


def satisfaction(asked: Asked, sent: Sent, instrument: int, programme: int) -> dict[str, Any]:
    """Return the score of all who could be asked, and of those who answered."""
    rows = (asked.instrument == instrument) & (asked.programme == programme)
    answered = rows & (sent.status == ANSWERED)
    name, value = score(asked, instrument, rows)
    return {
        "instrument": INSTRUMENTS[instrument],
        "programme": PROGRAMMES[programme],
        "score": name,
        "eligible": int(rows.sum()),
        "answered": int(answered.sum()),
        "true": value,
        "of_those_who_answered": score(asked, instrument, answered)[1],
    }


def score(asked: Asked, instrument: int, rows: Array) -> tuple[str, float | None]:
    """Return a score as the field counts it: points for NPS, the satisfied share for CSAT."""
    answers = asked.true_answer[rows]
    if not len(answers):
        return "none", None
    if instrument in {NPS, ENPS}:
        points = np.where(answers >= 9, 100.0, np.where(answers <= 6, -100.0, 0.0))
        return "net promoter score", float(points.mean())
    if instrument == surveys.CES:
        return "mean", float(answers.mean())
    return "satisfied share", float((answers >= SATISFIED).mean())


def satisfied_by(asked: Asked, codes: Array, words: Sequence[str]) -> dict[str, Any]:
    """Return the true satisfied share after support, of each group."""
    rows = (asked.instrument == CSAT) & (asked.programme == CARE)
    return {word: score(asked, CSAT, rows & (codes == code))[1] for code, word in enumerate(words)}


def churn(customers: Customers, matters: Matters, found: Outcomes) -> dict[str, Any]:
    """Return which part of the customers left, of all and by group.

    A customer who raised a matter about a topic belongs to its group, and may belong to several.
    """
    left = np.isfinite(customers.left_at)
    raised = {
        topic.name: np.unique(matters.customer[found.happened & (matters.topic == code)])
        for code, topic in enumerate(TOPICS)
    }
    return {
        "all": share(left),
        "segment": {word: share(left[customers.segment == i]) for i, word in enumerate(SEGMENTS)},
        "plan": {word: share(left[customers.plan == i]) for i, word in enumerate(PLANS)},
        "topic_raised": {topic: share(left[who]) for topic, who in raised.items()},
    }


def share(flags: Array) -> float | None:
    return float(flags.mean()) if len(flags) else None


def parameters() -> dict[str, Any]:
    """Return the law: what was drawn from what."""
    return {
        "satisfaction": {
            "well_served": law.WELL_SERVED,
            "less_for_each_e_fold_of_minutes_in_queue": law.LESS_FOR_WAIT,
            "less_for_each_e_fold_of_hours_to_first_reply": law.LESS_FOR_RESPONSE,
            "less_for_each_e_fold_of_days_to_the_end": law.LESS_FOR_RESOLUTION,
            "less_for_each_further_contact": law.LESS_FOR_CONTACT,
            "less_for_each_further_agent": law.LESS_FOR_AGENT,
            "less_where_not_solved": law.LESS_UNSOLVED,
            "less_where_delivered_late": law.LESS_LATE,
            "deviation": law.MOOD,
        },
        "leaving": {
            "anyway_each_year": law.LEAVES_ANYWAY_EACH_YEAR,
            "dissatisfied": law.LEAVES_DISSATISFIED,
            "half_of_it_at_satisfaction": law.LEAVES_BELOW,
        },
        "answering": {
            "at_least": surveys.ANSWERS_AT_LEAST,
            "more_with_the_square_of_distance": surveys.ANSWERS_MORE,
            "indifferent_at_satisfaction": surveys.INDIFFERENT,
        },
        "topics": [topic._asdict() for topic in TOPICS],
        "comes_back_when_unsolved": COMES_BACK,
        "patience_mean_seconds": phone.PATIENCE_SECONDS,
        "hangs_up_at_once": phone.CHANGES_MIND,
        "calls_again_the_same_day": phone.CALLS_AGAIN,
    }
