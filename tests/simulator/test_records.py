"""The records of a simulated company belong together and obey the rules of an import."""

from datetime import UTC, datetime

import pytest

from hearwell.errors import HearwellError
from hearwell.jobs.simulate import simulate
from hearwell.records import RECORDS
from hearwell.sources.file.checks import faults

REFERENCES = (
    *((table, "case_id", "case", "case_id") for table in ("call", "case_event", "message")),
    *(
        (table, "customer_id", "customer", "customer_id")
        for table in (
            *("call", "case", "message", "survey", "article_view", "cart", "order"),
            "plan_change",
        )
    ),
    *((table, "agent_id", "agent", "agent_id") for table in ("call", "case", "shift", "survey")),
    ("message", "author_id", "agent", "agent_id"),
    ("message", "in_reply_to", "message", "message_id"),
    ("case_event", "actor_id", "agent", "agent_id"),
    ("case", "merged_into", "case", "case_id"),
    ("survey", "case_id", "case", "case_id"),
    ("survey", "call_id", "call", "call_id"),
    ("survey", "order_id", "order", "order_id"),
    ("cart", "order_id", "order", "order_id"),
    ("call", "article_id", "article", "article_id"),
    ("article_view", "article_id", "article", "article_id"),
    ("search", "opened_article_id", "article", "article_id"),
    ("article_view", "visitor_id", "article_view", "visitor_id"),
)


@pytest.mark.parametrize(("table", "column", "other", "key"), REFERENCES)
def test_each_reference_is_to_a_row_that_is_there(ask, table, column, other, key):
    known, lost = ask(
        f'select count(*), count(*) filter ("{column}" not in (select {key} from "{other}")) '
        f'from "{table}" where "{column}" is not null'
    )[0]
    assert known > 0
    assert lost == 0


def test_an_import_would_refuse_no_row(ask, simulated):
    """Instants stand in order and are not in the future: the checks of imported files."""
    _, done, _ = simulated
    ends = datetime(2026, 6, 30)  # the checks allow a day more
    for name in done.rows:
        for fault in faults(RECORDS[name], list(RECORDS[name].columns()), ends):
            assert ask(f'select count(*) from "{name}" where {fault.when}') == [(0,)], fault


def test_no_instant_is_after_the_period_and_no_duration_below_zero(ask, simulated):
    _, done, _ = simulated
    for name in done.rows:
        for column, mark in RECORDS[name].columns().items():
            if mark.role == "instant" and column not in {"received_at", "promised_at"}:
                late = f'select count(*) from "{name}" where "{column}" > \'2026-07-01\''
                assert ask(late) == [(0,)], (name, column)
            if column.endswith("_seconds"):
                below = f'select count(*) from "{name}" where {column} < 0 or isnan({column})'
                assert ask(below) == [(0,)], (name, column)


def test_categories_hold_only_their_words(ask, simulated):
    _, done, _ = simulated
    for name in done.rows:
        for column, mark in RECORDS[name].columns().items():
            if mark.words:
                found = {word for (word,) in ask(f'select distinct {column} from "{name}"')}
                assert found <= {*mark.words, None}, (name, column)


def test_every_row_says_that_it_is_simulated_and_has_a_key(ask, simulated):
    _, done, _ = simulated
    for name, rows in done.rows.items():
        key = ", ".join(RECORDS[name].key())
        found = ask(
            f'select count(*), count(distinct ({key})), min(source), max(source) from "{name}"'
        )
        assert found == [(rows, rows, "simulated:7", "simulated:7")], name


def test_customers_are_hashed(ask):
    assert ask(
        "select count(*) from customer where not regexp_full_match(customer_id, '[0-9a-f]{20}')"
    ) == [(0,)]
    assert ask("select count(*) from call where caller like '%caller%'") == [(0,)]


def test_no_agent_serves_two_callers_at_once(ask):
    assert ask(
        "select count(*) from (select connected_at - ring_seconds * interval 1 second as begins, "
        "lag(ended_at + wrap_up_seconds * interval 1 second) over (partition by agent_id "
        "order by connected_at) as free from call where outcome = 'answered') "
        "where begins < free - interval 1 millisecond"
    ) == [(0,)]


def test_calls_are_answered_by_who_is_staffed(ask):
    assert ask(
        "select count(*) from call c where outcome = 'answered' and not exists (select 1 "
        "from shift s where s.agent_id = c.agent_id and s.state = 'staffed' "
        "and c.connected_at between s.started_at and s.ended_at)"
    ) == [(0,)]


def test_a_case_is_told_in_order(ask):
    opened_late = (
        'select count(*) from case_event join "case" using (case_id) '
        'where "at" < opened_at - interval 1 millisecond'
    )
    assert ask(opened_late) == [(0,)]
    assert ask(
        "select count(*) from (select min(e.at) filter (kind = 'solved') as solved, "
        "min(e.at) filter (kind = 'closed') as closed, "
        "min(e.at) filter (kind = 'reopened') as again "
        "from case_event e group by case_id) where closed < solved or again < solved"
    ) == [(0,)]
    assert ask(
        "select count(*) from (select arg_min(author_kind, sent_at) as first, channel "
        'from message m join "case" c using (case_id, channel) '
        "where c.opened_by_kind = 'customer' group by case_id, channel) where first <> 'customer'"
    ) == [(0,)]


def test_who_left_asks_no_more(ask):
    for table, at in (
        *(("call", "entered_at"), ("case", "opened_at"), ("order", "ordered_at")),
        ("plan_change", "changed_at"),
    ):
        after = ask(
            f'select count(*) from "{table}" join customer using (customer_id) where {at} > left_at'
        )
        assert after == [(0,)], table


def test_the_plan_of_today_is_the_last(ask):
    """Each customer has one from the beginning, and a change is to a smaller one."""
    counted = (
        "select count(*), count(*) filter (last <> plan), count(*) filter (first <> first_seen_at)"
        ", max(changes), count(*) filter (changes = 2 and cheapest <> price) from customer "
        "join (select customer_id, arg_max(plan, changed_at) as last, min(changed_at) as first, "
        "count(*) as changes, min(monthly_price) as cheapest, arg_max(monthly_price, changed_at) "
        "as price from plan_change group by customer_id) using (customer_id)"
    )
    assert ask(counted) == [(2_000, 0, 0, 2, 0)]


def test_the_truth_counts_what_the_lake_has(ask, simulated):
    _, done, truth = simulated
    assert truth["rows"] == done.rows
    assert {name: ask(f'select count(*) from "{name}"')[0][0] for name in done.rows} == done.rows
    left, all_there = ask("select count(left_at), count(*) from customer")[0]
    assert truth["churn"]["all"] == pytest.approx(left / all_there)
    care = next(each for each in truth["satisfaction"] if each["programme"] == "care")
    (answered, satisfied) = ask(
        "select count(*), avg((answer >= 4)::int) from survey "
        "where programme = 'care' and instrument = 'csat' and status = 'answered'"
    )[0]
    assert care["answered"] == answered
    assert care["of_those_who_answered"] == pytest.approx(satisfied)
    assert care["eligible"] > 5 * care["answered"]


def test_proportions_are_those_of_a_company(ask):
    """Bounds are wide: they catch a part of the model that no longer reaches another."""
    shares = {
        "calls abandoned": (
            "select avg((outcome = 'abandoned')::int) from call where leg = 1",
            (0.02, 0.30),
        ),
        "called again": ("select avg((attempt > 1)::int) from call", (0.02, 0.4)),
        "cases merged": ('select avg((merged_into is not null)::int) from "case"', (0.001, 0.1)),
        "cases solved": ('select avg((reported_solved_at is not null)::int) from "case"', (0.8, 1)),
        "orders late": (
            'select avg((delivered_at > promised_at)::int) from "order"',
            (0.02, 0.25),
        ),
        "carts left": ("select avg((order_id is null)::int) from cart", (0.6, 0.8)),
        "nothing found": ("select avg((results = 0)::int) from search", (0.05, 0.25)),
        "surveys answered": (
            (
                "select count(*) filter (status = 'answered') / count(sent_at) from survey "
                "where programme <> 'people'"
            ),
            (0.05, 0.4),
        ),
        "customers left": ("select avg((left_at is not null)::int) from customer", (0.005, 0.15)),
        "notes": ("select avg((not is_public)::int) from message", (0.02, 0.3)),
    }
    for name, (sql, (low, high)) in shares.items():
        assert low < ask(sql)[0][0] < high, name
    assert ask("select count(distinct language), count(distinct channel) from message") == [(9, 6)]
    assert ask("select count(distinct status) from survey") == [(9,)]
    assert ask("select count(distinct kind) from case_event") == [(10,)]


def test_doing_it_again_changes_nothing(simulated):
    lake, done, _ = simulated
    again = simulate(lake, 2_000, 7, days=90)
    assert again.rows == done.rows
    assert {name: merged.unchanged for name, merged in again.merged.items()} == done.rows


@pytest.mark.parametrize("other", [{"size": 1_000}, {"effects": ["bad_release"]}])
def test_two_companies_of_one_name_are_not_mixed(simulated, other):
    lake, done, _ = simulated
    options = {"size": 2_000, "seed": 7, "days": 90} | other
    before = lake.snapshot
    with pytest.raises(HearwellError, match="another company as simulated:7"):
        simulate(lake, **options)
    assert lake.snapshot == before
    lake.views.clear()
    for name in done.rows:
        lake.use(RECORDS[name])


@pytest.mark.parametrize(
    "wrong",
    [
        {"size": 0},
        {"seed": -1},
        {"days": 3},
        {"effects": ["miracle"]},
        {"until": f"{datetime.now(UTC):%Y-%m-%d}"},
        {"until": "soon"},
    ],
)
def test_what_makes_no_sense_is_refused(simulated, wrong):
    lake, _, _ = simulated
    with pytest.raises(HearwellError, match="Nothing was simulated"):
        simulate(lake, **({"size": 10, "seed": 1} | wrong))
