"""A simulated company with something planted, made once for all tests of insights."""

import pytest

from hearwell.jobs.bring_in import bring_in
from hearwell.jobs.simulate import simulate
from hearwell.lake.lake import create
from hearwell.records.event import Event
from hearwell.sources.file.mapping import Mapping

EFFECTS = ("bad_release", "deal_breaker")
EVENTS = """\
event_id,kind,title,started_at,ended_at,dimension,value
camera-2.1,release,Camera 2.1,2026-03-27 09:00,,product,camera
lamp-7,release,Lamp 7,2026-03-27 09:00,,product,lamp
sale,campaign,Winter sale,2026-02-10 08:00,2026-02-17 08:00,,
"""


@pytest.fixture(scope="session")
def company(tmp_path_factory):
    """4,000 customers for 240 days; from day 144 on a product is bad, and refunds make leave."""
    folder = tmp_path_factory.mktemp("company")
    told = folder / "events.csv"
    told.write_text(EVENTS)
    names = EVENTS.partition("\n")[0].split(",")
    columns = "\n".join(f'{name} = "{name}"' for name in names)
    mapping = f'record = "event"\nsource = "calendar"\nzone = "UTC"\n[columns]\n{columns}'
    with create(folder / "lake") as lake:
        simulate(lake, 4_000, 11, days=240, effects=EFFECTS)
        bring_in(lake, told, Event, Mapping.parse(mapping, "map.toml"))
        yield lake
