"""Answering in a real browser (Chromium): by keyboard, without scripts, with the line cut."""

import os

import pytest
from django.utils import timezone
from running import CHROMIUM, FLAGS

from hearwell.language import LANGUAGES
from hearwell.web.collector.site import Site
from hearwell.web.surveys import link
from hearwell.web.surveys.design import Version
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
    page.wait_for_selector("[role=status] h1")
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


def opened(chromium, address, **more):
    page = chromium.new_context(java_script_enabled=False, **more).new_page()
    page.goto(address)
    page.wait_for_timeout(600)
    return page


@pytest.mark.parametrize(("language", "is_mirrored"), [("en", False), ("ur", True)])
def test_where_a_scale_begins_its_lowest_answer_is_named(
    chromium, live_server, anonymous, language, is_mirrored
):
    """From right to left the scale runs so, too; what each end means stands at that end."""
    path = link.of_programme(anonymous).path
    page = opened(chromium, f"{live_server.url}{path}?lang={language}")
    lowest, highest = (page.locator(f"label:has([value='{n}'])").bounding_box() for n in (0, 10))
    named = page.locator(".ends span")
    low, high = named.first.bounding_box(), named.last.bounding_box()
    assert named.first.inner_text().startswith("0 = ")
    assert named.last.inner_text().startswith("10 = ")
    assert (lowest["x"] > highest["x"]) == is_mirrored
    assert (low["x"] > high["x"]) == is_mirrored
    page.context.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_by_the_link_in_a_mail(chromium, live_server, invitation, language):
    path = f"{link.of_invitation(invitation).path}4/?lang={language}"
    page = opened(chromium, live_server.url + path)
    assert Invitation.objects.get().answer is None
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("textarea")
    page.context.close()
    row = Invitation.objects.get()
    assert (row.answer, row.like_machine) == (4, False)


def test_a_double_click_is_one_answer(chromium, live_server, invitation):
    page = opened(chromium, live_server.url + link.of_invitation(invitation).path)
    page.check("[value='4']")
    page.dblclick("main button")
    page.wait_for_selector("textarea")
    page.context.close()
    assert [each.answer for each in Answer.objects.all()] == [4]


def test_every_kind_of_question_by_keyboard(chromium, live_server, programme, further):
    Version.objects.update(further=further)
    address = live_server.url + link.of_programme(programme).path
    page = opened(chromium, address, viewport={"width": 360, "height": 740})
    for keys in (
        ("Tab", "Space", "Enter"),  # the lowest answer
        ("Tab", "Space", "ArrowDown", "Enter"),  # the second of the scale
        ("Tab", "Space", "Tab", "Space", "ArrowDown", "ArrowDown", "Enter"),  # two things
        ("Tab", "Tab", "Space", "Tab", "Space", "Enter"),  # the second and third choice
    ):
        for key in keys:
            page.keyboard.press(key)
        page.wait_for_timeout(700)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        found = page.locator("fieldset").count()
        assert found or page.locator("textarea").count()
    page.fill("textarea", "in Минск")
    page.click("main button")
    page.wait_for_selector("#comment")
    page.context.close()
    row = Invitation.objects.get()
    assert (row.answer, row.items) == (1, {"2": 2, "3.0": 1, "3.1": 3})
    assert row.said == {"4": [1, 2], "5": "in Минск"}


@pytest.mark.parametrize("place", range(4))
def test_no_kind_of_question_keeps_anybody_from_answering(
    chromium, live_server, invitation, further, place
):
    Version.objects.update(further=further)
    invitation.keep(timezone.now(), answer=1, like_machine=False)
    context = chromium.new_context(bypass_csp=True)
    page = context.new_page()
    page.goto(f"{live_server.url}{link.of_invitation(invitation).path}?at={place}")
    found = axe.Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    context.close()


EMBEDS = """<!doctype html><html lang="ur-PK"><title>Help</title><main><h1>Help</h1>
<script src="{server}/survey.js" data-survey="{token}" title="How did we do?" defer></script>"""


@pytest.mark.parametrize("is_own", [True, False])
def test_a_page_of_ones_own_shows_the_survey_and_no_other_does(
    chromium, live_server, programme, pages, is_own
):
    """Under a policy that lets nothing else in; it asks in the language of the page."""
    found, origin = pages
    own = live_server.url
    Site.objects.create(key="help", origins=[origin if is_own else "https://help.example.org"])
    found["policy"] = f"default-src 'none'; script-src {own}; frame-src {own}"
    found["/returns"] = EMBEDS.format(server=own, token=link.of_programme(programme).token)
    context = chromium.new_context()
    page = context.new_page()
    page.goto(origin + "/returns", wait_until="networkidle")
    frame = page.frame_locator("iframe[title='How did we do?']")
    if is_own:
        assert frame.locator("html").get_attribute("lang") == "ur"
        page.wait_for_timeout(600)
        frame.locator("[value='4']").check()
        frame.locator("button").click()
        frame.locator("textarea").wait_for()
    else:
        assert page.locator("iframe").count() == 1
        assert frame.locator("[value='4']").count() == 0
    assert context.cookies() == []
    context.close()
    assert [row.answer for row in Invitation.objects.all()] == [4] * is_own
