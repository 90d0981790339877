"""What the small lake of these tests holds: all that makes a page go wrong."""

from hearwell.engine.question import Asked
from hearwell.metrics.catalog import METRICS

HOSTILE = '</table><script src="https://evil.example/x.js">alert(1)</script>&amp;"'
URDU = "بلنگ کی قطار"
SMALL = "night"

CALLS = f"""
select 'pbx' as source, timestamp '2026-06-01' as received_at, i::varchar as call_id,
    1::bigint as leg, 'inbound' as direction,
    case when i in (100, 700) then '{SMALL}' when i % 7 = 0 then '{HOSTILE}'
        when i % 7 < 3 then '{URDU}' when i % 7 = 3 then null else 'support' end as queue,
    timestamp '2026-01-05 09:00' + to_hours(3 * i::bigint) as entered_at,
    (i % 37)::double as wait_seconds, (i % 5)::double as hold_seconds,
    if(i % 5 = 0, 'abandoned', 'answered') as outcome
from range(900) as t(i) where i not between 300 and 411
"""
SURVEYS = """
select 'form' as source, timestamp '2026-06-01' as received_at, i::varchar as survey_id,
    'csat' as instrument, 'answered' as status, 1::double as scale_low, 5::double as scale_high,
    timestamp '2026-03-01 09:00' + to_hours(i::bigint) as sent_at,
    timestamp '2026-03-01 09:00' + to_hours(i::bigint) as answered_at,
    (1 + i % 5)::double as answer, 'topic ' || i % 3 as topic
from range(300) as t(i)
"""
LEVEL = Asked(METRICS["service_level"], "SL3")
VOLUME = Asked(METRICS["call_volume"], "calls")
ABANDONED = Asked(METRICS["abandonment_rate"], "all")
SATISFIED = Asked(METRICS["customer_satisfaction"], "satisfied")
SOME = (LEVEL, VOLUME, ABANDONED, SATISFIED)
PERIOD = {"begins": "2026-01-05", "ends": "2026-04-26", "compare": "previous"}
