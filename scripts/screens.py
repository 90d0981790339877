"""Take pictures of every page as a browser shows it, to be looked at.

Usage: screens.py LAKE FOLDER [PAGE …]
    A server is started over the lake, with accounts of its own that go when it ends.
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

from playwright.sync_api import Browser, Page, sync_playwright

PAGES = {
    "scorecard": "/",
    "data": "/data/",
    "upload": "/data/upload/",
    "promises": "/promises/",
    "settings": "/settings/",
    "schedules": "/settings/schedules/",
    "schedule": "/settings/schedules/new/",
    "promise": "/settings/promises/new/",
    "metric": "/metric/wait_time/",
    "why": "/why/",
    "changed": "/changed/",
    "journey": "/journey/",
    "explore": "/explore/?metric=service_level:SL3&metric=wait_time:p50&grain=day",
    "explore-groups": "/explore/?metric=customer_satisfaction:satisfied&by=team&by=channel",
    "boards": "/boards/",
    "deliveries": "/deliveries/",
    "targets": "/targets/",
    "explore-hours": "/explore/?metric=service_level:SL3&grain=hour_of_week&last=91",
    "rows": "/metric/wait_time/rows/",
    "staffing": "/staffing/",
    "sites": "/sites/",
    "help-centre": "/help-centre/",
    "api": "/api/",
    "surveys": "/surveys/",
    "survey-design": "/surveys/designs/1/",
    "survey-programme": "/surveys/programmes/1/",
    "survey-programme-new": "/surveys/programmes/new/",
    "people": "/people/",
    "invite": "/people/invite/",
    "person": "/people/1/",
    "audit": "/audit/",
    "tokens": "/tokens/",
    "account": "/account/",
    "password": "/account/password/",
    "second-factor": "/account/second-factor/on/",
    "sessions": "/account/sessions/",
}
LANGUAGES = ("en", "ur")
SCHEMES = ("light", "dark")
SIZES = {"desktop": (1280, 900), "phone": (360, 800)}
PASSWORD = "a picture of every page"  # noqa: S105  of a server that shows made-up data


def main(lake: Path, folder: Path, wanted: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with serving(lake) as (address, link), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        state = signed_in(browser, address, link)
        for language, scheme, (size, (width, height)) in product(LANGUAGES, SCHEMES, SIZES.items()):
            context = browser.new_context(
                storage_state=state,
                color_scheme=scheme,
                viewport={"width": width, "height": height},
                device_scale_factor=1,
            )
            context.add_cookies([{"name": "language", "value": language, "url": address}])
            page = context.new_page()
            for name, path in PAGES.items():
                if not wanted or name in wanted:
                    shown(page, address + path)
                    file = folder / f"{name}-{language}-{scheme}-{size}.png"
                    page.screenshot(path=file, full_page=True)
                    print(file)
            context.close()
        browser.close()


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
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])
