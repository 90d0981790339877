"""A real browser reads, searches and asks for help; the lake has exactly that within seconds."""

import hashlib
import hmac
from itertools import pairwise

import pytest
from running import BEGAN, CHROMIUM, PAGE, SECRET, free_port, policy, serving, told

from hearwell.lake.lake import create
from hearwell.settings import FILE

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium")

NUMBERS = """
[[telephone_number]]
number = "+44 1632 960 111"
article = "returns"
[[telephone_number]]
number = "+44 1632 960 222"
campaign = "spring"
"""
READ_FOR = """(time) => new Promise((done) => setTimeout(() => {
  const read = performance.now() - window.began;
  Object.defineProperty(document, "visibilityState", {value: "hidden", configurable: true});
  document.dispatchEvent(new Event("visibilitychange"));
  done(read / 1000);
}, time))"""
SCROLL = """(to) => new Promise((done) => {
  addEventListener("scroll", () => done(), {once: true});
  scrollTo(0, to);
})"""
"""The browser tells of it with the next picture: a clock that runs before would not know of it."""


@pytest.fixture(scope="module")
def served(tmp_path_factory, pages):
    """Give a lake, its server's port, the pages of a help centre and their address."""
    found, origin = pages
    lake, port = tmp_path_factory.mktemp("served") / "lake", free_port()
    create(lake).close()
    (lake / FILE).write_text((lake / FILE).read_text() + NUMBERS)
    found["policy"] = policy(port)
    with serving(lake, origin, port):
        yield lake, port, found, origin


@pytest.fixture
def opened(served, browser, request):
    """Give a function that opens a page about an article in a context of its own."""
    _, port, found, origin = served
    contexts = []

    def opens(article, query="", *, paused=False, **more):
        found[f"/{article}"] = PAGE.format(
            title=article, words="word", port=port, data=f'data-article="{article}"'
        )
        contexts.append(browser.new_context(**more))
        page = contexts[-1].new_page()
        page.set_default_timeout(60_000)
        page.add_init_script(BEGAN)
        if paused:
            page.clock.install()
        page.goto(f"{origin}/{article}{query}")
        return page

    yield opens
    for context in contexts:
        context.close()


def test_only_the_tab_in_front_is_read(served, opened):
    """The other is open for longer, and hidden while this one is read."""
    read = {}
    for article, milliseconds in (("one", 2000), ("two", 3000)):
        read[article] = opened(article).evaluate(READ_FOR, milliseconds)
    statement = "select article_id, read_seconds from lake.article_view where article_id in "
    found = dict(told(served[0], statement + "('one', 'two') and read_seconds > 1", rows=2))
    assert found == pytest.approx(read, abs=0.3)


def test_nobody_reads_for_half_a_minute_without_a_sign_of_life(served, opened):
    page = opened("idle", paused=True)
    page.clock.run_for(100_000)
    page.evaluate(SCROLL, 1200)  # and then goes on
    page.clock.run_for(100_000)
    statement = (
        "select read_seconds, scroll_share between 0.3 and 0.9 from lake.article_view "
        "where article_id = 'idle'"
    )
    assert told(served[0], statement, [(60, True)]) == [(60, True)]


def test_each_article_shows_its_own_number_and_a_campaign_its(served, opened):
    shown = {}
    for article, query in (("returns", ""), ("returns", "?utm_campaign=spring"), ("other", "")):
        page = opened(article, query)
        page.wait_for_load_state("networkidle")
        link = page.locator("#call")
        shown[article + query] = (link.inner_text(), link.get_attribute("href"))
    assert shown == {
        "returns": ("+44 1632 960 111", "tel:+441632960111"),
        "returns?utm_campaign=spring": ("+44 1632 960 222", "tel:+441632960222"),
        "other": ("01632 960000", "tel:+441632960000"),
    }


@pytest.mark.parametrize(
    ("link", "asked"), [("call", "call"), ("mail", "ticket"), ("chat", "chat")]
)
def test_a_click_on_a_link_to_people_is_a_request_for_help(served, opened, link, asked):
    page = opened(f"about-{link}")
    page.eval_on_selector(f"#{link}", "link => { link.onclick = () => false; link.click(); }")
    statement = f"select asked_for_help from lake.article_view where article_id = 'about-{link}'"
    assert told(served[0], statement, [(asked,)]) == [(asked,)]


def test_what_cannot_be_sent_is_sent_later_and_only_as_it_is_by_then(served, opened):
    page = opened("later", paused=True)
    tries = []

    def refuse(route):
        tries.append(route.request.post_data_json)
        route.fulfill(status=429, headers={"Retry-After": "5", "Access-Control-Allow-Origin": "*"})

    page.route("**/collect/**", refuse)
    for _ in range(6):
        page.clock.run_for(25_000)
        page.keyboard.press("a")
    page.unroute("**/collect/**")
    page.clock.run_for(100_000)
    assert 3 <= len(tries) <= 12  # later and later, not again and again
    assert all(len(each) == 1 for each in tries)  # one event a reading, whatever has happened
    ages = [event["age"] + event["told"] for (event,) in tries]
    waits = [after - before for before, after in pairwise(ages)]
    assert max(waits) > 2 * min(waits)
    statement = "select read_seconds > 60, views from lake.article_view where article_id = 'later'"
    assert told(served[0], statement, [(True, 1)]) == [(True, 1)]


def test_a_site_says_who_reads_and_signs_it(served, opened):
    lake, *_ = served
    for article, secret in (("signed", SECRET), ("forged", "guessed")):
        page = opened(article)
        page.wait_for_function("window.hearwell")
        signature = hmac.new(secret.encode(), b"anna", hashlib.sha256).hexdigest()
        page.evaluate("([s]) => hearwell.customer('anna', s)", [signature])
        with page.expect_response(lambda told: '"customer"' in told.request.post_data) as answer:
            page.click("#chat")
        assert answer.value.status == (204 if article == "signed" else 422)
    statement = "select length(customer_id) from lake.article_view where article_id = 'signed'"
    assert told(lake, statement, [(20,)]) == [(20,)]


def test_without_scripts_a_picture_tells_of_the_reading(served, browser):
    lake, port, found, origin = served
    found["/plain"] = (
        f'<html lang="en"><img src="http://127.0.0.1:{port}/collect/help/pixel.gif?article=plain">'
    )
    context = browser.new_context(java_script_enabled=False)
    context.new_page().goto(origin + "/plain", wait_until="networkidle")
    context.close()
    statement = "select views, visitor_id is not null from lake.article_view "
    assert told(lake, statement + "where article_id = 'plain'", [(1, True)]) == [(1, True)]


def test_a_documentation_site_names_its_pages_by_their_paths(served, browser):
    lake, port, found, origin = served
    found["/guide/returns.html"] = PAGE.format(
        title="Guide", words="word", port=port, data='data-article="*"'
    )
    context = browser.new_context()
    context.new_page().goto(origin + "/guide/returns.html?from=mail#top", wait_until="networkidle")
    statement = "select article_id from lake.article where title = 'Guide'"
    wanted = [("/guide/returns.html",)]
    assert told(lake, statement, wanted) == wanted
    context.close()


@pytest.mark.parametrize("name", ["doNotTrack", "globalPrivacyControl"])
def test_whoever_asks_not_to_be_tracked_is_not(served, browser, name):
    _, _, found, origin = served
    context = browser.new_context()
    value = '"1"' if name == "doNotTrack" else "true"
    context.add_init_script(f"Object.defineProperty(navigator, '{name}', {{value: {value}}})")
    page = context.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    found["/silent"] = PAGE.format(title="x", words="", port=served[1], data='data-article="x"')
    page.goto(origin + "/silent", wait_until="networkidle")
    page.wait_for_timeout(1800)
    assert not [url for url in asked if "/collect/" in url]
    assert page.context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    context.close()
