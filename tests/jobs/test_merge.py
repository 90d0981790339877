"""Files brought in in any order, as often as one likes, leave what a plain count by hand says."""

import csv
import io
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

FIRST = datetime(2024, 1, 1)
MAPPING = """
zone = "UTC"
[columns]
call_id = "id"
leg = "leg"
entered_at = "entered"
queue = "queue"
wait_seconds = "wait"
received_at = "received"
"""

ROWS = st.lists(
    st.tuples(
        st.sampled_from("abcd"),
        st.integers(1, 2),
        st.sampled_from(["", "sales", "care"]),
        st.sampled_from(["", "0", "1.5", "-1", "x"]),
        st.integers(0, 3),
    ),
    max_size=12,
)


def as_csv(rows):
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow(["id", "leg", "entered", "queue", "wait", "received"])
    for name, leg, queue, wait, day in rows:
        lines.writerow([name, leg, FIRST, queue, wait, FIRST + timedelta(days=day)])
    return out.getvalue()


class Oracle:
    """The lake as a dictionary."""

    def __init__(self):
        self.kept = {}

    def bring(self, rows):
        batch, rejected, doubled = {}, 0, 0
        contents = {}
        for name, leg, queue, wait, day in rows:
            if wait in {"-1", "x"}:
                rejected += 1
                continue
            content = (queue or None, float(wait) if wait else None)
            contents.setdefault((name, leg), set()).add(content)
            if (name, leg) in batch:
                doubled += 1
                if day < batch[name, leg][1]:
                    continue
            batch[name, leg] = (content, day)
        counts = {"new": 0, "changed": 0, "unchanged": 0, "stale": 0}
        for key, (content, day) in batch.items():
            if key not in self.kept:
                kind = "new"
            elif self.kept[key][0] == content:
                kind = "unchanged"
            else:
                kind = "changed" if day >= self.kept[key][1] else "stale"
            counts[kind] += 1
            if kind in {"new", "changed"}:
                self.kept[key] = (content, day)
        disputed = sum(len(told) > 1 for told in contents.values())
        return counts | {
            "rejected": rejected,
            "doubled": doubled,
            "doubled_differently": disputed,
            "rows_read": len(rows),
        }

    def rows(self):
        return [(*key, *content) for key, (content, _) in self.kept.items()]


TRIALS = iter(range(10**9))


@settings(max_examples=25)
@given(batches=st.lists(ROWS, min_size=1, max_size=3), data=st.data())
def test_any_batches_in_any_order(shared_lake, tmp_path_factory, batches, data):
    from jobs.conftest import Desk  # noqa: PLC0415

    folder = tmp_path_factory.mktemp("batches")
    desk = Desk(shared_lake, folder, f"trial-{next(TRIALS)}")
    oracle = Oracle()
    again = data.draw(st.lists(st.sampled_from(range(len(batches))), max_size=2))
    for number in [*range(len(batches)), *again]:
        rows = batches[number]
        done = desk.bring(as_csv(rows), MAPPING, name=f"{number}.csv")
        wanted = oracle.bring(rows)
        assert {name: getattr(done, name) for name in wanted} == wanted
        found = desk.rows("call_id, leg, queue, wait_seconds")
        assert sorted(map(repr, found)) == sorted(map(repr, oracle.rows()))


FILE = "id,leg,entered,queue,wait,received\n" + "".join(
    f"c{n},1,2024-01-01 10:00:00,q{n % 3},{n},2024-01-02 00:00:00\n" for n in range(500)
)
BAD = "bad,1,2024-01-01 10:00:00,q,x,2024-01-02 00:00:00\n"


def content(desk):
    return desk.ask("select * from call order by call_id"), desk.ask(
        "select * exclude (received_at) from rejected order by row"
    )


def test_the_same_file_again_changes_nothing(own_desk):
    first = own_desk.bring(FILE + BAD, MAPPING)
    before, snapshot = content(own_desk), own_desk.lake.snapshot
    again = own_desk.bring(FILE + BAD, MAPPING)
    assert (first.new, again.new, again.changed, again.unchanged) == (500, 0, 0, 500)
    assert again.rejected == 1
    assert content(own_desk) == before
    latest = own_desk.lake.snapshot
    changes = f"ducklake_table_changes('lake', 'main', 'call', {snapshot + 1}, {latest})"
    assert latest == snapshot or own_desk.ask(f"select count(*) from {changes}") == [(0,)]


def test_the_same_export_under_another_name_changes_nothing(own_desk):
    own_desk.bring(FILE, MAPPING, name="january.csv")
    done = own_desk.bring(FILE, MAPPING, name="january (1).csv")
    assert (done.new, done.changed, done.unchanged) == (0, 0, 500)


def test_a_corrected_file_changes_only_what_was_corrected(own_desk):
    own_desk.bring(FILE + BAD, MAPPING)
    corrected = FILE.replace("c7,1,2024-01-01 10:00:00,q1,7", "c7,1,2024-01-01 10:00:00,q2,8")
    done = own_desk.bring(corrected + BAD.replace(",x,", ",1,"), MAPPING)
    assert (done.new, done.changed, done.unchanged, done.rejected) == (1, 1, 499, 0)
    assert own_desk.ask("select queue, wait_seconds from call where call_id = 'c7'") == [
        ("q2", 8.0)
    ]
    assert not own_desk.rejected()


def test_an_older_row_does_not_undo_a_newer_one(own_desk):
    own_desk.bring(FILE, MAPPING)
    older = FILE.replace("2024-01-02", "2024-01-01").replace("q1", "q9")
    done = own_desk.bring(older, MAPPING)
    assert (done.changed, done.stale) == (0, 167)
    assert own_desk.ask("select count(*) from call where queue = 'q9'") == [(0,)]


def test_columns_that_a_file_does_not_have_keep_their_values(own_desk):
    own_desk.bring(FILE, MAPPING)
    short = "id,entered,wait\nc1,2024-01-01 10:00:00,99\n"
    mapping = '[columns]\ncall_id = "id"\nentered_at = "entered"\nwait_seconds = "wait"'
    own_desk.bring(short, mapping)
    assert own_desk.ask("select queue, wait_seconds from call where call_id = 'c1'") == [
        ("q1", 99.0)
    ]
