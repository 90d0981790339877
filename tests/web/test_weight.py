"""Pages are light: on a first visit, and once their files are known."""

import gzip
import re
from html import unescape

import pytest
from addresses import PAGES
from django.contrib.staticfiles.finders import find

FIRST_BYTES, LATER_BYTES = 350_000, 40_000
MOST_REQUESTS = 13  # with the parts that are fetched only when somebody scrolls to them
FILE = re.compile(r'(?:href|src)="/static/([^"]+)"')
PART = re.compile(r'hx-get="([^"]+)" hx-trigger="(?:load|revealed)"')


def compressed(browser, path):
    answer = browser.get(path, headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200, path
    is_small = "Content-Encoding" not in answer.headers
    return answer.content if is_small else gzip.decompress(answer.content), len(answer.content)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_light(company, signed_in, path):
    """As they come over the wire, with all parts that a page fetches by itself."""
    alice = signed_in("alice")
    page, later = compressed(alice, path)
    text = page.decode()
    parts = [unescape(each) for each in PART.findall(text)]
    later += sum(compressed(alice, each)[1] for each in parts)
    files = set(FILE.findall(text))
    first = later + sum(len(gzip.compress(open_file(each))) for each in files)
    told = f"{path}: {first:,} bytes in {1 + len(parts) + len(files)} requests, then {later:,}"
    print(told)  # noqa: T201  pytest -rP shows it
    assert first <= FIRST_BYTES, told
    assert later <= LATER_BYTES, told
    assert 1 + len(parts) + len(files) <= MOST_REQUESTS, told


def open_file(name):
    with open(find(name), "rb") as file:  # noqa: PTH123  as it is found
        return file.read()
