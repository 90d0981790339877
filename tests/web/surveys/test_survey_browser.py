"""Answering in a real browser (Chromium): by keyboard, without scripts, with the line cut."""

import os

import pytest
from running import CHROMIUM, FLAGS

from hearwell.language import LANGUAGES
from hearwell.web.surveys import link
from hearwell.web.surveys.invitation import Answer, Invitation

playwright = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")
pytestmark = [
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture(scope="module")
def chromium():
    # Playwright has a loop of its own in this thread, in which Django would refuse its database.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_by_keyboard_without_scripts(chromium, live_server, invitation, language):
    context = chromium.new_context(
        java_script_enabled=False, viewport={"width": 360, "height": 740}
    )
    page = context.new_page()
    page.goto(live_server.url + link.of_invitation(invitation).path + f"?lang={language}")
    page.wait_for_timeout(600)  # nobody reads quicker
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector("textarea")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.fill("textarea", "…")
    page.click("button")
    page.wait_for_selector(".kept")
    context.close()
    row = Invitation.objects.get()
    assert (row.answer, row.comment, row.status, row.like_machine) == (2, "…", "answered", False)


def test_what_was_answered_survives_a_line_that_is_cut(chromium, live_server, invitation):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(live_server.url + link.of_invitation(invitation).path)
    page.wait_for_timeout(600)
    page.check("[value='4']")
    context.set_offline(offline=True)
    page.click("button", no_wait_after=True)
    page.wait_for_timeout(500)
    assert not Answer.objects.exists()
    context.set_offline(offline=False)
    page.goto(live_server.url + link.of_invitation(invitation).path)
    page.wait_for_timeout(600)
    page.check("[value='4']")
    page.click("button")
    page.wait_for_selector("textarea")
    page.go_back()
    page.reload()
    context.close()
    assert [each.answer for each in Answer.objects.all()] == [4]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ur"])
def test_nothing_keeps_anybody_from_answering(chromium, live_server, invitation, language, scheme):
    context = chromium.new_context(color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    address = live_server.url + link.of_invitation(invitation).path
    for path in ("", "4/", "?stop=1"):
        mark = "&" if "?" in path else "?"
        page.goto(f"{address}{path}{mark}lang={language}")
        found = axe.Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
    context.close()
