"""A company that is made up, and four people who may see different parts of it."""

import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client, override_settings
from programs import showing, shown

from hearwell.engine.fact_build import build_facts
from hearwell.jobs.simulate import simulate
from hearwell.lake.lake import create
from hearwell.web import lakes
from hearwell.web.people.person import Person, Role
from hearwell.web.people.token import Scope


@pytest.fixture(scope="session")
def company():
    """Give the folder of a lake with all that a small company has, made once for a run."""
    path = Path(settings.ENVIRONMENT.lake)
    with create(path, "Europe/Minsk") as lake:
        simulate(lake, size=60, seed=3, days=60)
        build_facts(lake)
    yield path
    lakes.POOL.close()
    shutil.rmtree(path.parent, ignore_errors=True)


@pytest.fixture
def people(db):
    """Give Alice who may do everything, Bob who leads, Carol of one team, and Dave of none."""
    cache.clear()  # they have asked nothing yet, whatever others of the same numbers did
    make = Person.objects.create_user
    return {
        "alice": make("alice@example.org", "a", name="Alice", role=Role.ADMINISTRATOR),
        "bob": make("bob@example.org", "b", name="Bob", role=Role.LEAD),
        "carol": make(
            "carol@example.org",
            "c",
            name="Carol",
            role=Role.VIEWER,
            sees_all_teams=False,
            teams=["billing phone"],
        ),
        "dave": make(
            "dave@example.org", "d", name="Dave", role=Role.VIEWER, sees_all_teams=False, teams=[]
        ),
    }


@pytest.fixture
def program(people):
    """Give a program that shows a token of somebody's."""
    return lambda name, scope=Scope.READ: showing(shown(people, name, scope)[1])


@pytest.fixture
def signed_in(people):
    """Give a browser in which somebody is signed in."""

    def client(name):
        found = Client()
        # Django signs in here with a request that comes from nowhere.
        with override_settings(AXES_CLIENT_IP_CALLABLE=lambda _: "127.0.0.1"):
            found.force_login(people[name], backend=settings.AUTHENTICATION_BACKENDS[-1])
        return found

    return client
