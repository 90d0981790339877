"""Pages are there for those who may see them, and for nobody else."""

import pytest


@pytest.mark.django_db
def test_strangers_are_asked_to_sign_in(client):
    answer = client.get("/")
    assert answer.status_code == 302
    assert answer.url.startswith("/account/login/?next=")


def test_a_viewer_sees_the_scorecard(company, signed_in):
    page = signed_in("bob").get("/").content.decode()
    assert "How are we doing?" in page
    assert "Do they wait?" in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("Content-Security-Policy", "script-src 'self'"),
        ("Content-Security-Policy", "default-src 'none'"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Cache-Control", "no-store"),
    ],
)
def test_every_page_is_guarded(client, header, part):
    assert part in client.get("/account/login/").headers[header]
