"""Those who became eligible in the lake are asked once, by mail; all others with the reason."""

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from smtplib import SMTPRecipientsRefused

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives

from hearwell.jobs.eligible import BY_ITSELF, OPEN_AGAIN, eligible
from hearwell.lake.lake import create
from hearwell.web.surveys import asking, mails, rules
from hearwell.web.surveys.habits import Habits
from hearwell.web.surveys.invitation import Invitation
from hearwell.web.surveys.programme import Programme, Trigger
from hearwell.web.surveys.reach import Reach, learn
from hearwell.web.surveys.stop import Stop

NOON = datetime(2026, 3, 2, 12)
NOW = NOON.replace(tzinfo=UTC)
CUSTOMERS = ("ann", "ben", "cid", "dee")


def event(lake, case, hours_ago, kind, event_id):
    lake.connection.execute(
        "insert into lake.case_event by name select 'desk' as source, now()::timestamp as "
        'received_at, $case as case_id, $id as event_id, $at as "at", $kind as kind',
        {"case": case, "id": event_id, "at": NOON - timedelta(hours=hours_ago), "kind": kind},
    )


@pytest.fixture
def lake(tmp_path):
    with create(tmp_path / "lake") as made:
        for number, name in enumerate(CUSTOMERS):
            made.connection.execute(
                'insert into lake."case" by name select $source as source, now()::timestamp as '
                "received_at, $case as case_id, $person as customer_id, $at as opened_at, "
                "$topic as topic",
                {
                    "source": "desk",
                    "case": str(number),
                    "person": name,
                    "at": NOON - timedelta(days=1),
                    "topic": "returns",
                },
            )
        yield made


@pytest.fixture
def asks(programme):
    """Give a programme that asks after a case is solved, of three people who can be reached."""
    Programme.objects.update(trigger=Trigger.SOLVED, made_at=NOW - timedelta(days=30))
    Habits.objects.create(pk=1, rest_days=30)
    for name in CUSTOMERS[:3]:
        Reach.objects.create(person=name, email=f"{name}@example.org")
    return Programme.objects.get()


def test_each_solving_asks_once_and_every_other_decision_has_its_reason(lake, asks):
    for case in "0123":
        event(lake, case, 5, "solved", f"s{case}")
    event(lake, "1", 4, "reopened", "r1")
    Stop.objects.create(person="cid")
    assert asking.look(lake, NOW) == Counter(sent=1, suppressed=3)
    assert asking.look(lake, NOW + timedelta(minutes=1)) == Counter()  # nobody again
    found = {each.person: (each.status, each.reason) for each in Invitation.objects.all()}
    assert found == {
        "ann": ("sent", ""),
        "ben": ("suppressed", OPEN_AGAIN),
        "cid": ("suppressed", rules.STOPPED),
        "dee": ("suppressed", rules.NO_ADDRESS),
    }


def test_a_case_solved_again_may_ask_again_unless_it_was_just_asked(lake, asks):
    event(lake, "0", 25, "solved", "s1")
    assert asking.look(lake, NOW - timedelta(hours=24)) == Counter(sent=1)
    event(lake, "0", 20, "reopened", "r1")
    event(lake, "0", 10, "solved", "s2")
    event(lake, "0", 9, "closed", "c2")  # still the same solving
    assert asking.look(lake, NOW) == Counter(throttled=1)
    Habits.objects.update(rest_days=1)
    event(lake, "0", 8, "reopened", "r2")
    event(lake, "0", 7, "solved", "s3")
    assert asking.look(lake, NOW) == Counter(sent=1)


def test_nobody_is_asked_in_quiet_hours_and_nobody_is_forgotten(lake, asks):
    event(lake, "0", 3, "solved", "s")
    Habits.objects.update(quiet_from=12, quiet_to=13)
    assert asking.look(lake, NOW) == Counter()
    assert asking.look(lake, NOW + timedelta(hours=1)) == Counter(sent=1)


def test_two_programmes_do_not_ask_the_same_person(lake, asks):
    other = Programme.objects.create(name="other", design=asks.design, trigger=Trigger.SOLVED)
    Programme.objects.filter(pk=other.pk).update(made_at=NOW - timedelta(days=30))
    event(lake, "0", 3, "solved", "s")
    assert asking.look(lake, NOW) == Counter(sent=1, throttled=1)


def test_the_mail_has_the_scale_and_goes_once_with_one_reminder(lake, asks):
    event(lake, "0", 3, "solved", "s")
    asking.look(lake, NOW)
    assert mails.send_waiting(NOW, "UTC") == 1
    assert mails.send_waiting(NOW, "UTC") == 0
    (sent,) = mail.outbox
    assert sent.to == ["ann@example.org"]
    assert sum(f"/{score}/?lang=en" in sent.body for score in range(1, 6)) == 5
    assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    Programme.objects.update(reminds_after_days=3)
    assert mails.remind(NOW + timedelta(days=2), "UTC") == 0
    assert mails.remind(NOW + timedelta(days=4), "UTC") == 1
    assert mails.send_waiting(NOW + timedelta(days=4), "UTC") == 1
    assert mails.remind(NOW + timedelta(days=9), "UTC") == 0
    assert asking.end(NOW + timedelta(days=13)) == 0
    assert asking.end(NOW + timedelta(days=15)) == 1
    assert Invitation.objects.get().status == "expired"


def test_a_mail_that_is_refused_bounces_and_one_put_off_waits(lake, asks, monkeypatch):
    event(lake, "0", 3, "solved", "s")
    asking.look(lake, NOW)

    def fails(error):
        def send(self):
            raise error

        monkeypatch.setattr(EmailMultiAlternatives, "send", send)

    fails(ConnectionRefusedError())
    assert mails.send_waiting(NOW, "UTC") == 0
    assert Invitation.objects.get().to_mail
    fails(SMTPRecipientsRefused({"ann@example.org": (450, b"later")}))
    mails.send_waiting(NOW, "UTC")
    assert Invitation.objects.get().to_mail
    fails(SMTPRecipientsRefused({"ann@example.org": (550, b"nobody of that name")}))
    mails.send_waiting(NOW, "UTC")
    row = Invitation.objects.get()
    assert (row.status, row.to_mail) == ("bounced", False)


def test_addresses_are_kept_by_the_hash_that_the_lake_has(lake, db):
    assert learn(lake, {" Ann@Example.org": "ann@example.org", "anonymous": "x@example.org"}) == 1
    (found,) = Reach.objects.all()
    assert "ann" not in found.person
    learn(lake, {"ann@example.org": "new@example.org"})
    assert Reach.objects.get().email == "new@example.org"


def test_each_customer_has_a_day_of_their_own_out_of_many(lake):
    lake.connection.execute(
        "insert into lake.customer by name select 's' as source, now()::timestamp as received_at, "
        "'c' || range as customer_id from range(300)"
    )
    found = eligible(lake, "each", NOON - timedelta(days=60), NOON, 30)
    assert Counter(Counter(each.person for each in found).values()) == Counter({2: 300})
    assert len({each.about for each in found}) == 600


def test_a_call_asks_once_however_many_queues_it_passed(lake):
    for leg, outcome in enumerate(("timeout", "answered", "answered"), 1):
        lake.connection.execute(
            "insert into lake.call by name select 'pbx' as source, now()::timestamp as "
            "received_at, 'k' as call_id, $leg as leg, 'hash' as caller, $outcome as outcome, "
            "$agent as agent_id, $at as entered_at, $at as ended_at",
            {
                "leg": leg,
                "outcome": outcome,
                "agent": f"a{leg}",
                "at": NOON - timedelta(hours=4 - leg),
            },
        )
    (found,) = eligible(lake, "call", NOON - timedelta(days=1), NOON)
    assert (found.person, found.agent_id, found.at) == ("hash", "a3", NOON - timedelta(hours=1))


def test_a_delivery_asks_whoever_ordered(lake):
    for order, hours in (("o1", 5), ("o2", 50)):
        lake.connection.execute(
            'insert into lake."order" by name select $source as source, now()::timestamp as '
            "received_at, $order as order_id, 'ann' as customer_id, $at as ordered_at, "
            "$at as delivered_at",
            {"source": "shop", "order": order, "at": NOON - timedelta(hours=hours)},
        )
    found = eligible(lake, "delivered", NOON - timedelta(days=1), NOON)
    assert [(each.order_id, each.person) for each in found] == [("o1", "ann")]


POINTS = {
    "ordered": ("order", "order_id", [{"ordered_at": 5}, {"ordered_at": 80}]),
    "cart_left": (
        "cart",
        "cart_id",
        [
            {"created_at": 60, "last_changed_at": 29},
            {"created_at": 29, "order_id": "o"},
            {"created_at": 29, "customer_id": None},
            {"created_at": 23},
        ],
    ),
    "read": ("article_view", "view_id", [{"opened_at": 5.5, "read_seconds": 1800}, {}]),
    "joined": ("customer", "customer_id", [{"first_seen_at": 5}]),
}


@pytest.mark.parametrize("days", [0, 30])
@pytest.mark.parametrize("point", POINTS)
def test_a_point_of_the_journey_asks_whoever_has_come_to_it(lake, point, days):
    """Once, so many days later; carts that are ordered, or of nobody known, ask nobody."""
    table, key, rows = POINTS[point]
    dates = {"order": "ordered_at", "cart": "created_at", "article_view": "opened_at"}
    usual = {"source": "shop", "received_at": 0, dates.get(table, "first_seen_at"): 80}
    later = timedelta(days=days)
    for number, row in enumerate(rows):
        told = {
            name: NOON - later - timedelta(hours=value) if name.endswith("_at") else value
            for name, value in ({key: str(number)} | usual | {"customer_id": "ann"} | row).items()
        }
        names = ", ".join(f"${name} as {name}" for name in told)
        lake.connection.execute(f'insert into lake."{table}" by name select {names}', told)
    found = eligible(lake, point, NOON - timedelta(days=1), NOON, days)
    at = NOON - timedelta(hours=5)
    assert [(each.person, each.at) for each in found] == [("ann", at)]


def test_who_solved_it_and_what_it_was_about_can_be_a_reason_not_to_ask(lake, asks):
    """What automation closes is asked about by nobody, nor is spam."""
    Programme.objects.update(left_out=["spam"])
    for case, kind, actor in (("0", "closed", "automation"), ("1", "solved", "agent")):
        event(lake, case, 5, kind, f"s{case}")
        lake.connection.execute(
            "update lake.case_event set actor_kind = $actor where case_id = $case",
            {"actor": actor, "case": case},
        )
    lake.connection.execute("update lake.\"case\" set topic = 'spam' where case_id = '1'")
    assert asking.look(lake, NOW) == Counter(suppressed=2)
    assert set(Invitation.objects.values_list("person", "reason")) == {
        ("ann", BY_ITSELF),
        ("ben", rules.TOPIC_LEFT_OUT),
    }


def test_a_mail_that_waits_does_not_go_in_quiet_hours(lake, asks):
    event(lake, "0", 3, "solved", "s")
    asking.look(lake, NOW)
    Habits.objects.update(quiet_from=12, quiet_to=13)
    assert mails.send_waiting(NOW, "UTC") == 0
    assert mails.send_waiting(NOW + timedelta(hours=1), "UTC") == 1


def test_a_day_of_a_quota_is_a_day_of_the_organisation(lake, asks):
    """In Karachi the next day begins at 19:00 UTC."""
    Programme.objects.update(quota_a_day=1)
    lake = replace(lake, settings=lake.settings.model_copy(update={"zone": "Asia/Karachi"}))
    Habits.objects.update(quiet_from=None)
    for case, hours in (("0", 6), ("1", 6.2), ("2", 7.2)):
        event(lake, case, -hours, "solved", f"s{case}")
    late, next_day = NOW + timedelta(hours=6.5), NOW + timedelta(hours=7.5)
    assert asking.look(lake, late) == Counter(sent=1, throttled=1)
    assert asking.look(lake, next_day) == Counter(sent=1)


def test_asked_and_not_asked_by_reason_are_all_who_could_be(lake, asks):
    """Over weeks, with two programmes, people who stop, and cases opened again."""
    Programme.objects.create(
        name="other", design=asks.design, trigger=Trigger.SOLVED, share=0.5, quota_a_day=1
    )
    Programme.objects.update(made_at=NOW - timedelta(days=30))
    Habits.objects.update(rest_days=5)
    dice, seen = random.Random(5), Counter()
    for day in range(25):
        for number in range(dice.randrange(3)):
            case = dice.choice("0123")
            event(lake, case, 5 - day * 24, "reopened", f"r{day} {number}")
            event(lake, case, 4 - day * 24 - number, "solved", f"s{day} {number}")
        if day == 12:
            Stop.objects.create(person="ben")
        asking.look(lake, NOW + timedelta(days=day))
    for programme in Programme.objects.all():
        crowd = eligible(lake, "solved", NOON - timedelta(days=9), NOON + timedelta(days=99))
        rows = programme.invitations.all()
        assert {each.about for each in rows} >= {each.about for each in crowd}
        seen += Counter(rows.values_list("status", flat=True))
        assert all(bool(each.reason) == (each.sent_at is None) for each in rows)
    assert seen.total() == Invitation.objects.count()
    asked = {}
    for person, at in Invitation.objects.filter(status="sent").values_list("person", "sent_at"):
        asked.setdefault(person, []).append(at)
    assert len(asked) > 1
    for times in asked.values():
        assert all(b - a >= timedelta(days=5) for a, b in pairwise(sorted(times)))
