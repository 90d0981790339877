"""`hearwell report`: what it writes, and what it says when it cannot."""

import pytest

from hearwell.lake.lake import create


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    path = tmp_path_factory.mktemp("empty") / "lake"
    create(path).close()
    return path


def test_it_writes_one_file(hearwell, lake, tmp_path):
    out = tmp_path / "report.html"
    done = hearwell("report", "--out", out, "--lake", lake.path, "--where", "queue=support")
    assert done.code == 0, done.err
    assert f"Wrote {out}" in done.out
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]
    text = out.read_text("utf-8")
    assert text.startswith("<!doctype html>")
    assert "31 Mar 2026 to 27 Apr 2026" in text  # the last 28 days there are


def test_a_report_of_the_past_says_so(hearwell, lake, tmp_path):
    out = tmp_path / "report.html"
    assert hearwell("report", "--out", out, "--lake", lake.path, "--as-of", "2").code == 0
    assert "asked for as of 2" in out.read_text("utf-8")


def test_an_empty_lake_still_gets_its_page(hearwell, empty, tmp_path):
    out = tmp_path / "report.html"
    done = hearwell("report", "--out", out, "--lake", empty)
    assert done.code == 0
    assert "the page says what to do" in done.err
    assert out.exists()


@pytest.mark.parametrize(
    ("place", "told"), [("none/report.html", "does not exist"), (".", "is a folder")]
)
def test_a_place_that_cannot_be_written_to(hearwell, empty, tmp_path, place, told):
    done = hearwell("report", "--out", tmp_path / place, "--lake", empty)
    assert done.code == 1
    assert told in done.err
    assert list(tmp_path.iterdir()) == []


def test_it_speaks_the_language_asked_for(hearwell, empty, tmp_path):
    out = tmp_path / "report.html"
    assert hearwell("report", "--out", out, "--lake", empty, "--language", "ur").code == 0
    assert '<html lang="ur" dir="rtl">' in out.read_text("utf-8")
    refused = hearwell("report", "--out", out, "--lake", empty, "--language", "fr")
    assert refused.code == 2
    assert "en, pa, be, ml, km, ur" in refused.err


def test_the_file_is_asked_for(hearwell, empty):
    assert hearwell("report", "--lake", empty).code == 2
