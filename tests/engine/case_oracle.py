"""What happened to a case, told by plain Python over its messages and events, one by one."""

from datetime import timedelta

RESOLVED = {"solved", "closed"}
WAITING = {"new", "open", "pending", "on_hold"}
DAY = timedelta(days=1)


def facts(cases, messages, events):
    """Return the facts of every case that was not merged into another, by source and number."""
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
            "channel": case.get("channel"),
            "opened_at": case["opened_at"],
            "known_until": last[key[0]],
        }
        fact |= said(case, own, is_known=key[0] in written)
        fact |= told(case, happened, is_known=key[0] in logged)
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
    return found | in_statuses(case, events, solved_at)


def turned(event):
    """Does an event solve the case (True), open it again (False), or neither (None)?"""
    kind, value = event["kind"], event.get("to_value")
    if kind in RESOLVED or (kind == "status_changed" and value in RESOLVED):
        return True
    if kind == "reopened" or (kind == "status_changed" and value in WAITING):
        return False
    return None


def in_statuses(case, events, solved_at):
    changes = [e for e in events if e["kind"] == "status_changed"]
    names = ("requester_wait", "agent_wait", "agent_work", "on_hold")
    if solved_at is None or not changes:
        return dict.fromkeys(f"{name}_seconds" for name in names)
    passed = dict.fromkeys((*WAITING, *RESOLVED), 0.0)
    status, since = changes[0].get("from_value") or "new", case["opened_at"]
    for at, after in [*((e["at"], e["to_value"]) for e in changes), (solved_at, None)]:
        passed[status] += max(0.0, (min(at, solved_at) - since).total_seconds())
        status, since = after, at
    return {
        "requester_wait_seconds": passed["new"] + passed["open"] + passed["on_hold"],
        "agent_wait_seconds": passed["pending"],
        "agent_work_seconds": passed["new"] + passed["open"],
        "on_hold_seconds": passed["on_hold"],
    }
