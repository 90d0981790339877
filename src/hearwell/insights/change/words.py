"""A change in words: itself first, then what moved it most."""

from collections.abc import Iterator
from dataclasses import asdict, replace

from hearwell.evidence import sentence as told
from hearwell.evidence.finding import Finding, size_of
from hearwell.evidence.sentence import gettext_noop, sentence
from hearwell.insights.change.part import Amount, Change, Part, Together, known
from hearwell.metrics.metric import Better

MOST_FINDINGS = 7
NOTABLE = 0.1
"""A group that makes up less than this part of what moved is not worth a sentence."""

ROSE = gettext_noop("{metric} rose from {before} to {now} (change {low} to {high}).")
FELL = gettext_noop("{metric} fell from {before} to {now} (change {low} to {high}).")
STAYED = gettext_noop(
    "{metric} went from {before} to {now}, which is no more than chance gives ({low} to {high})."
)
BETTER_EVERYWHERE = gettext_noop(
    "{metric} improved in every {dimension}, and yet got worse overall: more came through {group} "
    "({share_before} of all before, {share_now} now), where it is {value}."
)
WORSE_EVERYWHERE = gettext_noop(
    "{metric} got worse in every {dimension}, and yet improved overall: more came through {group} "
    "({share_before} of all before, {share_now} now), where it is {value}."
)
MORE_OF = gettext_noop(
    "More came through {group}: {share_before} of all before, {share_now} now. {metric} is {value} "
    "there, and that alone moves it by {amount} ({low} to {high}) overall."
)
LESS_OF = gettext_noop(
    "Fewer came through {group}: {share_before} of all before, {share_now} now. {metric} is "
    "{value} there, and that alone moves it by {amount} ({low} to {high}) overall."
)
DIFFERENT_IN = gettext_noop(
    "In {group} {metric} went from {before} to {now}, unlike elsewhere. That alone moves it by "
    "{amount} ({low} to {high}) overall."
)
BY_MIX = gettext_noop(
    "Another mix of {dimension}, with everything else that was looked at held the same, moves "
    "{metric} by {amount} ({low} to {high})."
)


def findings(found: Change, better: Better) -> Iterator[Finding]:
    """Return what is worth saying: the change itself first, then what moved it most."""
    yield whole(found)
    level = 1 - found.question.level
    others = [one_way(found, each, better) for each in found.together]
    others += [
        of_part(found, part)
        for part in found.parts
        if part.believed and abs(part.adds.amount) >= NOTABLE * moved_at_all(found, part.by)
    ]
    others += [
        by_mix(found, name, part) for name, part in found.explained.items() if part.p <= level
    ]
    known_ones = [each for each in others if each is not None]
    yield from sorted(known_ones, key=order)[: MOST_FINDINGS - 1]


def order(finding: Finding) -> tuple[bool, float]:
    """Sort what turns the whole story around before the rest, and that by weight."""
    return finding.kind != "change.one_way", -finding.weight


def moved_at_all(found: Change, by: tuple[str, ...]) -> float:
    """Return how much moved, one way or the other, of all that these dimensions tell."""
    return sum(abs(p.adds.amount) for p in found.parts if p.by == by[: len(p.by)])


def whole(found: Change) -> Finding:
    moved = found.moved
    template = (ROSE if moved.amount > 0 else FELL) if found.is_sure else STAYED
    return finding(
        found,
        "change.whole",
        template,
        moved,
        found.people,
        before=told.number(found.before, found.unit),
        now=told.number(found.now, found.unit),
    )


def of_part(found: Change, part: Part) -> Finding:
    """Say what one group adds."""
    values = {"group": told.group(part.by, part.group)}
    if part.what == "rate":
        values["before"] = told.number(part.before, found.unit)
        values["now"] = told.number(part.now, found.unit)
        return finding(found, "change.rate", DIFFERENT_IN, part.adds, part.people, part, **values)
    values |= shares(found, part)
    template = MORE_OF if part.share_now > part.share_before else LESS_OF
    return finding(found, "change.mix", template, part.adds, part.people, part, **values)


def shares(found: Change, part: Part) -> dict[str, told.Value]:
    there = part.now if part.share_now > 0 else part.before
    return {
        "share_before": told.share(part.share_before),
        "share_now": told.share(part.share_now),
        "value": told.number(there, found.unit),
    }


def one_way(found: Change, together: Together, better: Better) -> Finding | None:
    """Say it where all groups moved one way and the whole the other (Simpson's paradox)."""
    level = 1 - found.question.level
    moved, rate = found.moved, together.rate
    is_turned = rate.amount * moved.amount < 0 and max(rate.p, moved.p) <= level
    if better is Better.IN_RANGE or not (is_turned and together.is_one_way):
        return None
    grew = [
        part
        for part in found.parts
        if part.by == together.by
        and part.what == "mix"
        and part.share_now > part.share_before
        and part.adds.amount * moved.amount > 0
    ]
    if not grew:
        return None
    part = max(grew, key=lambda each: abs(each.adds.amount))
    improved = (rate.amount > 0) == (better is Better.HIGHER)
    return finding(
        found,
        "change.one_way",
        BETTER_EVERYWHERE if improved else WORSE_EVERYWHERE,
        together.mix,
        found.people,
        part,
        dimension=told.dimension(together.by[-1]),
        group=told.group(part.by, part.group),
        **shares(found, part),
    )


def by_mix(found: Change, name: str, part: Amount) -> Finding:
    dimension = told.dimension(name)
    return finding(found, "change.explained", BY_MIX, part, found.people, dimension=dimension)


def finding(  # noqa: PLR0913, PLR0917  all that a finding is made of
    found: Change,
    kind: str,
    template: str,
    adds: Amount,
    who: int,
    part: Part | None = None,
    **values: told.Value,
) -> Finding:
    """Make a finding; its template is filled with what all of them tell."""
    unit, asked = found.unit, found.question.asked[0]
    usual = {
        "metric": told.metric(asked),
        "amount": told.difference(adds.amount, unit),
        "low": told.difference(adds.low, unit),
        "high": told.difference(adds.high, unit),
    }
    opens = found.question
    if part is not None:
        where = tuple((n, v or "") for n, v in zip(part.by, part.group, strict=True))
        is_whole = told.OTHERS not in part.group
        opens = replace(opens, by=(), where=(*opens.where, *where)) if is_whole else opens
    return Finding(
        kind,
        sentence(template, **{n: v for n, v in (usual | values).items() if f"{{{n}}}" in template}),
        sure=1 - (adds if part is None else part.beyond).p,
        people=who,
        size=size_of(adds.amount, unit, found.before),
        evidence=asdict(adds) | ({} if part is None else known(asdict(part))),
        opens=opens,
    )
