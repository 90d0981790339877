"""What people see, in a real browser (Chromium) before a real server.

By keyboard, on a phone, in Urdu, in the dark, on paper; with no fault that axe-core finds.
"""

import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from addresses import PAGES, PERIOD
from running import CHROMIUM, FLAGS, free_port, wait_for

from hearwell.engine.fact_build import build_facts
from hearwell.jobs.simulate import simulate
from hearwell.lake.lake import create

playwright = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")
pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium")

SERVE = """
import sys
from pathlib import Path
from hearwell.web import serving
lake, port = Path(sys.argv[1]), int(sys.argv[2])
serving.ready(lake, f"http://127.0.0.1:{port}", print)
from hearwell.web.people.person import Person, Role
make = Person.objects.create_user
make("ada@example.org", sys.argv[3], name="Ada", role=Role.ADMINISTRATOR)
make("carol@example.org", sys.argv[3], name="Carol", role=Role.VIEWER, sees_all_teams=False,
     teams=["billing phone"])
serving.serve("127.0.0.1", port)
"""
PASSWORD = "three grey horses in the rain"  # of people who are made up


@contextmanager
def application(lake, home):
    port = free_port()
    kept = {n: v for n, v in os.environ.items() if not n.startswith(("HEARWELL_", "DJANGO_"))}
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(lake), str(port), PASSWORD],
        env=kept | {"HEARWELL_HOME": str(home)},
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_for(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=30)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    with create(folder / "lake", "Europe/Minsk") as lake:
        simulate(lake, size=60, seed=3, days=60)
        build_facts(lake)
    with application(folder / "lake", folder / "web") as address:
        yield address


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as running:
        made = running.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield made
        made.close()


@pytest.fixture(scope="module")
def states(server, browser):
    """Sign in Ada and Carol once, by typing as they would."""
    found = {}
    for name in ("ada", "carol"):
        page = browser.new_page()
        page.set_default_timeout(120_000)
        page.goto(f"{server}/account/login/")
        page.keyboard.type(f"{name}@example.org")  # the first field has the focus
        page.keyboard.press("Tab")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{server}/")
        found[name] = page.context.storage_state()
        page.context.close()
    return found


@pytest.fixture
def opened(server, browser, states):
    """Give a function that opens an address as somebody, in a language, a scheme and a width."""
    contexts = []

    def opens(path, who="ada", language="en", scheme="light", width=1280):
        context = browser.new_context(
            storage_state=states[who],
            color_scheme=scheme,
            viewport={"width": width, "height": 900},
            accept_downloads=True,
        )
        contexts.append(context)
        context.set_default_timeout(120_000)
        context.add_cookies([{"name": "language", "value": language, "url": server}])
        page = context.new_page()
        page.wrong = []
        page.on("pageerror", lambda error: page.wrong.append(str(error)))
        page.on(
            "console",
            lambda told: page.wrong.append(told.text) if told.type == "error" else None,
        )
        page.goto(server + path)
        page.wait_for_load_state("networkidle")
        return page

    yield opens
    for context in contexts:
        context.close()


LOOKS = [
    ("en", "light", 1280),
    pytest.param("ur", "dark", 360, marks=pytest.mark.long),
]


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_without_a_fault(opened, path, language, scheme, width):
    """No finding of axe-core, in two languages and both schemes; no error, and nothing too wide."""
    page = opened(path, language=language, scheme=scheme, width=width)
    found = axe.Axe().run(page).response["violations"]
    told = [(each["id"], [node["html"] for node in each["nodes"]][:3]) for each in found]
    assert told == []
    assert page.wrong == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("html").get_attribute("dir") == {"en": "ltr", "ur": "rtl"}[language]


def test_a_filter_is_chosen_by_keyboard(opened):
    page = opened(f"/metric/call_volume/?{PERIOD}")
    before = page.locator(".figure-large data").inner_text()
    menu = page.locator("details.menu[id='menu-where.queue'] > summary")
    menu.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.wait_for_url("**where.queue=**")
    page.wait_for_load_state("networkidle")
    assert page.locator(".figure-large data").inner_text() != before
    assert "where.queue=" in page.url


def test_from_the_scorecard_to_the_rows_and_away_with_them(opened):
    page = opened(f"/?{PERIOD}")
    page.get_by_role("link", name="call volume").click()
    page.get_by_role("link", name="Rows behind it").click()
    total = page.locator("tbody tr").count()
    page.locator("summary", has_text="Take away").click()
    with page.expect_download() as waited:
        page.get_by_role("link", name="CSV").click()
    lines = Path(waited.value.path()).read_text("utf-8-sig").splitlines()
    assert len(lines) - 1 >= total > 0


def test_a_viewer_of_one_team_reaches_no_other(opened, server):
    theirs = opened(f"/metric/call_volume/?{PERIOD}", who="carol")
    page = opened(f"/metric/call_volume/?{PERIOD}&where.team=technical+phone", who="carol")
    everything = opened(f"/metric/call_volume/?{PERIOD}")
    told = [each.locator(".figure-large data").first for each in (theirs, everything)]
    assert told[0].inner_text() != told[1].inner_text()
    assert page.locator(".figure-large data").count() == 0 or (
        page.locator(".figure-large data").inner_text() == "0"
    )
    for path in ("/metric/call_volume/rows/", "/people/", "/data/"):
        assert theirs.request.get(server + path).status == 403
    asked = theirs.request.get(f"{server}/api/v1/ask?metric=call_volume&by=team&{PERIOD}")
    groups = {cell["group"]["team"] for cell in asked.json()["answers"]}
    assert groups <= {"billing phone"}


def test_a_broken_file_is_told_as_one(opened, tmp_path):
    file = tmp_path / "broken.csv"
    file.write_bytes(b"call_id,entered_at\n1,yesterday\n2,also not\n" + bytes([0xFF, 0xFE, 0x00]))
    page = opened("/data/upload/")
    page.locator("input[type=file]").set_input_files(str(file))
    page.locator("main form button").first.click()
    page.wait_for_load_state("networkidle")
    page.locator("#checked, .told, .errorlist, .empty, table").first.wait_for()
    words = page.locator("main").inner_text()
    assert "Traceback" not in words
    assert not any("500" in each for each in page.wrong)
    assert "2 would be refused" in words
    assert "'yesterday' is not a time" in words
    assert "not UTF-8" in words


def test_a_page_prints(opened):
    page = opened(f"/?{PERIOD}")
    printed = page.pdf(format="A4")
    assert printed[:5] == b"%PDF-"
    page.emulate_media(media="print")
    assert not page.locator("header.bar").is_visible()
    assert not page.locator("form.choices").is_visible()
