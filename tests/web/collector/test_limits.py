"""Limits let through what they say, and remember nobody for longer than it matters."""

import random

from hearwell.web.collector.limits import Bucket


def test_it_lets_through_as_much_as_a_count_by_hand():
    bucket, rng = Bucket(per_second=2, at_once=10), random.Random(5)
    by_hand, now = {}, 0.0
    for _ in range(3000):
        now += rng.choice([0, 0.1, 1, 3])
        who, count = rng.choice("abc"), rng.randint(1, 6)
        left, at = by_hand.get(who, (10, now))
        left = min(10, left + 2 * (now - at))
        may = left >= count
        by_hand[who] = (left - count if may else left, now)
        assert (bucket.take(who, count, now) == 0) == may


def test_who_is_told_to_wait_is_let_through_after_that():
    bucket = Bucket(per_second=5, at_once=120)
    assert bucket.take("a", 120, 0) == 0
    wait = bucket.take("a", 50, 1)
    assert wait == 9
    assert bucket.take("a", 50, 1 + wait) == 0


def test_those_who_came_long_ago_are_forgotten():
    bucket = Bucket(per_second=5, at_once=120)
    for number in range(50_000):
        bucket.take(str(number), 1, number / 100)
    assert len(bucket.left) < 100 * 120 / 5 + 10
    bucket = Bucket(per_second=5, at_once=120, most_kept=1000)
    for number in range(5000):
        bucket.take(str(number), 1, 0)
    assert len(bucket.left) == 1000
