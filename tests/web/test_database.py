"""The application's state is in the database that the environment names."""

import os

import pytest
from django.db import connection


@pytest.mark.django_db
def test_these_tests_run_on_the_database_that_was_asked_for():
    wanted = os.environ.get("DATABASE_URL", "sqlite:").partition(":")[0]
    assert connection.vendor == wanted
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from people_person")
        assert cursor.fetchone() == (0,)
