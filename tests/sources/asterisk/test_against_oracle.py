"""The reader against a slow one that goes through the log line by line, on random logs."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hearwell.sources.asterisk.read import read

T = 1_700_000_000
TALK_ENDS = {
    "COMPLETECALLER": ("caller", None),
    "COMPLETEAGENT": ("agent", None),
    "TRANSFER": ("transfer", "unknown"),
    "BLINDTRANSFER": ("transfer", "blind"),
    "ATTENDEDTRANSFER": ("transfer", "attended"),
}
WAIT_ENDS = {
    "ABANDON": ("abandoned", "caller"),
    "EXITWITHTIMEOUT": ("timeout", "system"),
    "EXITWITHKEY": ("key_exit", "caller"),
    "EXITEMPTY": ("empty_exit", "system"),
    "WITHDRAW": ("withdrawn", "system"),
    "SYSCOMPAT": ("failed", "system"),
}
STATES = {"ADDMEMBER", "REMOVEMEMBER", "PAUSE", "UNPAUSE", "PAUSEALL", "UNPAUSEALL"}
REFUSALS = {"QUEUEFULL": "refused_full", "JOINEMPTY": "refused_empty"}


@dataclass(frozen=True)
class Line:
    place: int
    second: int
    callid: str
    queue: str
    agent: str
    event: str
    rest: list

    def number(self, index):
        try:
            return int(self.rest[index])
        except (IndexError, ValueError):
            return None


@dataclass
class Visit:
    entry: Line
    leg: int
    following: "Visit | None" = None
    connect: Line | None = None
    end: Line | None = None
    misfiled: bool = False
    restart: Line | None = None
    stuck: bool = False
    unanswered: int = 0
    cancelled: list = field(default_factory=list)

    @property
    def refused(self):
        return REFUSALS.get(self.entry.event)

    @property
    def last_known(self):
        return self.end or (None if self.refused else self.following and self.following.entry)


def parsed(line):
    parts = line.split("|")
    if len(parts) < 5 or not parts[0].isdigit():
        return None
    return int(parts[0]), *parts[1:5], parts[5:]


def in_order(files):
    """Put the lines of all files in order, each once."""
    files = sorted(files, key=lambda lines: int(lines[0].partition("|")[0]) if lines else 1 << 62)
    kept, seen, run, before = [], {}, 0, None
    for number, lines in enumerate(files):
        clock = 0
        for text in lines:
            told = parsed(text)
            if told is None:
                continue
            run += told[0] != before
            before = told[0]
            clock = max(clock, told[0])
            if text not in seen or (told[4] in STATES and seen[text] == run):
                kept.append((clock, number, len(kept), told))
            seen[text] = run
    return [Line(place, *told) for place, (*_, told) in enumerate(sorted(kept))]


class Oracle:
    def __init__(self, files):
        lines = in_order(files)
        names = {x.agent for x in lines if x.event in {"CONNECT", "PAUSE", "UNPAUSE"}}
        singles = {x.agent for x in lines if x.event == "PAUSE"}
        names |= {x.agent for x in lines if x.event.endswith("PAUSEALL") and x.agent not in singles}
        self.lines = [self.named(x, names) for x in lines]
        self.singles = {x.agent for x in lines if x.event == "PAUSE"}
        self.restarts = [x for x in self.lines if x.event == "QUEUESTART"]
        self.steps = [
            b.place
            for a, b in zip(self.lines, self.lines[1:], strict=False)
            if b.second < a.second - 1
        ]
        self.visits = self.find_visits()
        self.mend()

    @staticmethod
    def named(line, names):
        core = line.agent.partition("/")[2]
        agent = core if core in names else line.agent
        return Line(line.place, line.second, line.callid, line.queue, agent, line.event, line.rest)

    def find_visits(self):
        visits, of_call, self.spare = [], defaultdict(list), []
        for line in self.lines:
            known = of_call[line.callid]
            if (line.event == "ENTERQUEUE" or line.event in REFUSALS) and line.callid != "NONE":
                visit = Visit(line, len(known) + 1)
                if known:
                    known[-1].following = visit
                known.append(visit)
                visits.append(visit)
                continue
            visit = known[-1] if known and not known[-1].refused else None
            if line.event in TALK_ENDS or line.event in WAIT_ENDS:
                if visit and not visit.end:
                    visit.end = line
                elif line.event in TALK_ENDS:
                    self.spare.append(line)
            elif visit and line.event == "CONNECT" and not visit.end and not visit.connect:
                visit.connect = line
            elif visit and line.event == "RINGNOANSWER":
                visit.unanswered += 1
            elif visit and line.event == "RINGCANCELED":
                visit.cancelled.append(line.number(0))
        return visits

    def restart_between(self, first, last):
        return any(first < r.place < last for r in self.restarts)

    def mend(self):
        unended = [v for v in self.visits if v.connect and not v.end]
        for spare in self.spare:
            talked = talk_time(spare)
            fits = [
                v
                for v in unended
                if (v.entry.queue, v.connect.agent) == (spare.queue, spare.agent)
                and v.connect.place < spare.place
                and (talked is None or abs(spare.second - v.connect.second - talked) <= 2)
                and not self.restart_between(v.connect.place, spare.place)
            ]
            if len(fits) == 1 and not fits[0].misfiled:
                fits[0].end, fits[0].misfiled = spare, True
        latest = max((x.second for x in self.lines), default=0)
        for visit in self.visits:
            if visit.refused or visit.last_known:
                continue
            since = (visit.connect or visit.entry).place
            visit.restart = next((r for r in self.restarts if r.place > since), None)
            until = visit.restart or Line(1 << 60, latest, "", "", "", "", [])
            went_on = visit.connect and any(
                x.agent == visit.connect.agent
                and x.event in {"CONNECT", "REMOVEMEMBER"}
                and visit.connect.place < x.place < until.place
                for x in self.lines
            )
            visit.stuck = bool(went_on or until.second - visit.entry.second > 6 * 3600)

    def stepped(self, since, until):
        return bool(since and until and any(since.place < s <= until.place for s in self.steps))

    def calls(self, shifts):
        rows = {}
        for visit in self.visits:
            rows[visit.entry.callid, visit.leg] = self.call(visit)
        for key, seconds in self.wrap_ups(rows, shifts).items():
            rows[key]["wrap_up_seconds"] = seconds
        return rows

    def call(self, v):
        closing = v.last_known
        moved = closing is not None and v.end is None
        answered = bool(v.connect) or bool(v.end and v.end.event in TALK_ENDS)
        talked = talk_time(v.end) if v.end else None
        connected = v.connect.second if v.connect else None
        if answered and not v.connect and talked is not None:
            connected = v.end.second - talked
        ended = closing.second if closing else None
        told = [v.connect and v.connect.number(0), v.end and wait_time(v.end)]
        told.append(passed(v.entry.second, ended if connected is None else connected))
        wait = next((t for t in told if t is not None and t >= 0), None)
        wait_stepped = self.stepped(v.entry, v.connect or closing or v.restart)
        talk_stepped = self.stepped(v.connect, closing or v.restart)
        if wait_stepped or not (answered or closing):
            wait = None
        connected_seconds = None
        if answered and closing and not talk_stepped:
            long = talked is not None and talked >= 0
            connected_seconds = talked if long else passed(connected, ended)
        outcome, by, kind, to = self.result(v, answered, moved)
        if kind and v.following and v.following.entry.second <= ended + 5:
            to = v.following.entry.queue
        cancelled = [ms for ms in v.cancelled if ms is not None]
        ring = v.connect and v.connect.number(2)
        if not answered:
            ring = max(cancelled) / 1000 if cancelled else None
        flags = {
            "repaired_end": v.misfiled or moved,
            "repaired_connect": answered and not v.connect,
            "unknown_restart": v.restart is not None,
            "stuck": v.stuck,
            "clock_step": wait_stepped or talk_stepped,
        }
        agent = (v.connect or v.end).agent if answered else None
        return {
            "queue": v.entry.queue,
            "agent_id": agent,
            "entered_at": v.entry.second,
            "connected_at": connected if answered else None,
            "ended_at": ended,
            "wait_seconds": wait,
            "ring_seconds": ring,
            "connected_seconds": connected_seconds,
            "wrap_up_seconds": None,
            "outcome": outcome,
            "ended_by": by,
            "transfer_kind": kind,
            "transfer_to": to if kind else None,
            "agent_attempts": None if v.refused else v.unanswered + answered,
            "quality_flags": {flag for flag, on in flags.items() if on},
        }

    @staticmethod
    def result(v, answered, moved):
        if v.refused:
            told = (v.refused, "system", None, None)
        elif v.restart:
            told = ("unknown_restart", None, None, None)
        elif moved:
            by_transfer = ("answered", "transfer", "unknown", None)
            told = by_transfer if answered else ("timeout", "system", None, None)
        elif not v.end:
            told = ("open", None, None, None)
        elif v.end.event in TALK_ENDS:
            by, kind = TALK_ENDS[v.end.event]
            target = v.end.rest[0] if v.end.event in {"TRANSFER", "BLINDTRANSFER"} else None
            told = ("answered", by, kind, target)
        else:
            outcome, by = WAIT_ENDS[v.end.event]
            told = ("answered" if answered else outcome, by, None, None)
        return told

    def wrap_ups(self, rows, shifts):
        pauses = [s for s in shifts if s[1] == "wrap_up"]
        users = {s[0] for s in pauses}
        talks = {
            key: row
            for key, row in rows.items()
            if row["connected_at"] is not None
            and row["ended_at"] is not None
            and row["agent_id"] in users
        }
        stays = [s for s in shifts if s[1] == "staffed"]
        found = {key: self.none_known(row, stays) for key, row in talks.items()}
        paired = set()
        place = {(v.entry.callid, v.leg): v.entry.place for v in self.visits}
        for agent, _, began, over, _ in pauses:
            ended = [
                (row["ended_at"], place[key], key)
                for key, row in talks.items()
                if row["agent_id"] == agent and row["ended_at"] <= began + 2
            ]
            if ended and max(ended)[0] >= began - 5:
                key = max(ended)[2]
                before = found[key] if key in paired else 0
                found[key] = None if over is None or before is None else before + over - began
                paired.add(key)
        return found

    @staticmethod
    def none_known(row, stays):
        """Return 0 if a wrap-up pause would have been logged, had there been one."""
        own = [(began, over) for agent, _, began, over, _ in stays if agent == row["agent_id"]]
        there = any(b <= row["ended_at"] and (o is None or o > row["ended_at"]) for b, o in own)
        return 0 if there or not own else None

    def shifts(self):
        stays, pauses = defaultdict(list), defaultdict(list)
        for (agent, queue), moves in self.moves().items():
            stays[agent] += self.stays(agent, queue, [m for m in moves if "MEMBER" in m[0]])
            pauses[agent] += self.pauses(moves)
        rows = [
            (agent, "staffed", start, end, None)
            for agent, found in stays.items()
            for start, end, _ in laid_over(found)
        ]
        rows += [
            (agent, "wrap_up" if reason == "ACW" else "paused", start, end, reason or None)
            for agent, found in pauses.items()
            for start, end, reason in laid_over(found)
        ]
        return sorted(rows, key=lambda row: row[:3])

    def moves(self):
        found = defaultdict(list)
        for line in self.lines:
            event, queue = line.event, line.queue
            if event.endswith("ALL") and line.agent not in self.singles:
                event, queue = event.removesuffix("ALL"), "NONE"
            if event in {"ADDMEMBER", "REMOVEMEMBER", "PAUSE", "UNPAUSE"}:
                found[line.agent, queue].append((event, line))
        return found

    def stays(self, agent, queue, moves):
        for (event, line), after in with_next(moves):
            if event == "ADDMEMBER":
                lost = self.lost(line, after, self.last_answer(agent, queue))
                yield self.interval(line, after, lost, "")
        if moves and moves[0][0] == "REMOVEMEMBER":
            end = moves[0][1]
            begins = [r for r in self.restarts if r.place < end.place]
            start = begins[-1].second if begins else min(x.second for x in self.lines)
            yield start, begins[-1].place if begins else -1, end.second, end.place, ""

    def pauses(self, moves):
        for (event, line), after in with_next(moves):
            if event == "PAUSE" or (event == "ADDMEMBER" and line.rest == ["PAUSED"]):
                reason = "|".join(line.rest).strip() if event == "PAUSE" else ""
                yield self.interval(line, after, self.lost(line, after, -1), reason)

    def last_answer(self, agent, queue):
        of_agent = (v for v in self.visits if v.connect and v.connect.agent == agent)
        return max((v.connect.place for v in of_agent if v.entry.queue == queue), default=-1)

    def lost(self, line, after, last_sign):
        """Return the restart that ended a membership or pause, if one did."""
        until = after[1].place if after else 1 << 60
        restart = next((r for r in self.restarts if line.place < r.place < until), None)
        if restart is None or (after and after[0] != "ADDMEMBER"):
            return None
        return restart if after or last_sign < restart.place else None

    def interval(self, line, after, lost, reason):
        if lost:
            return line.second, line.place, self.lines[lost.place - 1].second, lost.place, reason
        if after:
            return line.second, line.place, after[1].second, after[1].place, reason
        return line.second, line.place, None, None, reason


def with_next(values):
    return zip(values, [*values[1:], None][: len(values)], strict=True)


def laid_over(intervals):
    """Walk through the beginnings and ends of an agent's intervals; give what held in between."""
    edges = []
    for start, place, end, end_place, reason in intervals:
        if end is None or end >= start:
            edges.append((start, place, 1, reason))
            if end is not None:
                edges.append((end, end_place, -1, None))
    edges.sort(key=lambda edge: edge[:3])
    depth, latest, held, parts = 0, None, None, []
    for edge, after in with_next(edges):
        depth += edge[2]
        latest = edge[3] if edge[2] == 1 else latest
        now = latest if depth else None
        if (after and after[0] == edge[0]) or now == held:
            continue
        if held is not None:
            parts[-1][1] = edge[0]
        if now is not None:
            parts.append([edge[0], None, now])
        held = now
    return parts


def wait_time(line):
    places = {"COMPLETECALLER": 0, "COMPLETEAGENT": 0, "EXITWITHKEY": 3, "ATTENDEDTRANSFER": -3}
    return line.number(places.get(line.event, 2))


def talk_time(line):
    places = {"COMPLETECALLER": 1, "COMPLETEAGENT": 1, "ATTENDEDTRANSFER": -2}
    return line.number(places.get(line.event, 3)) if line.event in TALK_ENDS else None


def passed(start, end):
    if start is None or end is None or end - start < -1:
        return None
    return max(end - start, 0)


small = st.integers(0, 9)
FORMS = {
    "ENTERQUEUE": "|15551000{a}|1",
    "CONNECT": "{a}|ch{b}|{c}",
    "COMPLETECALLER": "{a}|{b}|1",
    "COMPLETEAGENT": "{a}|{b}",
    "TRANSFER": "70{c}|int|{a}|{b}",
    "BLINDTRANSFER": "70{c}|int|{a}|{b}|1",
    "ATTENDEDTRANSFER": "LINK|x|y|{a}|{b}|1",
    "ABANDON": "1|1|{a}",
    "EXITWITHTIMEOUT": "1",
    "EXITWITHKEY": "{c}|1|1|{a}",
    "EXITEMPTY": "1|1|{a}",
    "WITHDRAW": "1|1|{a}|in|formed",
    "SYSCOMPAT": "",
    "RINGNOANSWER": "{a}000",
    "RINGCANCELED": "{b}35",
    "QUEUEFULL": "",
    "JOINEMPTY": "",
    "SURVEY": "{a}",
}
AGENT_FORMS = {
    "ADDMEMBER": ("SIP/{agent}", ""),
    "REMOVEMEMBER": ("SIP/{agent}", ""),
    "PAUSE": ("{agent}", "{reason}"),
    "UNPAUSE": ("{agent}", "{reason}"),
    "PAUSEALL": ("{agent}", "{reason}"),
    "UNPAUSEALL": ("{agent}", ""),
}
GAPS = [0, 0, 0, 1, 1, 2, 3, 7, 7, 30, -1, -40, 30_000]
LIKELY = ["ENTERQUEUE", "CONNECT", "CONNECT", "COMPLETECALLER", "ATTENDEDTRANSFER", *FORMS]


@st.composite
def call_lines(draw):
    event = draw(st.sampled_from(LIKELY))
    rest = FORMS[event].format(a=draw(small), b=draw(small), c=draw(small))
    agent = draw(st.sampled_from(["ana", "bob"])) if event != "ENTERQUEUE" else "NONE"
    callid = draw(st.sampled_from(["c1", "c2", "c3", "c4"]))
    return f"{callid}|{draw(st.sampled_from('qr'))}|{agent}|{event}|{rest}"


@st.composite
def agent_lines(draw):
    event = draw(st.sampled_from(list(AGENT_FORMS)))
    name, rest = AGENT_FORMS[event]
    agent = name.format(agent=draw(st.sampled_from(["ana", "bob", "eve"])))
    rest = rest.format(reason=draw(st.sampled_from(["ACW", "Lunch", ""])))
    if event == "ADDMEMBER" and draw(st.booleans()):
        rest = "PAUSED"
    queue = "NONE" if event.endswith("ALL") else draw(st.sampled_from("qr"))
    return f"NONE|{queue}|{agent}|{event}|{rest}"


others = st.sampled_from(["NONE|NONE|NONE|QUEUESTART|", "NONE|NONE|NONE|CONFIGRELOAD|", "too|few"])
anything = st.tuples(
    st.sampled_from(GAPS),
    st.one_of(call_lines(), call_lines(), call_lines(), agent_lines(), others),
)


@st.composite
def chaos(draw):
    """Draw lines that need not make sense."""
    second, lines = T, []
    for gap, rest in draw(st.lists(anything, max_size=45)):
        second += gap
        lines.append(f"{second}|{rest}")
    return lines


def told(second, number, queue, agent, *, wait, talk, ending):
    """Write the lines of a call as Asterisk would, and some as it should not."""
    callid, after = f"c{number}", second + wait
    over = after + talk
    lines = [
        (second, f"{callid}|{queue}|NONE|ENTERQUEUE||1555{number}|1"),
        (second, f"{callid}|{queue}|{agent}|RINGNOANSWER|1000"),
        (after, f"{callid}|{queue}|{agent}|CONNECT|{wait}|{callid}a|1"),
    ]
    ends = {
        "complete": f"{callid}|{queue}|{agent}|COMPLETECALLER|{wait}|{talk}|1",
        "misfiled": f"x{number}|{queue}|{agent}|ATTENDEDTRANSFER|APP|Wait|{wait}|{talk}|1",
        "transfer": f"{callid}|{queue}|{agent}|BLINDTRANSFER|700|int|{wait}|{talk}|1",
    }
    if ending in ends:
        lines.append((over, ends[ending]))
    if ending == "abandon":
        lines[2:] = [(after, f"{callid}|{queue}|NONE|ABANDON|1|1|{wait}")]
    if ending in {"transfer", "moved"}:
        lines.append((over, f"{callid}|r|NONE|ENTERQUEUE||1555{number}|1"))
    if ending != "abandon":
        lines.append((over, f"NONE|{queue}|{agent}|PAUSE|ACW"))
        lines.append((over + wait, f"NONE|{queue}|{agent}|UNPAUSE|ACW"))
    return lines


@st.composite
def days(draw):
    """Draw calls that overlap, with lines lost, restarts, and a clock that is set back."""
    lines = [
        (0, f"NONE|{queue}|SIP/{agent}|ADDMEMBER|") for agent in ("ana", "bob") for queue in "qr"
    ]
    endings = st.sampled_from(["complete", "misfiled", "transfer", "moved", "abandon", "stuck"])
    agents = st.sampled_from(["ana", "bob"])
    for number in range(draw(st.integers(1, 7))):
        begin = draw(st.integers(0, 60))
        queue, agent = draw(st.sampled_from("qr")), draw(agents)
        drawn = {"wait": draw(small), "talk": draw(small), "ending": draw(endings)}
        lines += told(begin, number, queue, agent, **drawn)
    for rest in draw(st.lists(st.one_of(agent_lines(), others), max_size=6)):
        lines.append((draw(st.integers(0, 90)), rest))
    lines.sort(key=lambda line: line[0])
    lost = draw(st.sets(st.integers(0, len(lines) - 1), max_size=3))
    step = draw(st.one_of(st.just(1 << 60), st.integers(0, 90)))
    return [
        f"{T + second - (40 if second >= step else 0)}|{rest}"
        for place, (second, rest) in enumerate(lines)
        if place not in lost
    ]


@st.composite
def logs(draw):
    """Draw a log and the files that it was rotated into, which may overlap or double lines."""
    lines = draw(st.one_of(chaos(), days(), days()))
    doubled = draw(st.sets(st.integers(0, len(lines)), max_size=2))
    lines = [line for place, line in enumerate(lines) for _ in range(1 + (place in doubled))]
    cuts = draw(st.lists(st.integers(0, len(lines)), max_size=2).map(sorted))
    overlap = draw(st.integers(0, 6))
    starts = [0, *cuts]
    ends = [*cuts, len(lines)]
    files = [lines[max(0, a - overlap) : b] for a, b in zip(starts, ends, strict=True)]
    return draw(st.permutations(files))


def seconds(instant):
    return instant if instant is None else instant.replace(tzinfo=UTC).timestamp()


@given(files=logs())
@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_the_reader_agrees_with_a_walk_through_the_lines(files, connection, tmp_path):
    paths = [tmp_path / f"{number}" for number in range(len(files))]
    for path, lines in zip(paths, files, strict=True):
        path.write_text("".join(f"{line}\n" for line in lines))
    found = read(
        connection,
        queue_log=paths,
        source="s",
        received_at=datetime(2026, 1, 1, tzinfo=UTC),
        identity_key="k",
    )
    oracle = Oracle(files)
    shifts = oracle.shifts()
    expected = oracle.calls(shifts)

    columns = ["call_id", "leg", *next(iter(expected.values()), {})]
    rows = connection.execute(f"select {', '.join(columns)} from {found.tables['call']}").fetchall()
    calls = {}
    for callid, leg, *values in rows:
        call = dict(zip(columns[2:], values, strict=True))
        for name in ("entered_at", "connected_at", "ended_at"):
            call[name] = seconds(call[name])
        call["quality_flags"] = set(call["quality_flags"])
        assert (callid, leg) not in calls
        calls[callid, leg] = call
    assert calls == expected

    states = connection.execute(
        f"select agent_id, state, started_at, ended_at, reason from {found.tables['shift']} "
        "order by agent_id, state, started_at"
    ).fetchall()
    assert [(a, s, seconds(b), seconds(e), r) for a, s, b, e, r in states] == shifts
    refused = sum(line.endswith("too|few") for lines in files for line in lines)
    assert connection.execute(f"select count(*) from {found.tables['rejected']}").fetchall() == [
        (refused,)
    ]
