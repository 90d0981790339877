"""What happened to a case, told by plain Python over its messages and events, one by one."""

from datetime import timedelta
from itertools import pairwise

RESOLVED = {"solved", "closed"}
WAITING = {"new", "open", "pending", "on_hold"}
DAY = timedelta(days=1)


def facts(cases, messages, events, open_seconds=None):
    """Return the facts of every case that was not merged into another, by source and number.

    Args:
        open_seconds: returns the seconds of opening hours between two instants for a case, or
            None where they are not known; between None and None, it says whether there are any
            for the case.

    """
    by_key = {(case["source"], case["case_id"]): case for case in cases}
    last = {}
    for rows, instant in ((cases, "opened_at"), (messages, "sent_at"), (events, "at")):
        for row in rows:
            source = row["source"]
            last[source] = max(last.get(source, row[instant]), row[instant])
    written = {row["source"] for row in messages}
    logged = {row["source"] for row in events}
    found = {}
    for key, case in by_key.items():
        if case.get("merged_into") is not None:
            continue
        own = [m for m in messages if survivor(by_key, m["source"], m["case_id"]) == key]
        happened = sorted(
            (e for e in events if (e["source"], e["case_id"]) == key),
            key=lambda e: (e["at"], e["event_id"]),
        )
        fact = {
            "source": key[0],
            "channel": case.get("channel"),
            "opened_at": case["opened_at"],
            "known_until": last[key[0]],
        }
        fact |= said(case, own, is_known=key[0] in written)
        fact |= told(case, happened, is_known=key[0] in logged)
        fact |= in_statuses(case, happened, fact, open_seconds)
        fact["waits"] = waits(case, own, happened) if key[0] in written else []
        fact["is_bot_only"] = None
        if fact["is_resolved"] is not None and not fact["is_resolved"]:
            fact["is_bot_only"] = False
        elif fact["human_replies"] is not None and fact["is_resolved"]:
            fact["is_bot_only"] = fact["human_replies"] == 0 and fact["bot_messages"] > 0
        elif fact["human_replies"] is not None and (
            fact["human_replies"] > 0 or fact["bot_messages"] == 0
        ):
            fact["is_bot_only"] = False
        found[key] = fact
    return found


def survivor(by_key, source, case_id):
    for _ in range(16):
        case = by_key.get((source, case_id))
        if case is None or case.get("merged_into") is None:
            break
        case_id = case["merged_into"]
    return source, case_id


def said(case, messages, *, is_known):
    """Return what the messages of a case tell."""
    opened = case["opened_at"] if case.get("opened_by_kind") in {None, "customer"} else None
    if not is_known:
        names = ("customer_messages", "human_replies", "bot_messages", "agents")
        times = ("first_contact_at", "first_reply_at", "first_bot_reply_at")
        return dict.fromkeys((*names, *times))
    customers, replies, bots = [], [], []
    for message in messages:
        kind = role(case, message)
        if kind == "customer":
            customers.append(message)
        if kind == "agent" and message.get("is_public") is not False:
            replies.append(message)
        if kind == "bot":
            bots.append(message)
    contact = min((m["sent_at"] for m in customers), default=opened)

    def first(among):
        if contact is None:
            return None
        return min((m["sent_at"] for m in among if m["sent_at"] >= contact), default=None)

    authors = {m.get("author_id") or m.get("customer_id") for m in replies} - {None}
    return {
        "first_contact_at": contact,
        "first_reply_at": first(replies),
        "first_bot_reply_at": first(bots),
        "customer_messages": len(customers),
        "human_replies": len(replies),
        "bot_messages": len(bots),
        "agents": len(authors),
    }


def role(case, message):
    kind = message.get("author_kind")
    if kind is not None:
        return kind
    direction, customer = message.get("direction"), message.get("customer_id")
    if direction == "inbound" or (customer is not None and customer == case.get("customer_id")):
        return "customer"
    if direction == "outbound" or (direction is None and customer is not None):
        return "agent"
    return "nobody"


def told(case, events, *, is_known):
    """Return what the events of a case tell; they come in their order."""
    is_resolved, solvings, reopens = None, [], 0
    for event in events:
        turn = turned(event)
        if turn is True and is_resolved is not True:
            solvings.append(event["at"])
        if turn is False and (
            is_resolved is True or (is_resolved is None and event["kind"] == "reopened")
        ):
            reopens += 1
        is_resolved = is_resolved if turn is None else turn
    solved_at = solvings[-1] if is_resolved else None
    up_to = [e for e in events if not solvings or e["at"] <= solvings[-1]]
    offered = {e["at"] for e in events if e["kind"] == "solution_offered"}

    def instants(kind):
        return len({e["at"] for e in events if e["kind"] == kind}) if is_known else None

    found = {
        "is_resolved": is_resolved,
        "first_solved_at": solvings[0] if solvings else None,
        "solved_at": solved_at,
        "reopens": reopens if is_known else None,
        "moves": instants("moved"),
        "escalations": instants("escalated"),
        "first_solution_offered_at": min(offered, default=None),
        "solutions_offered": len({e["at"] for e in up_to if e["kind"] == "solution_offered"})
        if is_known
        else None,
    }
    for name, kind, before in (("team", "moved", "team"), ("agent_id", "assigned", "agent_id")):
        last = {e["at"]: e["to_value"] for e in up_to if e["kind"] == kind}
        found[name] = last[max(last)] if last else case.get(before)
    return found


def turned(event):
    """Does an event solve the case (True), open it again (False), or neither (None)?"""
    kind, value = event["kind"], event.get("to_value")
    if kind in RESOLVED or (kind == "status_changed" and value in RESOLVED):
        return True
    if kind == "reopened" or (kind == "status_changed" and value in WAITING):
        return False
    return None


DURATIONS = {
    "requester_wait": {"new", "open", "on_hold"},
    "agent_wait": {"pending"},
    "agent_work": {"new", "open"},
    "on_hold": {"on_hold"},
}


def in_statuses(case, events, fact, open_seconds):
    """Return how long a case was in each status, and with each agent, up to its last solving."""
    found = {f"{name}_{kind}": None for name in DURATIONS for kind in BOTH_CLOCKS}
    found["handled"] = {}
    solved_at = fact["solved_at"]
    changes = [e for e in events if e["kind"] == "status_changed"]
    if solved_at is None or not changes:
        return found
    pieces = [
        (status, holder, (end - begin).total_seconds(), within(fact, begin, end, open_seconds))
        for begin, end, status, holder in stretches_of(case, events, changes, solved_at)
        if status in WAITING
    ]
    # Where one part of its time is not known, none of the durations of a case is told.
    is_known = open_seconds is not None and open_seconds(fact, None, None) is not None
    is_known = is_known and all(seconds is not None for *_, seconds in pieces)
    for name, statuses in DURATIONS.items():
        of_it = [piece for piece in pieces if piece[0] in statuses]
        found[f"{name}_seconds"] = sum((piece[2] for piece in of_it), 0.0)
        if is_known:
            found[f"{name}_business_seconds"] = sum((piece[3] for piece in of_it), 0.0)
    for agent in {holder for _, holder, *_ in pieces} - {None}:
        of_it = [p for p in pieces if p[1] == agent and p[0] in {"new", "open"} and p[2]]
        if of_it:
            in_hours = [seconds for *_, seconds in of_it]
            total = None if None in in_hours else sum(in_hours)
            found["handled"][agent] = sum(piece[2] for piece in of_it), total
    return found


def within(fact, begin, end, open_seconds):
    return None if open_seconds is None else open_seconds(fact, begin, end)


BOTH_CLOCKS = ("seconds", "business_seconds")


def stretches_of(case, events, changes, solved_at):
    """Cut the life of a case at every event; tell of each piece its status and who had the case."""
    opened = case["opened_at"]
    given = [e for e in events if e["kind"] == "assigned"]
    cuts = sorted({opened, solved_at, *(e["at"] for e in events)})
    cuts = [cut for cut in cuts if cut <= solved_at]
    for begin, end in pairwise(cuts):  # none of them is of no length
        status = changes[0].get("from_value") or "new"
        holder = given[0].get("from_value") if given else None
        for event in changes:
            if event["at"] <= begin:
                status = event["to_value"]
        for event in given:
            if event["at"] <= begin:
                holder = event["to_value"]
        if begin >= opened or changes[0]["at"] <= begin:  # it does not wait before it is opened
            yield begin, end, status, holder


def waits(case, messages, events):
    """Return each time that the customer waited for a reply: since when, until when, for whom."""
    spoken = [
        (m["sent_at"], kind == "agent", m.get("author_id") or m.get("customer_id"), m)
        for m in messages
        if (kind := role(case, m)) == "customer"
        or (kind == "agent" and m.get("is_public") is not False)
    ]
    if not any(not is_reply for _, is_reply, *_ in spoken) and (
        case.get("opened_by_kind") in {None, "customer"}
    ):
        spoken.append((case["opened_at"], False, case.get("customer_id"), case))
    # Nobody's name and no channel come last among those of the same instant.
    spoken.sort(key=lambda s: (*s[:2], absent_last(s[2]), absent_last(s[3].get("channel"))))
    found, since = [], None
    for at, is_reply, author, words in spoken:
        if not is_reply and since is None:
            since = (at, words.get("channel") or case.get("channel"))
        if is_reply and since is not None:
            found.append((*since, at, author, team_at(case, events, at)))
            since = None
    if since is not None:
        found.append((*since, None, None, team_at(case, events, None)))
    names = ("waiting_since", "channel", "replied_at", "agent_id", "team")
    return [dict(zip(names, wait, strict=True), is_first=i == 0) for i, wait in enumerate(found)]


def absent_last(name):
    return name is None, name or ""


def team_at(case, events, instant):
    """Return the team that had a case at an instant, or has it now."""
    moves = [e for e in events if e["kind"] == "moved"]
    if not moves:
        return case.get("team")
    team = moves[0].get("from_value")
    for move in moves:
        if instant is None or move["at"] <= instant:
            team = move["to_value"]
    return team
