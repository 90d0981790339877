"""Ask agents once a quarter: from accounts, or those of the lake of whom an e-mail is known."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.crypto import salted_hmac

from hearwell.jobs.eligible import Eligible, agents_of
from hearwell.lake.lake import Lake
from hearwell.web.people.person import Person, Role
from hearwell.web.surveys.asked import Asked
from hearwell.web.surveys.asking import limits
from hearwell.web.surveys.habits import Habits
from hearwell.web.surveys.invitation import Invitation, new_id
from hearwell.web.surveys.programme import People, Programme, Trigger
from hearwell.web.surveys.reach import AGENT, Reach
from hearwell.web.surveys.released import FEWEST
from hearwell.web.surveys.round import Letter, Round
from hearwell.web.surveys.rules import Decision, Known, decide
from hearwell.web.surveys.stop import Stop


@dataclass(frozen=True)
class Agent:
    """Somebody who may be asked about their work; without an e-mail they cannot be."""

    name: str
    email: str
    team: str
    language: str = ""

    @property
    def person(self) -> str:
        """Their name in lists of who was asked and who does not want to be."""
        return person_of(self.email) if self.email else AGENT + self.name


def person_of(email: str) -> str:
    digest = salted_hmac("hearwell.surveys.agent", email.lower(), algorithm="sha256").hexdigest()
    return f"agent {digest[:20]}"


def look(lake: Lake, now: datetime) -> Counter[str]:
    """Begin the rounds that are due; return decisions by status. In quiet hours none begins."""
    habits, counted = Habits.current(), Counter[str]()
    if habits.are_quiet(now, lake.settings.zone):
        return counted
    for programme in Programme.objects.filter(is_on=True, trigger=Trigger.AGENTS):
        counted += Counter(each.status for each in begun(lake, programme, habits, now))
    return counted


def begun(lake: Lake, programme: Programme, habits: Habits, now: datetime) -> list[Decision]:
    """Begin the round of this quarter, if it has not begun; decide of all agents at once."""
    day = now.astimezone(ZoneInfo(lake.settings.zone)).date()
    quarter = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    if programme.rounds.filter(begins_on__gte=quarter).exists():
        return []
    by_person = {each.person: each for each in agents(lake, programme, now)}
    eligible = [
        Eligible(f"{day} {person}", person, now, team=each.team, language=each.language)
        for person, each in by_person.items()
    ]
    with transaction.atomic():
        Habits.held()
        found = decide(eligible, limits(programme, habits), known(by_person), now)
        sent = [each.eligible for each in found if each.status == "sent"]
        size = Counter(each.team for each in sent)
        teams = {team: team if size[team] >= FEWEST else "" for team in size}
        rounds = {
            team: Round.objects.create(programme=programme, begins_on=day, team=team)
            for team in {"", *teams.values()}
        }
        at = datetime.combine(day, time(), UTC)
        Invitation.objects.bulk_create(
            Invitation(
                programme=programme,
                version=programme.design.newest,
                about=f"round:{new_id()}",
                round=rounds[teams[each.eligible.team]] if each.status == "sent" else None,
                team=teams[each.eligible.team] if each.status == "sent" else "",
                status=each.status,
                reason=each.reason,
                selection_probability=programme.share,
                eligible_at=at,
                sent_at=at if each.status == "sent" else None,
                changed_at=at,
            )
            for each in found
        )
        Letter.objects.bulk_create(
            Letter(
                round=rounds[teams[each.team]],
                person=each.person,
                email=by_person[each.person].email,
                language=each.language,
            )
            for each in sent
        )
        Asked.keep((each.person for each in sent), now)
    return found


def agents(lake: Lake, programme: Programme, now: datetime) -> Iterator[Agent]:
    """Give those who are agents now."""
    if programme.people == People.ACCOUNTS:
        for each in Person.objects.filter(is_active=True, role=Role.AGENT):
            yield Agent(
                str(each.pk),
                each.email,
                each.teams[0] if len(each.teams) == 1 else "",
                each.language,
            )
        return
    emails = dict(Reach.objects.filter(pk__startswith=AGENT).values_list("person", "email"))
    for agent, team in agents_of(lake, now.astimezone(UTC).replace(tzinfo=None)):
        yield Agent(agent, emails.get(AGENT + agent, ""), team)


def known(people: Mapping[str, Agent]) -> Known:
    asked = Asked.objects.filter(pk__in=people).values_list("person", "at")
    stopped = Stop.objects.filter(pk__in=people).values_list("person", flat=True)
    reachable = {person for person, each in people.items() if each.email}
    return Known(dict(asked), set(stopped), reachable, {})


def taken(round_: Round, sheet: str) -> Invitation | None:
    """Return the row of somebody's sheet, of those of the round; by chance one that nobody has.

    Where nobody is left who was asked and has not answered, somebody answers twice: that is kept
    apart, and does not count.
    """
    own = Invitation.objects.filter(round=round_)
    with transaction.atomic():
        found = own.select_for_update().filter(sheet=sheet).first()
        if found is None:
            found = own.select_for_update().filter(sheet=None, status="sent").order_by("?").first()
            if found is None:
                return None
            found.sheet = sheet
            found.save(update_fields=["sheet"])
    return found
