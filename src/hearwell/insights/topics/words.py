"""What topics tell, in sentences."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from hearwell.evidence import sentence as told
from hearwell.evidence.finding import Finding, size_of
from hearwell.evidence.sentence import gettext_noop, sentence

if TYPE_CHECKING:
    from hearwell.insights.topics.explain import Topics

MOST = 3
"""So many phrases have a sentence."""

SAYS: Mapping[str, str] = {
    "low-high": gettext_noop(
        "Who is behind the worse answers to {metric} writes “{phrase}” more often: {first} of "
        "them, and {second} of the others."
    ),
    "before-after": gettext_noop(
        "“{phrase}” is written more often than before: by {first} of those who wrote, before by "
        "{second}."
    ),
    "group": gettext_noop(
        "“{phrase}” is written more often of {group}: by {first} of those who wrote, of the rest "
        "by {second}."
    ),
    "left-stayed": gettext_noop(
        "Satisfied customers who left had written “{phrase}” more often: {first} of them, and "
        "{second} of those who stayed."
    ),
}
NONE = gettext_noop("No phrase tells the two sides apart beyond chance; texts looked at: {texts}.")
OF_TOPIC = gettext_noop(
    "Of those who wrote, {share} speak of {topic}: their {metric} is {value}, that of the others "
    "{rest}; the difference is {gap} ({low} to {high})."
)
PART = gettext_noop("Of all who wrote, {part} were drawn at random and looked at.")


def findings(found: "Topics") -> Iterator[Finding]:
    """Return what is sure of the phrases of the first side, and of topics."""
    notes = (sentence(PART, part=told.share(found.part)),) if found.part < 1 else ()
    metric = told.metric(found.question.asked[0])
    sure = [each.of for each in found.phrases if each.of.is_sure]
    for each in [each for each in sure if each.z > 0][:MOST]:
        first, second = each.first / each.first_of, each.second / max(each.second_of, 1)
        values = {
            "metric": metric,
            "phrase": told.word(each.phrase),
            "first": told.share(first),
            "second": told.share(second),
        }
        if found.group is not None:
            values["group"] = told.group(found.group[:1], found.group[1:])
        template = SAYS[found.kind]
        yield Finding(
            "topics.phrase",
            sentence(template, **{n: v for n, v in values.items() if f"{{{n}}}" in template}),
            sure=1 - each.p,
            people=each.first,
            size=abs(first - second),
            evidence={"phrase": each.phrase, "also": list(each.also), "z": each.z},
            notes=notes,
            opens=found.question,
        )
    if not sure:
        yield Finding(
            "topics.none",
            sentence(NONE, texts=told.count(found.texts)),
            sure=0.0,
            people=found.people,
            size=0.0,
            notes=notes,
            opens=found.question,
        )
    unit = found.unit
    for topic in found.topics:
        if topic.is_sure:
            yield Finding(
                "topics.topic",
                sentence(
                    OF_TOPIC,
                    share=told.share(topic.share),
                    topic=told.word(topic.topic),
                    metric=metric,
                    value=told.number(topic.value, unit),
                    rest=told.number(topic.rest, unit),
                    gap=told.difference(topic.gap, unit),
                    low=told.difference(topic.low, unit),
                    high=told.difference(topic.high, unit),
                ),
                sure=1 - topic.p,
                people=topic.people,
                size=size_of(topic.gap, unit, topic.rest),
                evidence=topic.as_json(),
                notes=notes,
                opens=found.question,
            )
