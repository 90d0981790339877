"""A real browser reads, searches and buys; the lake has exactly that within seconds."""

import time

import pytest
from running import CHROMIUM, PAGE, free_port, serving

from hearwell.lake.lake import open_lake

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium")


def told(lake, statement, wanted, seconds=40):
    """Ask until the lake has what is wanted, or time is over."""
    found = None
    for _ in range(seconds * 2):
        with open_lake(lake) as opened:
            found = opened.connection.execute(statement).fetchall()
        if found and (wanted is None or found == wanted):
            return found
        time.sleep(0.5)
    return found


HIDE = """(hidden) => {
  const state = hidden ? "hidden" : "visible";
  Object.defineProperty(document, "visibilityState", {value: state, configurable: true});
  Object.defineProperty(document, "hidden", {value: hidden, configurable: true});
  document.dispatchEvent(new Event("visibilitychange"));
}"""


def test_reading_searching_and_buying(lake, pages, browser):
    found, origin = pages
    port = free_port()
    found["policy"] = f"script-src http://127.0.0.1:{port}; connect-src http://127.0.0.1:{port}"
    page_of = lambda title, data: PAGE.format(  # noqa: E731
        title=title, words="word " * 98, port=port, data=data
    )
    found["/returns"] = page_of("<b>Returns</b>", 'data-article="returns"')
    found["/search"] = page_of("Search", "").replace("<h1>", '<h1 data-hearwell-results="3">')
    found["/shop"] = page_of("Shop", "")
    with serving(lake, origin, port):
        context = browser.new_context()
        searching = context.new_page()
        searching.goto(origin + "/search?q=send+back")
        reader = context.new_page()
        reader.goto(origin + "/returns", referer=origin + "/search?q=send+back")
        reader.wait_for_timeout(7000)
        reader.evaluate(HIDE, True)
        reader.wait_for_timeout(5000)
        reader.evaluate(HIDE, False)
        reader.wait_for_timeout(2500)
        reader.click("button")
        reader.click("#chat")
        reader.wait_for_timeout(500)
        reader.close(run_before_unload=False)
        shop = context.new_page()
        shop.goto(origin + "/shop")
        shop.wait_for_function("window.hearwell")
        shop.evaluate("hearwell.cart({id: 'left', items: 1, value: 10, currency: 'EUR'})")
        shop.evaluate("hearwell.cart({id: 'bought', items: 2, value: 40, currency: 'EUR'})")
        shop.wait_for_timeout(300)
        shop.evaluate(
            "hearwell.cart({id: 'bought', items: 2, value: 40, currency: 'EUR', order: 'o-1'})"
        )
        shop.wait_for_timeout(500)
        untracked = browser.new_context()
        untracked.add_init_script(
            "Object.defineProperty(navigator, 'globalPrivacyControl', {value: true})"
        )
        silent = untracked.new_page()
        silent.goto(origin + "/returns")
        silent.wait_for_timeout(500)
        carts = told(
            lake,
            "select cart_id, items, order_id, ordered_at is not null from lake.cart order by 1",
            [("bought", 2, "o-1", True), ("left", 1, None, False)],
        )
        views = told(
            lake,
            "select article_id, read_seconds, came_from, searched_for, found_helpful, "
            "asked_for_help, language from lake.article_view",
            None,
        )
        (search,) = told(lake, "select words, results from lake.search", None)
        (article,) = told(lake, "select title, words from lake.article", None)
        context.close()
    assert carts == [("bought", 2, "o-1", True), ("left", 1, None, False)]
    assert len(views) == 1  # the other reader asked not to be tracked
    article_id, read_seconds, *rest = views[0]
    assert article_id == "returns"
    assert read_seconds == pytest.approx(10, abs=0.6)
    assert rest == ["search", "send back", True, "chat", "en"]
    assert search == ("send back", 3)
    assert article[0] == "<b>Returns</b>"  # kept as it is; pages escape it
    assert 95 <= article[1] <= 110


def test_only_the_tab_in_front_is_read(lake, pages, browser):
    found, origin = pages
    port = free_port()
    found["policy"] = f"script-src http://127.0.0.1:{port}; connect-src http://127.0.0.1:{port}"
    for name in ("one", "two"):
        found[f"/{name}"] = PAGE.format(
            title=name, words="word", port=port, data=f'data-article="{name}"'
        )
    with serving(lake, origin, port):
        context = browser.new_context()
        one, two = context.new_page(), context.new_page()
        one.goto(origin + "/one")
        one.wait_for_timeout(2000)
        one.evaluate(HIDE, True)
        two.goto(origin + "/two")
        two.wait_for_timeout(3000)
        two.close(run_before_unload=False)
        one.close(run_before_unload=False)
        views = told(
            lake,
            "select article_id, round(read_seconds) from lake.article_view order by 1",
            [("one", 2.0), ("two", 3.0)],
        )
        context.close()
    assert views == [("one", 2.0), ("two", 3.0)]
