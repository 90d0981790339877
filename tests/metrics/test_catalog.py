"""Every metric says all that a reader must know of it, and reads only what its record has."""

import re
from collections import Counter

import ibis.expr.operations as ops
import pytest

from hearwell.metrics.catalog import METRICS
from hearwell.metrics.estimator import Distinct, Estimator, Stock, Total
from hearwell.metrics.metric import Better, Question, Unit
from hearwell.metrics.part import count
from hearwell.records import RECORDS

BY_NAME = [pytest.param(metric, id=name) for name, metric in METRICS.items()]
VARIANTS = [
    pytest.param(metric, variant, id=f"{name}-{variant}")
    for name, metric in METRICS.items()
    for variant in metric.variants()
]


def expressions(estimator: Estimator):
    """Give all that is computed of a row: what is summed, of which rows, and who is left out."""
    parts = [*estimator.parts().values(), count(estimator.among)]
    parts += [count(rows) for rows in estimator.left_out.values()]
    spread = estimator.spread()
    if spread is not None:
        parts += [count(rows, spread.of) for rows in spread.kinds.values()]
    for part in parts:
        yield part.where
        if part.of is not None:
            yield part.of


@pytest.mark.parametrize("metric", BY_NAME)
def test_a_metric_says_what_it_is(metric):
    """Meaning in a sentence, source, who is credited, and the question that it answers."""
    first, *_ = metric.meaning.splitlines()
    assert re.search(r"^[A-Z].*[.?]$", first)
    assert metric.meaning.rstrip().endswith((".", "?"))
    assert metric.source.strip()
    assert metric.credits.strip()
    assert isinstance(metric.unit, Unit)
    assert isinstance(metric.better, Better)
    assert isinstance(metric.question, Question)
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", metric.name)


@pytest.mark.parametrize(("metric", "variant"), VARIANTS)
def test_a_number_is_a_count_only_where_things_are_counted(metric, variant):
    """A mean of 1.4 calls is no count: it would show as 1, and groups do not add up to it."""
    told = metric.variants()[variant]
    is_count = (told.unit or metric.unit) is Unit.COUNT
    assert is_count == isinstance(told.estimator, Total | Stock | Distinct)


@pytest.mark.parametrize("metric", BY_NAME)
def test_a_guardrail_is_another_metric(metric):
    """A metric has a partner that must not get worse for it, and it is not its own."""
    assert metric.guardrail in METRICS
    assert metric.guardrail != metric.name


@pytest.mark.parametrize(("metric", "variant"), VARIANTS)
def test_a_metric_is_dated_by_instants_of_its_record(metric, variant):
    """The date that says to which period a row belongs is an instant that the record has."""
    columns = metric.record.columns()
    dated_by = metric.variants()[variant].dated_by or metric.dated_by
    for name in dated_by.split(" or "):
        assert columns[name].role == "instant"
        assert name != "received_at"  # never by the time at which a row was brought in


@pytest.mark.parametrize(("metric", "variant"), VARIANTS)
def test_a_variant_reads_only_columns_of_its_record(metric, variant):
    """What is summed, among which rows, and who is left out: all are columns of the record."""
    read = {
        field.name
        for each in expressions(metric.variants()[variant].estimator)
        for field in each.op().find(ops.Field)
    }
    assert read
    assert read <= set(metric.record.columns())


@pytest.mark.parametrize(("metric", "variant"), VARIANTS)
def test_a_variant_has_a_name_and_a_meaning(metric, variant):
    """Named in lower case or as a published service level, and told in a phrase of its own."""
    assert re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*|SL[1-5]", variant)
    meanings = Counter(each.meaning for each in metric.variants().values())
    meaning = metric.variants()[variant].meaning
    assert meaning.strip()
    assert not meaning.endswith(".")
    assert meanings[meaning] == 1


@pytest.mark.parametrize(("metric", "variant"), VARIANTS)
def test_a_variant_counts_the_rows_that_it_rests_on(metric, variant):
    """Every estimator has the part n, and reasons for leaving out that are words."""
    estimator = metric.variants()[variant].estimator
    assert estimator.parts()["n"].how == "count"
    assert all(re.fullmatch(r"[a-z][\w ,-]+", reason) for reason in estimator.left_out)
    assert "not known" not in estimator.left_out  # that is what is left of the others


def test_a_name_or_label_means_one_thing():
    """Nobody who asks for CSAT, AHT or SL gets anything but one metric."""
    called = Counter(list(METRICS))
    for metric in METRICS.values():
        called.update(label.lower() for label in metric.labels)
        for variant in metric.variants().values():
            called.update(label.lower() for label in variant.labels)
    assert [name for name, times in called.items() if times > 1] == []


def test_the_names_of_the_catalogue_are_those_of_the_metrics():
    """A metric is found under its own name."""
    assert all(name == metric.name for name, metric in METRICS.items())


@pytest.mark.parametrize("metric", BY_NAME)
def test_a_metric_is_counted_over_a_table(metric):
    """It reads a record of the lake, or a fact that is made of records under a name of its own."""
    table = metric.record.table_name
    assert RECORDS.get(table, metric.record) is metric.record
    assert metric.record.dimensions()
