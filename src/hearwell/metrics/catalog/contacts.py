"""Must customers come back? Metrics of contacts and of the matters that they are about."""

import ibis

from hearwell.metrics.catalog.cases import quantiles
from hearwell.metrics.catalog.window import has_passed
from hearwell.metrics.estimator import Share
from hearwell.metrics.facts.case_after import CaseAfter
from hearwell.metrics.facts.contact import RETURN_WITHIN_DAYS, Contact
from hearwell.metrics.facts.issue import Issue
from hearwell.metrics.metric import Better, Question, Unit, Variant, Variants, metric
from hearwell.metrics.part import Expr


def is_over(rows: Contact | Issue) -> Expr:
    """Would the customer have come back by now, by what the source has told?"""
    return has_passed(rows.window_ends_at, rows)


@metric(
    unit=Unit.SHARE,
    better=Better.LOWER,
    question=Question.SOLVE,
    dated_by="began_at",
    credits="the team, and the agent who answered",
    guardrail="average_handle_time",
    source="contacts followed by another of the same customer on the same topic within 7 days, on "
    "any channel",
    clustered_by="customer_id",
)
def repeat_contact_rate(contact: Contact) -> Variants:
    """Part of the contacts after which the customer had to come back about the same topic.

    Calls that nobody answered are no contacts from which one could come back, but coming back
    and being answered by nobody is coming back.
    """
    reached, over = contact.is_reached, is_over(contact)
    is_somebody = contact.customer_id.notnull()
    return {
        "within_7_days": Variant(
            estimator=Share(
                contact.came_back,
                among=reached & is_somebody & over,
                left_out={
                    "nobody answered": ~reached,
                    "customer not known": reached & ~is_somebody,
                    "window not over": reached & is_somebody & ~over,
                },
            ),
            meaning="came back within 7 days",
        )
    }


def settled(issue: Issue, some: Expr) -> Expr:
    """Which issues are known to the end, of those that would count."""
    known = issue.customer_id.notnull() & issue.is_solved.notnull()
    return some & known & is_over(issue)


def unsettled(issue: Issue, some: Expr) -> dict[str, Expr]:
    """Return why the others are not: of a stranger nobody knows who came back."""
    is_somebody, over = issue.customer_id.notnull(), is_over(issue)
    known = some & is_somebody
    return {
        "customer not known": some & ~is_somebody,
        "window not over": known & ~over,
        "not known whether it was solved": known & over & issue.is_solved.isnull(),
    }


@metric(
    unit=Unit.SHARE,
    better=Better.HIGHER,
    question=Question.SOLVE,
    dated_by="opened_at",
    credits="the team of the last contact",
    guardrail="average_handle_time",
    source="issues solved in one contact, never reopened, without a return within 7 days",
    labels=("FCR",),
    clustered_by="customer_id",
)
def first_contact_resolution(issue: Issue) -> Variants:
    """Part of the matters that were solved in one contact, and nobody came back.

    As the trade counts, by replies to a case, it is one_touch_resolution.
    """
    some = issue.contacts > 0
    unknown = {"no contact told": ~some, **unsettled(issue, some)}
    told = settled(issue, some)
    return {
        "of_all": Variant(
            estimator=Share(issue.is_first_contact_resolved, among=told, left_out=unknown),
            meaning="solved in one contact, of all matters, those not solved included",
        ),
        "of_solved": Variant(
            estimator=Share(
                issue.is_first_contact_resolved,
                among=told & issue.is_solved.fill_null(False),
                left_out=unknown | {"not solved": told & ~issue.is_solved.fill_null(True)},
            ),
            meaning="solved in one contact, of the solved",
        ),
    }


def to_resolution(issue: Issue, number: Expr, some: Expr) -> Variants:
    """Count up to the solving, of solved issues of which nothing more can come."""
    told = settled(issue, some)
    unsolved = {"not solved": told & ~issue.is_solved.fill_null(True)}
    solved = told & issue.is_solved.fill_null(False)
    return quantiles(number, solved, unsettled(issue, some) | unsolved)


@metric(
    unit=Unit.EACH,
    better=Better.LOWER,
    question=Question.SOLVE,
    dated_by="solved_at or opened_at",
    credits="the team of the last contact",
    guardrail="time_to_resolution",
    source="contacts of a solved issue in which the customer was reached, up to its last solving",
    clustered_by="customer_id",
)
def contacts_to_resolution(issue: Issue) -> Variants:
    """How many contacts it took until a matter was solved, on all channels together."""
    return to_resolution(issue, issue.contacts_to_resolution, issue.contacts > 0)


@metric(
    unit=Unit.EACH,
    better=Better.LOWER,
    question=Question.SOLVE,
    dated_by="solved_at or opened_at",
    credits="the team of the last contact",
    guardrail="time_to_resolution",
    source="answered calls of a solved issue, up to its last solving",
    clustered_by="customer_id",
)
def calls_to_resolution(issue: Issue) -> Variants:
    """How many answered calls it took until a matter was solved, where the customer called."""
    return to_resolution(issue, issue.calls_to_resolution, issue.calls > 0)


@metric(
    unit=Unit.SHARE,
    better=Better.LOWER,
    question=Question.SOLVE,
    dated_by="first_solved_at",
    credits="the agent and team when it was solved",
    guardrail="reopen_rate",
    source="solved cases after which the same customer has a new one on the same topic within 7 "
    "days, of the solved, as reopenings are",
    clustered_by="customer_id",
)
def new_case_instead(case: CaseAfter) -> Variants:
    """Part of the solved cases after which the customer needed another case on the topic.

    A team that opens a new case rather than finish the old one has few reopenings: the two belong
    side by side, and are told of the same cases. Cases merged into another are not new ones.
    """
    window = ibis.interval(days=RETURN_WITHIN_DAYS)
    solved, is_somebody = case.first_solved_at.notnull(), case.customer_id.notnull()
    over = has_passed(case.first_solved_at + window, case)
    soon = (case.next_case_at <= case.first_solved_at + window).fill_null(False)
    after = (case.opened_at <= case.previous_solved_at + window).fill_null(False)
    return {
        "after_solved": Variant(
            estimator=Share(
                soon,
                among=solved & is_somebody & over,
                left_out={
                    "customer not known": solved & ~is_somebody,
                    "window not over": solved & is_somebody & ~over,
                },
            ),
            meaning="a new case within 7 days, of the solved cases",
        ),
        "of_opened": Variant(
            estimator=Share(
                after, among=is_somebody, left_out={"customer not known": ~is_somebody}
            ),
            meaning="opened within 7 days of a solved one, of all cases opened",
            dated_by="opened_at",
        ),
    }


@metric(
    unit=Unit.SHARE,
    better=Better.IN_RANGE,
    question=Question.SOLVE,
    dated_by="solved_at",
    credits="the bot",
    guardrail="repeat_contact_rate",
    source="solved cases in which a bot wrote and no human; silence is not containment",
    clustered_by="customer_id",
)
def bot_containment(case: CaseAfter) -> Variants:
    """Part of the solved cases with a bot that needed no human."""
    with_bot = case.solved_at.notnull() & (case.bot_messages > 0)
    ends = case.solved_at + ibis.interval(days=RETURN_WITHIN_DAYS)
    over, is_somebody = has_passed(ends, case), case.customer_id.notnull()
    called = (case.next_contact_at <= ends).fill_null(False)
    wrote = (case.next_message_at <= ends).fill_null(False)
    return {
        "all": Variant(
            estimator=Share(case.is_bot_only, among=with_bot),
            meaning="solved by the bot alone, of the solved cases in which it wrote",
        ),
        "not_back": Variant(
            estimator=Share(
                case.is_bot_only & ~called & ~wrote,
                among=with_bot & over & is_somebody,
                left_out={
                    "customer not known": with_bot & ~is_somebody,
                    "window not over": with_bot & is_somebody & ~over,
                },
            ),
            meaning="solved by the bot alone, and the customer was not back within 7 days",
        ),
    }
