"""Who reached us, how often, and about what, told by plain Python over calls and cases."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from engine.case_oracle import role, survivor, told, turned

DAY, WEEK = timedelta(days=1), timedelta(days=7)
ENDED = {"answered", "abandoned", "timeout", "key_exit", "empty_exit", "withdrawn"}
ENDED |= {"refused_full", "refused_empty", "ivr_abandoned", "callback_requested", "voicemail"}
ENDED |= {"failed"}


def only(values):
    """Return the one value that there is besides None; None if there are several."""
    known = {value for value in values if value is not None}
    return known.pop() if len(known) == 1 else None


def first(values):
    return next((value for value in values if value is not None), None)


def written(at):
    """Write an instant as the engine does, without noughts at the end of a second's part."""
    return f"{at}".rstrip("0") if at.microsecond else f"{at}"


@dataclass
class World:
    """All rows of the lake."""

    calls: list
    cases: list
    messages: list
    events: list
    views: list

    @cached_property
    def by_key(self):
        return {(case["source"], case["case_id"]): case for case in self.cases}

    @cached_property
    def survivors(self):
        return {key: c for key, c in self.by_key.items() if c.get("merged_into") is None}

    def stands_for(self, source, case_id):
        """Return the case that counts for a case, itself or that into which it was merged."""
        key = survivor(self.by_key, source, case_id)
        return key if key in self.survivors else None

    @cached_property
    def until(self):
        last = {}
        for rows, *instants in (
            (self.calls, "entered_at", "ended_at"),
            (self.cases, "opened_at"),
            (self.messages, "sent_at"),
            (self.events, "at"),
        ):
            for row in rows:
                known = [row[name] for name in instants if row.get(name) is not None]
                last[row["source"]] = max(
                    [*known, *([last[row["source"]]] if row["source"] in last else [])]
                )
        return last

    @cached_property
    def logged(self):
        return {event["source"] for event in self.events}

    # --- cases ---------------------------------------------------------------------------------

    @cached_property
    def spoken(self):
        """The messages of each surviving case, with who wrote them."""
        found = {key: [] for key in self.survivors}
        for message in self.messages:
            key = self.stands_for(message["source"], message["case_id"])
            if key is not None:
                found[key].append((message, role(self.survivors[key], message)))
        return found

    @cached_property
    def histories(self):
        found = {}
        for key, case in self.survivors.items():
            own = [e for e in self.events if (e["source"], e["case_id"]) == key]
            own.sort(key=lambda e: (e["at"], e["event_id"]))
            found[key] = told(case, own, is_known=True) | {"last_solved_at": None, "turns": []}
            is_resolved = None
            for event in own:
                turn = turned(event)
                if turn is True and is_resolved is not True:
                    found[key]["last_solved_at"] = event["at"]
                    found[key]["turns"].append(event["at"])
                is_resolved = is_resolved if turn is None else turn
        return found

    def person_of(self, key):
        case = self.survivors[key]
        named = {m.get("customer_id") for m, who in self.spoken[key] if who == "customer"}
        return case.get("customer_id") or only(named)

    def owner_of(self, key):
        return self.person_of(key) or ("case", *key)

    def written(self):
        """Return every written contact."""
        for key, case in self.survivors.items():
            touches = [
                (m["sent_at"], who == "customer", m.get("channel"), m.get("language"), False)
                for m, who in self.spoken[key]
                if who in {"customer", "bot"}
                or (who == "agent" and m.get("is_public") is not False)
            ]
            if not any(is_customer for _, is_customer, *_ in touches):
                touches += [
                    (
                        c["opened_at"],
                        True,
                        c.get("channel"),
                        c.get("language"),
                        not c.get("opened_by_kind"),
                    )
                    for other, c in self.by_key.items()
                    if self.stands_for(*other) == key
                    and c.get("opened_by_kind") in {None, "customer"}
                ]
            touches.sort(
                key=lambda t: (
                    t[0],
                    not t[1],
                    t[2] is None,
                    t[2] or "",
                    t[3] is None,
                    t[3] or "",
                    t[4],
                )
            )
            last, wrote = None, False
            history = self.histories[key]
            for at, is_customer, channel, language, is_assumed in touches:
                if (
                    is_customer
                    and (not wrote or at - last > DAY)
                    and not (is_assumed and self.was_called(key, at))
                ):
                    yield {
                        "source": key[0],
                        "contact_id": f"case {key[1]} {written(at)}",
                        "owner": self.owner_of(key),
                        "person": self.person_of(key),
                        "case": key,
                        "case_id": key[1],
                        "channel": channel or case.get("channel"),
                        "queue": None,
                        "language": language or case.get("language"),
                        "topic": case.get("topic"),
                        "product": case.get("product"),
                        "team": history["team"],
                        "agent_id": history["agent_id"],
                        "began_at": at,
                        "ended_at": at,
                        "is_phone": False,
                        "is_reached": True,
                        "is_dialled": False,
                    }
                wrote = wrote or is_customer
                last = at

    def was_called(self, key, at):
        return any(
            c["case"] == key and at - DAY <= c["began_at"] <= at for c in self.phone_contacts
        )

    # --- calls ---------------------------------------------------------------------------------

    @cached_property
    def lines(self):
        """One for each call that came in."""
        found = []
        for leg in self.calls:
            if leg["leg"] != 1 or leg.get("direction") not in {None, "inbound"}:
                continue
            legs = [
                c
                for c in self.calls
                if (c["source"], c["call_id"]) == (leg["source"], leg["call_id"])
            ]
            legs.sort(key=lambda c: c["leg"])
            answered = [c for c in legs if c.get("outcome") == "answered"]
            ends = [c["ended_at"] for c in legs if c.get("ended_at") is not None]
            waited = leg.get("wait_seconds")
            ended = leg["entered_at"] + timedelta(seconds=waited or 0)
            line = {
                name: first(c.get(name) for c in legs)
                for name in ("customer_id", "topic", "product", "language", "case_id")
            }
            link = self.linked(leg["source"], line.pop("case_id"))
            person = link and self.person_of(link)
            found.append(
                line
                | {
                    "source": leg["source"],
                    "call_id": leg["call_id"],
                    "caller": leg.get("caller"),
                    "called_by": leg.get("caller") or leg.get("customer_id"),
                    "queue": leg.get("queue"),
                    "entered_at": leg["entered_at"],
                    "ended_at": max(ends, default=ended),
                    **{
                        name: leg.get(name)
                        if leg in answered
                        else first(c.get(name) for c in answered)
                        for name in ("team", "agent_id")
                    },
                    "link": link,
                    "named": person or line["customer_id"],
                    "is_answered": bool(answered),
                    "is_known": bool(answered) or all(c.get("outcome") in ENDED for c in legs),
                    "is_abandoned": not answered
                    and any(c.get("outcome") == "abandoned" for c in legs),
                    "is_dialled": leg.get("article_id") is not None,
                }
            )
        found.sort(key=lambda line: (line["entered_at"], line["source"], line["call_id"]))
        return found

    def linked(self, source, case_id):
        if case_id is None:
            return None
        own = self.stands_for(source, case_id)
        if own is not None:
            return own
        others = [
            key for key in self.by_key if key[1] == case_id and self.stands_for(*key) is not None
        ]
        return self.stands_for(*others[0]) if len(others) == 1 else None

    @cached_property
    def attempts(self):
        """The known calls of each caller, cut into episodes."""
        by_caller = {}
        for number, line in enumerate(self.lines):
            if line["is_known"]:
                by_caller.setdefault(line["called_by"] or ("call", number), []).append(line)
        found = []
        for lines in by_caller.values():
            for i, line in enumerate(lines):
                if i and line["entered_at"] - lines[i - 1]["entered_at"] <= DAY:
                    found[-1].append(line)
                else:
                    found.append([line])
        return found

    @cached_property
    def phone_contacts(self):
        found = []
        for episode in self.attempts:
            parts = [[]]
            for line in episode:
                parts[-1].append(line)
                if line["is_answered"]:
                    parts.append([])
            whole = only(line["named"] for line in episode)
            found += [self.phone_contact(part, whole) for part in parts if part]
        return found

    def phone_contact(self, part, whole):
        backwards = part[::-1]
        link = first(line["link"] for line in backwards)
        case = self.survivors[link] if link else {}
        person = first(line["named"] for line in backwards) or whole or part[0]["caller"]
        at = part[0]["source"], part[0]["call_id"]
        return {
            "source": part[0]["source"],
            "contact_id": f"call {part[0]['call_id']}",
            "owner": self.owner_of(link) if link else person or ("call", *at),
            "person": self.person_of(link) if link else person,
            "case": link,
            "case_id": link[1] if link else None,
            "channel": "phone",
            "queue": first(line["queue"] for line in backwards),
            "topic": case.get("topic") if link else first(line["topic"] for line in backwards),
            "product": case.get("product") or first(line["product"] for line in backwards),
            "language": first(line["language"] for line in backwards),
            "team": first(line["team"] for line in backwards),
            "agent_id": first(line["agent_id"] for line in backwards),
            "began_at": part[0]["entered_at"],
            "ended_at": max(line["ended_at"] for line in part),
            "is_phone": True,
            "is_reached": any(line["is_answered"] for line in part),
            "is_dialled": any(line["is_dialled"] for line in part),
        }

    # --- facts ---------------------------------------------------------------------------------

    @cached_property
    def all_contacts(self):
        found = [*self.written(), *self.phone_contacts]
        found.sort(key=lambda c: (c["began_at"], c["source"], c["contact_id"]))
        return found

    def state(self, key):
        """Is a case solved? None where nobody tells."""
        is_resolved = self.histories[key]["is_resolved"]
        return False if is_resolved is None and key[0] in self.logged else is_resolved

    def contacts(self):
        readers = {view["customer_id"] for view in self.views} - {None}
        found = {}
        for i, c in enumerate(self.all_contacts):
            same = [
                other
                for other in self.all_contacts[i + 1 :]
                if (other["owner"], other["topic"]) == (c["owner"], c["topic"])
            ]
            after = same[0]["began_at"] if same else None
            came_back = None
            if c["person"] is not None:
                came_back = after is not None and after - c["began_at"] <= WEEK
            read = c["is_dialled"] or any(
                view["customer_id"] == c["person"]
                and c["began_at"] - DAY <= view["opened_at"] <= c["began_at"]
                for view in self.views
                if c["person"] is not None
            )
            found[c["source"], c["contact_id"]] = {
                name: c[name]
                for name in (
                    *("case_id", "channel", "queue", "topic", "product", "language", "team"),
                    *("agent_id", "began_at", "ended_at", "is_reached"),
                )
            } | {
                "customer_id": c["person"],
                "is_resolved": self.state(c["case"]) if c["case"] else c["is_reached"],
                "next_contact_at": after,
                "came_back": came_back,
                "window_ends_at": c["began_at"] + WEEK,
                "known_until": self.until[c["source"]],
                "article_read_before": True
                if read
                else (False if c["person"] is not None and readers else None),
            }
        return found

    def issues(self):
        """Return every issue. Matters are joined one to another until nothing joins any more."""
        matters = {}
        for key, case in self.survivors.items():
            ends = [case["opened_at"]]
            if self.histories[key]["is_resolved"]:
                ends.append(self.histories[key]["last_solved_at"])
            matters["case", *key] = [
                self.owner_of(key),
                case.get("topic"),
                [key],
                [],
                case["opened_at"],
                max(ends),
            ]
        for c in self.all_contacts:
            name = ("case", *c["case"]) if c["case"] else ("call", c["source"], c["contact_id"])
            matter = matters.setdefault(
                name, [c["owner"], c["topic"], [], [], c["began_at"], c["began_at"]]
            )
            matter[3].append(c)
            matter[4], matter[5] = min(matter[4], c["began_at"]), max(matter[5], c["began_at"])
        groups = [{name} for name in matters]
        joined = True
        while joined:
            joined = False
            for i, one in enumerate(groups):
                for other in groups[i + 1 :]:
                    if any(near(matters[a], matters[b]) for a in one for b in other):
                        one.update(other)
                        groups.remove(other)
                        joined = True
                        break
                if joined:
                    break
        found = {}
        for group in groups:
            members = [matters[name] for name in group]
            _, issue_id = self.begun(min(members, key=self.begun))
            found[self.first_source(members), issue_id] = self.issue(members)
        return found

    def issue(self, group):
        cases = [key for matter in group for key in matter[2]]
        contacts = [c for matter in group for c in matter[3]]
        contacts.sort(key=lambda c: (c["began_at"], c["source"], c["contact_id"]))
        reached = [c for c in contacts if c["is_reached"]]
        lost = [c for c in contacts if not c["is_reached"]]
        open_cases = [key for key in cases if not self.histories[key]["is_resolved"]]
        by_case = [self.histories[key]["last_solved_at"] for key in cases if key not in open_cases]
        by_call = [c["ended_at"] for c in reached if c["is_phone"] and not c["case"]]
        solved_at = max([*by_case, *by_call], default=None)
        is_lost = solved_at is not None and any(c["began_at"] > solved_at for c in lost)
        if open_cases or is_lost:
            solved_at = None
        ends = max([matter[5] for matter in group] + ([solved_at] if solved_at else [])) + WEEK
        begins = min(matter[4] for matter in group)
        source = self.first_source(group)
        person = first([*(self.person_of(key) for key in cases), *(c["person"] for c in contacts)])
        if open_cases:
            is_solved = False if any(key[0] in self.logged for key in open_cases) else None
        elif solved_at is None:
            is_solved = False
        elif by_call and max(by_call) > max(by_case, default=begins - WEEK):
            is_settled = person is not None and self.until[source] >= ends
            is_solved = True if is_settled else None
        else:
            is_solved = True
        up_to = [c for c in reached if is_solved and c["began_at"] <= solved_at]
        is_one = len(reached) == 1 and not any(c["began_at"] > reached[0]["began_at"] for c in lost)
        stayed = all(self.histories[key]["reopens"] == 0 for key in cases)
        return {
            "customer_id": person,
            "topic": group[0][1],
            "product": first(self.product(m) for m in sorted(group, key=self.begun)),
            "channel": first(c["channel"] for c in contacts),
            "language": first(c["language"] for c in contacts),
            "team": first(c["team"] for c in reached[::-1]),
            "agent_id": first(c["agent_id"] for c in reached[::-1]),
            "opened_at": begins,
            "last_contact_at": contacts[-1]["began_at"] if contacts else None,
            "solved_at": solved_at if is_solved else None,
            "window_ends_at": ends,
            "known_until": self.until[source],
            "is_solved": is_solved,
            "is_first_contact_resolved": None
            if person is None
            else both(is_solved, is_one and stayed),
            "cases": len(cases),
            "contacts": len(reached),
            "calls": sum(c["is_phone"] for c in reached),
            "channels": len({c["channel"] for c in contacts} - {None}),
            "contacts_to_resolution": len(up_to) if is_solved else None,
            "calls_to_resolution": sum(c["is_phone"] for c in up_to) if is_solved else None,
        }

    @staticmethod
    def begun(matter):
        """Order matters by when they began, those of the same instant by name."""
        if matter[2]:
            return matter[4], f"case:{matter[2][0][0]} {matter[2][0][1]}"
        (contact,) = matter[3]
        number = contact["contact_id"].removeprefix("call ")
        return matter[4], f"call:{contact['source']} {number}"

    def first_source(self, group):
        earliest = min(group, key=self.begun)
        return earliest[2][0][0] if earliest[2] else earliest[3][0]["source"]

    def product(self, matter):
        if matter[2]:
            return self.survivors[matter[2][0]].get("product")
        return matter[3][0]["product"]

    def after_cases(self):
        """Return for each case what the other cases and contacts of its customer tell."""
        found = {}
        for key, case in self.survivors.items():
            owner, topic, history = self.owner_of(key), case.get("topic"), self.histories[key]
            same = [
                other
                for other, row in self.survivors.items()
                if (self.owner_of(other), row.get("topic")) == (owner, topic)
            ]
            theirs = [
                c["began_at"]
                for c in self.all_contacts
                if (c["owner"], c["topic"]) == (owner, topic)
            ]
            solved, last = history["first_solved_at"], history["solved_at"]
            opened = {other: self.opened(other) for other in same}
            found[key] = {
                "customer_id": self.person_of(key),
                "next_case_at": min(
                    (at for at in opened.values() if solved and at > solved), default=None
                ),
                "previous_solved_at": max(
                    (
                        at
                        for other in same
                        if (at := self.histories[other]["first_solved_at"]) and at < opened[key]
                    ),
                    default=None,
                ),
                "next_contact_at": min((at for at in theirs if last and at > last), default=None),
                "next_message_at": min(
                    (
                        m["sent_at"]
                        for m, who in self.spoken[key]
                        if who == "customer" and last and m["sent_at"] > last
                    ),
                    default=None,
                ),
            }
        return found

    def opened(self, key):
        solved = self.histories[key]["first_solved_at"]
        opened = self.survivors[key]["opened_at"]
        return min(opened, solved) if solved else opened

    def episodes(self):
        found = {}
        for lines in self.attempts:
            fact = self.episode(lines)
            found[lines[0]["source"], lines[0]["call_id"]] = fact
        for line in self.lines:
            if not line["is_known"]:
                fact = self.episode([line])
                fact |= dict.fromkeys(
                    ("attempts", "attempts_to_reach", "is_reached", "is_abandoned", "abandoned_at")
                )
                fact |= {"outcome": None, "wrote_at": None, "customer_id": line["customer_id"]}
                fact |= {"team": None, "agent_id": None} if not line["is_answered"] else {}
                found[line["source"], line["call_id"]] = fact
        return found

    def episode(self, lines):
        is_known = lines[0]["called_by"] is not None
        places = [i for i, line in enumerate(lines) if line["is_answered"]]
        lost = [i for i, line in enumerate(lines) if line["is_abandoned"]]
        is_abandoned = bool(lost) and (not places or lost[0] < places[0])
        person = only(line["named"] for line in lines)
        caller = first(line["caller"] for line in lines)
        ends = lines[-1]["entered_at"] + DAY
        abandoned_at = lines[lost[0]]["ended_at"] if is_abandoned and is_known else None
        then = None
        if is_abandoned and is_known:
            whose = person or lines[0]["called_by"]
            then = self.then(bool(places), caller, whose, abandoned_at, ends)
        mark = f"call {lines[0]['call_id']}"
        (own,) = [
            c
            for c in self.phone_contacts
            if (c["source"], c["contact_id"]) == (lines[0]["source"], mark)
        ] or [None]
        return {
            "caller": caller,
            "customer_id": person,
            **{
                name: first(line[name] for line in lines)
                for name in ("queue", "topic", "product", "language")
            },
            "team": first(line["team"] for line in lines if line["is_answered"]),
            "agent_id": first(line["agent_id"] for line in lines if line["is_answered"]),
            "began_at": lines[0]["entered_at"],
            "last_entered_at": lines[-1]["entered_at"],
            "window_ends_at": ends,
            "known_until": self.until[lines[0]["source"]],
            "attempts": len(lines) if is_known else None,
            "attempts_to_reach": places[0] + 1 if places and is_known else None,
            "is_reached": bool(places) if is_known else None,
            "is_abandoned": is_abandoned if is_known else None,
            "abandoned_at": abandoned_at,
            "outcome": then,
            "wrote_at": self.wrote(own) if own else None,
        }

    def wrote(self, contact):
        place = self.all_contacts.index(contact)
        return first(
            c["began_at"]
            for c in self.all_contacts[place + 1 :]
            if not c["is_phone"] and c["owner"] == contact["owner"]
        )

    def then(self, is_reached, caller, person, since, until):
        if is_reached:
            return "reached_later"
        for call in self.calls:
            if (
                call.get("direction") in {"outbound", "callback"}
                and call.get("outcome") == "answered"
                and since < call["entered_at"] <= until
                and (
                    (caller is not None and call.get("caller") == caller)
                    or call.get("customer_id") == person
                )
            ):
                return "called_back"
        for key in self.survivors:
            if self.person_of(key) != person:
                continue
            helped = [
                m["sent_at"]
                for m, who in self.spoken[key]
                if who == "agent" and m.get("is_public") is not False
            ]
            if any(since < at <= until for at in [*helped, *self.histories[key]["turns"]]):
                return "solved_otherwise"
        return "still_open"


def both(left, right):
    """And, where an unknown side decides nothing that the other has decided."""
    if left is False or right is False:
        return False
    return None if None in {left, right} else True


def near(one, other):
    """Do two matters of the same owner and topic touch, or follow within a week?"""
    if one[:2] != other[:2]:
        return False
    (first_one, second) = sorted((one, other), key=lambda matter: matter[4])
    return second[4] - first_one[5] <= WEEK
