"""Texts are judged by what scored comments taught, and only as far as that is enough."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from engine.tables import literal, named
from text.test_score import comments

from hearwell.engine.ask import ask
from hearwell.engine.question import Question
from hearwell.engine.rollup_build import roll_up
from hearwell.engine.score_model import NoScoreModel, known_model, score_model
from hearwell.jobs.learn import learn_scores
from hearwell.lake.lake import create
from hearwell.lake.tables import identifier
from hearwell.settings import RollUp
from hearwell.text.score import fold_of

RECEIVED = datetime(2026, 6, 1)
BEGINS = datetime(2026, 1, 5, 10)
SENTIMENT = Question((named("sentiment"),))


@pytest.fixture
def own(tmp_path):
    """Give a lake of its own, that is really written to."""
    with create(tmp_path / "lake") as lake:
        lake.connection.execute("set enable_progress_bar = false")
        yield lake


def insert(lake, table, rows):
    rows = [{"source": "test", "received_at": RECEIVED} | row for row in rows]
    names = list(dict.fromkeys(name for row in rows for name in row))
    values = ", ".join(f"({', '.join(literal(row.get(name)) for name in names)})" for row in rows)
    listed = ", ".join(map(identifier, names))
    with lake.writing("test"):
        lake.connection.execute(f"insert into lake.{identifier(table)} ({listed}) values {values}")


def scored(n, *, first=0, seed=1, **more):
    """Return answered CSAT surveys with made-up comments."""
    made = comments(n, seed=seed)
    return [
        {
            "survey_id": str(first + i),
            "instrument": "csat",
            "status": "answered",
            "scale_low": 1,
            "scale_high": 5,
            "customer_id": made.persons[i],
            "answer": 5 if made.is_high[i] else 1 + i % 2,
            "comment": made.texts[i],
            "language": "en-GB",
            "team": f"team {i % 3}",
            "answered_at": BEGINS + timedelta(hours=i),
        }
        | more
        for i in range(n)
    ]


def written(n, *, seed=8, **more):
    """Return messages of customers in cases."""
    made = comments(n, seed=seed)
    return [
        {
            "message_id": str(i),
            "case_id": str(i),
            "author_kind": "customer",
            "customer_id": made.persons[i],
            "sent_at": BEGINS + timedelta(hours=i),
            "text": made.texts[i],
            "language": "en",
        }
        | more
        for i in range(n)
    ]


def given_after(is_high):
    """Return scores without a comment, given after the cases of messages."""
    return [
        row
        | {"case_id": str(i), "answer": 5 if high else 1, "comment": None}
        | {"answered_at": BEGINS + timedelta(days=90)}
        for i, (row, high) in enumerate(zip(scored(len(is_high), first=9000), is_high, strict=True))
    ]


def judged(lake):
    return {
        (kind, number): chance
        for kind, number, chance in lake.connection.execute(
            "select kind, text_id, chance from lake.judged_text"
        ).fetchall()
    }


def test_no_comments(own):
    """There is nothing to learn from; the metric is refused and says what it needs."""
    assert learn_scores(own) is None
    with pytest.raises(NoScoreModel, match="0/50"):
        ask(own, SENTIMENT)


def test_too_few_comments(own):
    """The metric is refused with the numbers; among others it has no value, and says why."""
    insert(own, "survey", scored(44))
    done = learn_scores(own)
    assert (done.is_new, done.judged, done.known.is_on) == (True, 0, False)
    assert judged(own) == {}
    with pytest.raises(NoScoreModel, match="44/50"):
        ask(own, SENTIMENT)
    both = Question((named("sentiment"), named("customer_satisfaction")))
    first, second = ask(own, both).answers
    assert (int(first.estimate.n[0]), int(second.estimate.n[0])) == (0, 44)
    assert int(first.left_out["not judged yet"][0]) == 44
    assert learn_scores(own) is None
    insert(own, "survey", scored(200, first=44, seed=3))
    assert learn_scores(own).known.is_on


def test_the_metric_is_a_count_of_what_is_judged(own):
    """By team, against a count in plain Python of the chances that the stored model gives."""
    surveys, messages = scored(400), written(90)
    insert(own, "survey", surveys)
    insert(own, "message", messages)
    insert(own, "survey", given_after(comments(90, seed=8).is_high))
    insert(
        own,
        "case",
        [{"case_id": str(i), "team": f"team {i % 2}", "opened_at": BEGINS} for i in range(90)],
    )
    done = learn_scores(own)
    assert (done.known.quality.n, done.judged) == (400, 490)
    model, found = score_model(own), judged(own)
    texts = [("comment", row["survey_id"], row["comment"], row) for row in surveys]
    texts += [("message", row["message_id"], row["text"], row) for row in messages]
    n, negative = Counter(), Counter()
    for kind, number, text, row in texts:
        (chance,) = model.chances([text], [fold_of(row["customer_id"])])
        assert found[kind, number] == pytest.approx(chance, abs=1e-12)
        team = row.get("team") or f"team {int(number) % 2}"
        n[team] += 1
        negative[team] += chance < 0.5
    (answer,) = ask(own, replace(SENTIMENT, by=("team",))).answers
    told = {group["team"]: i for i, group in enumerate(answer.groups)}
    assert {team: int(answer.estimate.n[i]) for team, i in told.items()} == n
    for team, i in told.items():
        assert answer.estimate.value[i] == pytest.approx(negative[team] / n[team])


def test_messages_that_tell_nothing_of_scores_are_not_counted(own):
    """What comments taught may not hold for messages: the scores after their cases decide."""
    insert(own, "survey", scored(300))
    insert(own, "message", written(90))
    insert(own, "survey", given_after(comments(90, seed=99).is_high))
    done = learn_scores(own)
    assert (done.known.messages.n, done.known.messages.is_good) == (90, False)
    (answer,) = ask(own, SENTIMENT).answers
    assert int(answer.estimate.n[0]) == 300
    reason = "messages, of which too little is known how they are scored"
    assert int(answer.left_out[reason][0]) == 90


def test_only_what_is_new_is_judged(own):
    """Nothing to do a second time; new and changed texts are judged, and those gone forgotten."""
    insert(own, "survey", scored(300))
    assert learn_scores(own).judged == 300
    before = judged(own)
    assert learn_scores(own) is None
    insert(own, "message", written(20))
    run = own.connection.execute
    with own.writing("test"):
        run(
            "update lake.survey set comment = 'worst rude late', "
            "received_at = received_at + interval 1 day where survey_id = '7'"
        )
        run("delete from lake.survey where survey_id = '9'")
    (answer,) = ask(own, SENTIMENT).answers
    assert int(answer.left_out["not judged yet"][0]) == 21
    done = learn_scores(own)
    assert (done.is_new, done.judged) == (False, 21)
    after = judged(own)
    assert set(after) == set(before) - {("comment", "9")} | {("message", str(i)) for i in range(20)}
    changed = {key for key in before.keys() & after.keys() if before[key] != after[key]}
    assert changed == {("comment", "7")}
    assert after["comment", "7"] < 0.5


def test_it_is_learnt_anew_when_there_is_much_more(own):
    """A quarter more; with a tenth more only what is new is judged."""
    insert(own, "survey", scored(300))
    learn_scores(own)
    insert(own, "survey", scored(30, first=300, seed=4))
    assert not learn_scores(own).is_new
    insert(own, "survey", scored(60, first=330, seed=5))
    done = learn_scores(own)
    assert (done.is_new, done.known.scored, done.judged) == (True, 390, 390)
    assert learn_scores(own, full=True).judged == 390


def test_answers_of_agents_are_left_alone(own):
    """They were promised that nobody learns what each said: not learnt from, and not judged."""
    insert(own, "survey", scored(200))
    insert(own, "survey", scored(100, first=200, instrument="esat", seed=6))
    done = learn_scores(own)
    assert (done.known.scored, done.judged) == (200, 200)


def test_languages_are_judged_apart(own):
    """What a language with few scored comments says is not judged, and counted as left out."""
    insert(own, "survey", scored(300))
    insert(own, "survey", scored(40, first=300, language="pa", seed=7))
    learn_scores(own)
    (answer,) = ask(own, SENTIMENT).answers
    assert int(answer.estimate.n[0]) == 300
    assert int(answer.left_out["too few scored comments in the language"][0]) == 40
    assert known_model(own).by_language["pa"].n == 40


def test_scores_between_teach_nothing(own):
    """Threes of five, sevens and eights of ten, and comments without a score."""
    insert(own, "survey", scored(120))
    insert(own, "survey", scored(10, first=200, answer=3))
    nps = {"instrument": "nps", "scale_low": 0, "scale_high": 10}
    insert(own, "survey", scored(10, first=300, **nps, answer=7))
    insert(own, "survey", scored(10, first=400, **nps, answer=9))
    insert(own, "survey", scored(10, first=500, **nps, answer=6))
    insert(own, "survey", scored(10, first=600, answer=None))
    assert learn_scores(own).known.scored == 140


def test_few_texts_are_hidden(own):
    """As with answers: of fewer than five nothing is shown."""
    insert(own, "survey", scored(200))
    insert(own, "survey", scored(4, first=200, team="small"))
    learn_scores(own)
    (answer,) = ask(own, replace(SENTIMENT, where=(("team", "small"),))).answers
    assert answer.hidden.all()


def test_roll_ups_follow_the_judgements(own):
    """What is kept by day is made anew when texts were judged otherwise."""
    by_day = replace(own, settings=own.settings.model_copy(update={"roll_up": RollUp(from_rows=1)}))
    insert(own, "survey", scored(200))
    learn_scores(by_day)
    list(roll_up(by_day))
    (before,) = ask(by_day, SENTIMENT).answers
    assert "rollup_opinion" in "".join(before.sql)
    with own.writing("test"):
        own.connection.execute("update lake.judged_text set chance = 0.1")
    (after,) = ask(by_day, SENTIMENT).answers
    assert (before.estimate.value[0] < 1, after.estimate.value[0]) == (True, 1)
    list(roll_up(by_day))
    (rolled,) = ask(by_day, SENTIMENT).answers
    assert "rollup_opinion" in "".join(rolled.sql)
    assert rolled.estimate.value[0] == 1
