"""Take pictures of every page as a browser shows it, to be looked at; tell what is wrong with it.

Usage: screens.py LAKE FOLDER [PAGE …]
    A server is started over the lake, with accounts of its own that go when it ends.
    Faults are what axe-core finds, errors of the browser, and pages wider than the screen.
"""

import os
import re
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

PAGES = {
    "scorecard": "/",
    "scorecard-year": "/?last=365",
    "metric": "/metric/wait_time/",
    "metric-weeks": "/metric/article_reads/?last=365&grain=week",
    "metric-answers": "/metric/customer_satisfaction/?from=2017-05-01&to=2017-05-30",
    "metric-nothing": "/metric/customer_satisfaction/",
    "metric-unknown": "/metric/no_such_metric/",
    "rows": "/metric/wait_time/rows/",
    "why": "/why/?from=2015-05-01&to=2017-05-30",
    "why-nothing": "/why/",
    "changed": "/changed/",
    "journey": "/journey/",
    "explore": "/explore/?metric=service_level:SL3&metric=wait_time:p50&grain=day",
    "explore-groups": "/explore/?metric=customer_satisfaction:satisfied&by=programme"
    "&from=2015-05-01&to=2017-05-30",
    "explore-hours": "/explore/?metric=service_level:SL3&grain=hour_of_week&last=91",
    "boards": "/boards/",
    "board": "/boards/1/",
    "board-edit": "/boards/1/edit/",
    "kiosk": "/boards/1/kiosk/",
    "deliveries": "/deliveries/",
    "delivery": "/deliveries/new/",
    "channel": "/deliveries/channels/new/",
    "delivery-log": "/deliveries/log/",
    "targets": "/targets/",
    "target": "/targets/1/",
    "promises": "/promises/",
    "staffing": "/staffing/",
    "help-centre": "/help-centre/",
    "data": "/data/",
    "data-metrics": "/data/metrics/",
    "events": "/data/events/",
    "benchmarks": "/data/benchmarks/",
    "upload": "/data/upload/",
    "mapping": "/data/imports/1/",
    "settings": "/settings/",
    "numbers": "/settings/numbers/",
    "schedules": "/settings/schedules/",
    "schedule": "/settings/schedules/new/",
    "promise": "/settings/promises/new/",
    "sites": "/sites/",
    "site": "/sites/1/",
    "surveys": "/surveys/",
    "survey-design": "/surveys/designs/1/",
    "survey-programme": "/surveys/programmes/1/",
    "survey-programme-new": "/surveys/programmes/new/",
    "survey-e-mails": "/surveys/e-mails/",
    "people": "/people/",
    "invite": "/people/invite/",
    "person": "/people/1/",
    "audit": "/audit/",
    "tokens": "/tokens/",
    "account": "/account/",
    "password": "/account/password/",
    "second-factor": "/account/second-factor/on/",
    "sessions": "/account/sessions/",
    "api": "/api/",
    "signing-in": "/account/login/",
}
FOR_NOBODY = ("signing-in", "survey")
"""Pages that are looked at by whoever has not signed in."""

LANGUAGES = ("en", "ur")
SCHEMES = ("light", "dark")
SIZES = {"desktop": (1280, 900), "phone": (360, 800)}
PASSWORD = "a picture of every page"  # noqa: S105  of a server that shows made-up data
BROKEN = b"call_id,entered_at\n1,yesterday\n2,2026-11-21 10:00\n"

MADE = (
    ("/surveys/", {"name": "After a case", "instrument": "csat"}),
    ("/surveys/programmes/new/", {"name": "Solved cases", "design": "1"}),
    ("/sites/", {"name": "Shop", "key": "shop", "addresses": "https://shop.example"}),
    ("/boards/", {"title": "Every morning"}),
    (
        "/explore/?metric=article_reads&grain=week&last=91",
        {"board": "1", "title": "What is read"},
    ),
    ("/targets/new/", {"metric": "wait_time:p50", "side": "at most", "wanted": "5"}),
    ("/data/events/", {"title": "A new telephone system", "started_at": "2026-11-02T08:00"}),
    ("/data/upload/", {"file": BROKEN}),
)
"""What has a page of its own once somebody typed it in: where, and what."""


def main(lake: Path, folder: Path, wanted: list[str]) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    faults = 0
    with serving(lake) as (address, link), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        state = signed_in(browser, address, link)
        pages = PAGES | {"survey": made(browser.new_context(storage_state=state), address)}
        for language, scheme, (size, (width, height)) in product(LANGUAGES, SCHEMES, SIZES.items()):
            look = {
                "color_scheme": scheme,
                "viewport": {"width": width, "height": height},
                "device_scale_factor": 1,
            }
            contexts = {
                name: browser.new_context(storage_state=kept, **look)
                for name, kept in (("somebody", state), ("nobody", None))
            }
            for context in contexts.values():
                context.add_cookies([{"name": "language", "value": language, "url": address}])
            for name, path in pages.items():
                if not wanted or name in wanted:
                    who = "nobody" if name in FOR_NOBODY else "somebody"
                    file = folder / f"{name}-{language}-{scheme}-{size}.png"
                    for fault in pictured(contexts[who], address + path, file):
                        print(f"{file.name}: {fault}", flush=True)
                        faults += 1
            for context in contexts.values():
                context.close()
            print(f"{language}, {scheme}, {size}: done", flush=True)
        browser.close()
    print(f"{faults} faults; pictures in {folder}")
    return min(faults, 1)


def pictured(context: BrowserContext, address: str, file: Path) -> Iterator[str]:
    """Take the picture of one page, and give what is wrong with it."""
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda told: wrong.append(told.text) if told.type == "error" else None)
    shown(page, address)
    page.screenshot(path=file, full_page=True)
    is_missing = "unknown" in file.name
    yield from (each for each in wrong if not (is_missing and "404" in each))
    for each in Axe().run(page).response["violations"]:
        yield f"{each['id']}: {each['nodes'][0]['html']}"
    width = page.evaluate("document.documentElement.scrollWidth")
    if width > (page.viewport_size or {})["width"]:
        yield f"is {width} wide"
    page.close()


def made(context: BrowserContext, address: str) -> str:
    """Type in what pages are about; return where the survey is answered."""
    page = context.new_page()
    page.set_default_timeout(120_000)
    for path, fields in MADE:
        shown(page, address + path)
        form = page.locator(f"main form:has([name={next(iter(fields))}])").last
        for name, value in fields.items():
            field = form.locator(f"[name={name}]")
            if isinstance(value, bytes):
                field.set_input_files(
                    {"name": "calls.csv", "mimeType": "text/csv", "buffer": value}
                )
            elif field.evaluate("each => each.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)
        with page.expect_navigation():
            form.locator("button").last.click()
        if problems := page.locator(".errorlist").all_inner_texts():
            sys.exit(f"{path} does not take {fields}: {problems}")
    shown(page, f"{address}/surveys/programmes/1/")
    found = page.locator("a:has(code)").first.get_attribute("href") or ""
    context.close()
    return found.removeprefix(address)


FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


@contextmanager
def serving(lake: Path) -> Iterator[tuple[str, str]]:
    """Give the address of a server over the lake, and the link of its first administrator."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    with tempfile.TemporaryDirectory() as home:
        process = subprocess.Popen(
            [sys.executable, "-c", SERVE, "serve", "--lake", str(lake), "--port", str(port)],
            env={**os.environ, "HEARWELL_HOME": home, "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            told = process.stdout or iter(())
            link = next(
                found for line in told if (found := re.search(r"http\S*/welcome/\S+", line))
            )
            yield f"http://127.0.0.1:{port}", link.group()
        finally:
            process.terminate()
            process.wait(timeout=60)


SERVE = "from hearwell.cli import main; main()"


def signed_in(browser: Browser, address: str, link: str) -> dict:
    page = browser.new_page()
    page.set_default_timeout(120_000)
    page.goto(link)
    page.fill("[name=email]", "ada@example.org")
    page.fill("[name=name]", "Ada")
    page.fill("[name=password]", PASSWORD)
    page.click("main button", no_wait_after=True)
    page.wait_for_url(address + "/")
    return page.context.storage_state()


def shown(page: Page, address: str) -> None:
    page.goto(address, timeout=120_000)
    page.wait_for_load_state("networkidle", timeout=120_000)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:]))
