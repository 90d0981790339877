"""Metrics of what was promised to customers."""

from hearwell.metrics.estimator import Share
from hearwell.metrics.facts.deadline import Deadline
from hearwell.metrics.metric import Better, Question, Unit, Variant, Variants, metric


@metric(
    unit=Unit.SHARE,
    better=Better.HIGHER,
    question=Question.SOLVE,
    dated_by="began_at or opened_at",
    credits="whoever replied; of resolutions the agent and team when it was solved",
    guardrail="reopen_rate",
    source="deadlines met, of those that were met or have passed; a deadline in business time is "
    "judged by the business time that the event took",
    labels=("SLA",),
)
def sla_attainment(deadline: Deadline) -> Variants:
    """Part of the promises to customers that were kept, as the targets in the settings have them.

    A case that was solved without a reply has no first response. One that was opened again is not
    solved until it is solved again. What has not happened, and is not late yet, is left out.
    """
    return {
        "first_response": promise(
            deadline, "first_response", "first responses in time, of those due"
        ),
        "next_response": promise(
            deadline, "next_response", "further responses in time, of those due"
        ),
        "resolution": promise(
            deadline, "resolution", "cases solved in time for the last time, of those due"
        ),
    }


def promise(deadline: Deadline, target: str, meaning: str) -> Variant:
    of_target = deadline.target == target
    is_set = deadline.within_seconds.notnull()
    due = of_target & is_set & deadline.began_at.notnull()
    happened, is_told = deadline.met_at.notnull(), deadline.is_told
    took, passed = deadline.took_seconds, deadline.passed_seconds
    is_late = (passed > deadline.within_seconds).fill_null(False)
    silent = {
        "first_response": "no messages from this source",
        "next_response": "no messages from this source",
        "resolution": "no history from this source",
    }
    judged = (happened & took.notnull()) | (~happened & is_late)
    return Variant(
        estimator=Share(
            (took <= deadline.within_seconds).fill_null(False),
            among=due & judged,
            left_out={
                "no target set": of_target & ~is_set,
                silent[target]: of_target & is_set & ~is_told,
                "the customer has not written": of_target
                & is_set
                & is_told
                & deadline.began_at.isnull(),
                "not due yet": due & ~happened & passed.notnull() & ~is_late,
                "opening hours not known": due
                & ((happened & took.isnull()) | (~happened & passed.isnull())),
            },
        ),
        meaning=meaning,
    )
