"""What people did in a browser is what the scorecard shows: exactly that, and nothing else."""

import pytest
from running import BEGAN, CHROMIUM, PAGE, SECRET, free_port, policy, serving, told

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium")

READ = """async () => {
  const sleep = (time) => new Promise((done) => setTimeout(done, time));
  const show = (state) => {
    Object.defineProperty(document, "visibilityState", {value: state, configurable: true});
    document.dispatchEvent(new Event("visibilitychange"));
  };
  await sleep(window.began + 7000 - performance.now());
  show("hidden");
  const first = performance.now();
  await sleep(5000);
  show("visible");
  const second = performance.now();
  await sleep(3000);
  document.querySelector("button").click();
  document.querySelector("#chat").click();
  show("hidden");
  return (first - window.began + performance.now() - second) / 1000;
}"""
CART = "cart => hearwell.cart({currency: 'EUR', ...cart})"


def read(browser, origin):
    """Search, open an article, read 7 s, look away for 5, read 3 more, vote, and open the chat."""
    context = browser.new_context()
    context.new_page().goto(origin + "/search?q=send+back")
    reader = context.new_page()
    reader.set_default_timeout(60_000)
    reader.add_init_script(BEGAN)
    reader.goto(origin + "/returns", referer=origin + "/search?q=send+back")
    return context, reader.evaluate(READ)


def buy(browser, origin):
    """Fill two carts and order one while the line is cut; a day later tell of them, and of a new
    cart, of which nobody knows yet whether it will be ordered.
    """
    context = browser.new_context()
    shop = context.new_page()
    shop.clock.install()
    shop.goto(origin + "/shop")
    shop.wait_for_function("window.hearwell")
    context.set_offline(True)
    shop.evaluate(CART, {"id": "left", "items": 1, "value": 10})
    shop.evaluate(CART, {"id": "bought", "items": 1, "value": 15})
    shop.clock.run_for(10_000)
    shop.evaluate(CART, {"id": "bought", "items": 2, "value": 40, "step": "payment"})
    shop.evaluate(CART, {"id": "bought", "items": 2, "value": 40, "order": "o-1"})
    shop.clock.run_for(60_000)
    shop.clock.fast_forward("26:00:00")
    context.set_offline(False)
    shop.evaluate(CART, {"id": "new", "items": 1, "value": 5})
    shop.clock.run_for(100_000)
    return context


def test_the_scorecard_shows_what_was_done(lake, pages, browser):
    found, origin = pages
    port = free_port()
    found["policy"] = policy(port)
    data = {"/returns": 'data-article="returns"', "/search": "", "/shop": ""}
    for path, named in data.items():
        title = "<b>Returns</b>" if path == "/returns" else path
        found[path] = PAGE.format(title=title, words="word " * 98, port=port, data=named)
    found["/search"] = found["/search"].replace("<h1>", '<h1 data-hearwell-results="3">')
    with serving(lake, origin, port):
        (reader, seconds), buyer = read(browser, origin), buy(browser, origin)
        wanted = [("bought", 2, "payment", "o-1", True), ("left", 1, None, None, True)]
        carts = told(
            lake,
            "select cart_id, items, step, order_id, created_at < received_at - interval 25 hours "
            "from lake.cart where cart_id != 'new' order by 1",
            wanted,
        )
        assert carts == wanted
        view = (
            "select article_id, read_seconds, came_from, searched_for, found_helpful, "
            "asked_for_help, language from lake.article_view"
        )
        ((article_id, read_seconds, *rest),) = told(lake, view + " where found_helpful is not null")
        assert article_id == "returns"
        assert 10 <= seconds < 14  # a busy machine sleeps longer; not as long as it looked away
        assert read_seconds == pytest.approx(seconds, abs=0.3)
        assert rest == ["search", "send back", True, "chat", "en"]
        assert told(lake, "select words, results from lake.search") == [("send back", 3)]
        ((title, words),) = told(lake, "select title, words from lake.article")
        assert title == "<b>Returns</b>"  # kept as it is; pages escape it
        assert 95 <= words <= 115
        told(lake, "select count(*) from lake.cart", [(3,)])
        shown = scorecard(browser, f"http://127.0.0.1:{port}")
        reader.close()
        buyer.close()
    assert shown == {
        "cart abandonment rate": ("50.0\xa0%", 2),  # the new one may yet be ordered
        "article reads": ("1", 1),
        "readers": ("1", 1),
        "article read time, mean": (f"{read_seconds:.1f}\xa0s", 1),
        "abandoned reads": ("0.0\xa0%", 1),
        "help requests per read": ("100.0\xa0%", 1),
        "helpful share": ("100.0\xa0%", 1),
        "searches without result": ("0.0\xa0%", 1),
        "self service ratio (self-service score)": ("–", 1),
    }


def scorecard(browser, address):
    """Sign in and read the scorecard; see that a title which was made up is text."""
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.goto(f"{address}/account/login/")
    page.fill("[name=login]", "ada@example.org")
    page.fill("[name=password]", SECRET)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/")
    rows = page.locator("table.card tbody tr").all()
    shown = {
        row.locator("th a").inner_text(): (
            row.locator("data").inner_text(),
            int(row.locator("td.n").inner_text()),
        )
        for row in rows
    }
    page.goto(f"{address}/help-centre/")
    assert page.locator("main b", has_text="Returns").count() == 0
    context.close()
    return shown
