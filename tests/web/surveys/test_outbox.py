"""Answers become records: each once, as it is by now, whatever is interrupted."""

from datetime import timedelta

import pytest
from django.utils import timezone

from hearwell.lake.lake import open_lake
from hearwell.web.surveys import outbox
from hearwell.web.surveys.design import Version
from hearwell.web.surveys.invitation import NOT_WAITING, Invitation


@pytest.fixture
def lake(tmp_path):
    from hearwell.lake.lake import create  # noqa: PLC0415

    create(tmp_path / "lake").close()
    with open_lake(tmp_path / "lake", writable=True) as opened:
        yield opened


SAID = {"4": [1, 2], "5": "in Минск"}


def records(lake):
    columns = "survey_id, status, answer, comment, customer_id, items"
    return lake.connection.execute(f"select {columns} from lake.survey").fetchall()


def test_an_answer_is_a_record_and_a_later_one_takes_its_place(lake, invitation, further):
    invitation.keep(timezone.now(), answer=2, like_machine=False)
    assert outbox.bring_in(lake, timezone.now() + timedelta(days=1)) == 1
    assert not outbox.has_any(timezone.now() + timedelta(days=1))
    person = invitation.person
    assert records(lake) == [(invitation.pk, "answered", 2.0, None, person, None)]
    Version.objects.update(further=further)
    invitation.refresh_from_db()
    invitation.keep(timezone.now(), comment="Дзякуй", items={"2": 3, "3.1": 5}, said=SAID)
    assert outbox.has_any(timezone.now() + timedelta(days=1))
    outbox.bring_in(lake, timezone.now() + timedelta(days=1))
    ((*_, comment, _, items),) = records(lake)
    assert (comment, items) == ("Дзякуй", {"How quick?": 3.0, "Spelling": 5.0})
    ((said,),) = lake.connection.execute("select said from lake.survey").fetchall()
    assert said == {"What was missing?": "Price\nTime", "Where?": "in Минск"}


def test_rows_of_a_batch_that_was_cut_off_are_brought_again_once(lake, invitation, monkeypatch):
    invitation.keep(timezone.now(), answer=4, like_machine=False)
    bring_in = outbox.bring_in_answered

    def dies_after_the_commit(lake, rows):
        bring_in(lake, rows)
        raise KeyboardInterrupt

    monkeypatch.setattr(outbox, "bring_in_answered", dies_after_the_commit)
    with pytest.raises(KeyboardInterrupt):
        outbox.bring_in(lake, timezone.now() + timedelta(days=1))
    monkeypatch.undo()
    assert outbox.has_any(timezone.now() + timedelta(days=1))
    assert outbox.bring_in(lake, timezone.now() + timedelta(days=1)) == 1
    assert len(records(lake)) == 1
    assert Invitation.objects.get().waiting == NOT_WAITING


def test_what_changes_meanwhile_waits_again(lake, invitation, monkeypatch):
    invitation.keep(timezone.now(), answer=4, like_machine=False)
    bring_in = outbox.bring_in_answered

    def changed_meanwhile(lake, rows):
        bring_in(lake, rows)
        invitation.keep(timezone.now(), answer=5)

    monkeypatch.setattr(outbox, "bring_in_answered", changed_meanwhile)
    outbox.bring_in(lake, timezone.now() + timedelta(days=1))
    monkeypatch.undo()
    assert outbox.has_any(timezone.now() + timedelta(days=1))
    outbox.bring_in(lake, timezone.now() + timedelta(days=1))
    assert [each[2] for each in records(lake)] == [5.0]


def test_an_answer_of_a_machine_does_not_count(lake, invitation):
    invitation.keep(timezone.now(), answer=5, like_machine=True)
    outbox.bring_in(lake, timezone.now() + timedelta(days=1))
    ((_, status, answer, *_),) = records(lake)
    assert (status, answer) == ("started", None)


def test_of_an_anonymous_answer_nobody_and_only_the_day_is_kept(lake, anonymous):
    row = Invitation(programme=anonymous, version=anonymous.design.newest, about="sheet:x")
    now = timezone.now()
    row.eligible_at = row.sent_at = row.changed_at = row.programme_time(now)
    row.status = "started"
    row.save()
    row.keep(now, answer=9, like_machine=False)
    row.keep(now + timedelta(minutes=3), answer=8)
    row.refresh_from_db()
    times = [row.eligible_at, row.sent_at, row.answered_at, row.changed_at]
    times += [each.at for each in row.answers.all()]
    assert {(each.hour, each.minute, each.second, each.microsecond) for each in times} == {
        (0, 0, 0, 0)
    }
    outbox.bring_in(lake, timezone.now() + timedelta(days=1))
    ((_, _, answer, _, customer, _),) = records(lake)
    assert (answer, customer) == (8.0, None)
