"""Queries are written once for the same question, and never for another."""

from engine.tables import cells, holding, utc

from hearwell.engine.written import Written


def test_the_last_used_is_the_last_to_go():
    written, times = Written(most=2), []
    for name in ("a", "b", "a", "c", "a", "b"):
        assert written.get(name, lambda name=name: times.append(name) or name) == name
    assert times == ["a", "b", "c", "b"]


def test_another_period_or_setting_is_another_question(lake):
    """Asked by day of January, by day of February, and by week that begins on Sunday."""
    rows = [
        {"call_id": day, "leg": 1, "entered_at": utc(day), "outcome": "answered"}
        for day in ("2026-01-04", "2026-02-01", "2026-02-02")
    ]
    held = holding(lake, call=rows)

    def volume(held, **asked):
        return [each["value"] for each in cells(held, "call_volume", **asked)]

    assert volume(held, begins="2026-01-01", ends="2026-01-31") == [1]
    assert volume(held, begins="2026-02-01", ends="2026-02-28") == [2]
    assert volume(held, grain="week") == [1, 1, 1]
    sunday = lake.settings.model_copy(update={"week_starts_on": "sunday"})
    assert volume(holding(lake, sunday, call=rows), grain="week") == [1, 2]
