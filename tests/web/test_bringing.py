"""A file comes into the lake by the pages: uploaded, mapped, checked, imported."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from hearwell.engine.fact_build import build_facts, is_outdated
from hearwell.lake.lake import create, open_lake
from hearwell.web import background, lakes
from hearwell.web.inputs import jobs
from hearwell.web.inputs.bringing import Bringing, State, kept_name, uploads

CALLS = """\
Call ID,Queue,Start Time,Answer Time,End Time,Agent,Site
1,billing,2026-01-05 09:00:00,2026-01-05 09:00:20,2026-01-05 09:04:00,ann,Minsk
2,billing,2026-01-05 09:10:00,2026-01-05 09:10:30,2026-01-05 09:14:00,ann,Minsk
3,sales,2026-01-05 09:20:00,,2026-01-05 09:21:00,,Brest
4,sales,yesterday,,2026-01-05 09:21:00,,Brest
"""


@pytest.fixture
def lake(tmp_path, monkeypatch):
    """Give an empty lake that the pages read, and do at once what waits for the background."""
    path = tmp_path / "lake"
    create(path, "Europe/Minsk").close()
    pool = lakes.Pool(path)
    monkeypatch.setattr(lakes, "POOL", pool)
    monkeypatch.setattr(lakes, "ANSWERED", lakes.Answered(most=10))
    monkeypatch.setattr(background.HUEY, "immediate", True)
    yield path
    pool.close()


@pytest.fixture
def alice(signed_in):
    return signed_in("alice")


def sent(browser, text, record="call", name="calls.csv"):
    """Upload a file; return the address of its mapping."""
    content = text if isinstance(text, bytes) else text.encode()
    file = SimpleUploadedFile(name, content)
    answer = browser.post("/data/upload/", {"file": file, "record": record})
    assert answer.status_code == 302, answer.content.decode()
    return answer.url


def form_of(page):
    """Return what a browser would send of the mapping's form."""
    context = page.context
    entries = context["entries"]
    data = {"record": entries.record, "source": entries.source, "zone": entries.zone}
    data |= {"where": entries.where, "own": list(entries.own), **entries.reading}
    for name, each in entries.fields.items():
        data[f"from.{name}"], data[f"sql.{name}"] = each.origin, each.sql
    return data


def rows(lake, query):
    with open_lake(lake) as opened:
        return opened.connection.execute(query).fetchall()


def brought(browser, address, **changes):
    """Go on with the mapping as it is proposed, but for the changes; return the last page."""
    form = form_of(browser.get(address)) | changes
    checked = browser.post(address, form | {"do": "check"})
    assert checked.status_code == 302, checked.content.decode()
    assert Bringing.objects.get().state == State.CHECKED, Bringing.objects.get().message
    browser.post(f"{checked.url}import/")
    return browser.get(checked.url)


def test_a_file_is_mapped_checked_and_imported(lake, alice):
    address = sent(alice, CALLS)
    page = alice.get(address).content.decode()
    assert "2026-01-05 06:00:00" in page  # nine o'clock in Minsk, as it will be kept
    assert not rows(lake, "from lake.call")
    brought(alice, address)
    kept = rows(lake, "select call_id, queue, agent_id from lake.call order by 1")
    assert kept == [("1", "billing", "ann"), ("2", "billing", "ann"), ("3", "sales", None)]
    found = Bringing.objects.get()
    assert found.state == State.DONE
    assert (found.counts["new"], found.counts["rejected"]) == (3, 1)
    assert not found.path.exists()


def test_the_check_tells_what_would_be_refused_and_writes_nothing(lake, alice):
    address = sent(alice, CALLS)
    form = form_of(alice.get(address))
    checked = alice.post(address, form | {"do": "check"})
    page = alice.get(checked.url).content.decode()
    assert "yesterday" in page
    assert Bringing.objects.get().counts["kept"] == 3
    assert not rows(lake, "from lake.call")
    assert not rows(lake, "from lake.rejected")


def test_the_mapping_is_remembered_for_the_next_file_with_these_columns(lake, alice):
    brought(alice, sent(alice, CALLS), source="the-old-pbx")
    Bringing.objects.all().delete()
    again = alice.get(sent(alice, CALLS.replace(",billing", ",support")))
    assert again.context["entries"].source == "the-old-pbx"
    assert "imported before" in again.content.decode()


def test_another_column_is_read_in_its_own_way(lake, alice):
    address = sent(
        alice, CALLS.replace("Start Time", "Began").replace("2026-01-05 09", "05.01.2026 09")
    )
    first = alice.get(address)
    assert "entered_at" in first.context["page"].problems
    chosen = form_of(first) | {"from.entered_at": "column:Began", "sql.entered_at": ""}
    page = alice.post(address, chosen | {"do": "update"})
    entry = page.context["entries"].fields["entered_at"]
    assert entry.sql == "strptime(Began, '%d.%m.%Y %H:%M:%S')"
    assert not page.context["page"].problems


def test_what_is_wrong_with_an_expression_stands_beside_it(lake, alice):
    address = sent(alice, CALLS)
    form = form_of(alice.get(address))
    form |= {"from.queue": "written", "sql.queue": "read_text('/etc/passwd')"}
    page = alice.post(address, form | {"do": "check"})
    assert page.status_code == 200
    assert list(page.context["page"].problems) == ["queue"]
    assert Bringing.objects.get().state == State.UPLOADED


def test_other_columns_may_be_kept_as_dimensions_of_ones_own(lake, alice):
    cases = "Ticket ID,Created at,Branch office\n1,2026-01-05 10:00,Minsk\n"
    brought(alice, sent(alice, cases, "case", "cases.csv"), own=["Branch office"])
    assert rows(lake, "select custom['branch_office'] from lake.\"case\"") == [("Minsk",)]


def test_a_scale_and_its_direction_may_be_the_same_in_every_row(lake, alice):
    survey = "Ticket,Date,Score\n1,2026-01-05 10:00,2\n2,2026-01-06 10:00,5\n"
    address = sent(alice, survey, "survey", "survey.csv")
    form = form_of(alice.get(address)) | {
        "from.higher_is_better": "word:false",
        "from.instrument": "word:ces",
        "from.scale_low": "written",
        "sql.scale_low": "1",
        "from.scale_high": "written",
        "sql.scale_high": "7",
    }
    alice.post(address, form | {"do": "update"})
    brought(alice, address)
    told = rows(
        lake, "select distinct instrument, scale_low, scale_high, higher_is_better from lake.survey"
    )
    assert told == [("ces", 1.0, 7.0, False)]


def test_another_encoding_is_asked_for_and_then_understood(lake, alice):
    text = CALLS.replace("billing", "Größe").encode("windows-1252")
    address = sent(alice, text)
    page = alice.get(address)
    assert "not UTF-8" in page.context["page"].tried.notes[-1]
    form = form_of(page) | {"encoding": "windows-1252", "do": "update"}
    assert "UTF-8" not in "".join(alice.post(address, form).context["page"].tried.notes)
    brought(alice, address)
    assert rows(lake, "select distinct queue from lake.call order by 1") == [("Größe",), ("sales",)]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"),
        (b"%PDF-1.7 nothing here", "is PDF"),
        (b"\x1f\x8b\x08\x00broken off", "damaged"),
        (b"a\0b\0\xff\xfe\x00", ""),
    ],
)
def test_a_broken_file_has_a_page_that_says_so(lake, alice, content, told):
    if not content:  # the form itself refuses it
        file = SimpleUploadedFile("calls.csv", content)
        page = alice.post("/data/upload/", {"file": file, "record": "call"})
    else:
        page = alice.get(sent(alice, content))
    assert page.status_code == 200
    assert told in page.content.decode()
    assert not rows(lake, "from lake.call")


def test_lines_that_cannot_be_read_are_refused_and_the_others_kept(lake, alice):
    broken = CALLS + '5,"sales\n6,billing,2026-01-05 09:40:00\n'
    brought(alice, sent(alice, broken))
    found = Bringing.objects.get()
    assert found.counts["new"] == 3
    assert found.counts["rejected"] >= 2
    assert found.counts["new"] + found.counts["rejected"] == found.counts["rows_read"]


def test_a_file_of_a_hundred_thousand_rows_comes_in_whole(lake, alice):
    head = CALLS.splitlines()[0]
    start = "2026-01-05 09:00:00,2026-01-05 09:00:20,2026-01-05 09:04:00"
    lines = [f"{number},billing,{start},ann,Minsk" for number in range(100_000)]
    brought(alice, sent(alice, "\n".join([head, *lines])))
    assert rows(lake, "select count(*), count(distinct call_id) from lake.call") == [(100_000,) * 2]


@pytest.mark.parametrize("name", ["bob", "carol"])
def test_only_administrators_bring_files(lake, signed_in, alice, name):
    address = sent(alice, CALLS)
    other = signed_in(name)
    file = SimpleUploadedFile("calls.csv", CALLS.encode())
    assert other.post("/data/upload/", {"file": file, "record": "call"}).status_code == 403
    assert other.get(address).status_code == 403
    for step in ("import", "discard"):
        place = urlsplit(address).path.replace("mapping", step)
        assert other.post(place).status_code == 403
    assert Bringing.objects.get().path.exists()


def test_too_large_a_file_is_refused(lake, alice, settings, monkeypatch):
    monkeypatch.setattr(settings.ENVIRONMENT, "upload_limit_megabytes", 0)
    file = SimpleUploadedFile("calls.csv", CALLS.encode())
    page = alice.post("/data/upload/", {"file": file, "record": "call"})
    assert "may be uploaded" in page.content.decode()
    assert not Bringing.objects.exists()


def test_what_a_stopped_server_left_is_told_and_removed(lake, alice):
    sent(alice, CALLS)
    Bringing.objects.update(state=State.IMPORTING, progress=0.3)
    Bringing.break_off()
    found = Bringing.objects.get()
    assert found.state == State.FAILED
    assert "stopped" in found.message
    assert not found.path.exists()


def test_files_that_nobody_goes_on_with_are_removed(lake, alice):
    sent(alice, CALLS)
    Bringing.tidy()
    assert Bringing.objects.get().path.exists()
    Bringing.tidy(timezone.now() + timedelta(days=3))
    assert Bringing.objects.get().state == State.FAILED
    assert not any(
        each.is_dir() for each in uploads().iterdir() if each.name == Bringing.objects.get().folder
    )


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\calls\\today.csv", "today.csv"),
        (".hidden.csv", "hidden.csv"),
        ("all*[1].csv", "all1.csv"),
        ("дзвінкі.csv", "дзвінкі.csv"),
    ],
)
def test_a_name_is_no_path_and_no_pattern(name, kept):
    assert kept_name(name) == kept


def test_a_long_name_keeps_its_ending():
    assert kept_name("a" * 500 + ".csv").endswith("a.csv")
    assert len(kept_name("a" * 500 + ".csv")) == 120
    assert len(kept_name("a." + "b" * 500)) <= 120


def test_what_another_version_made_is_made_anew_when_the_server_starts(lake, monkeypatch):
    with open_lake(lake, writable=True) as opened:
        build_facts(opened)
        made = opened.snapshot
    jobs.renew()
    with open_lake(lake) as opened:
        assert opened.snapshot == made
    monkeypatch.setattr("hearwell.engine.fact_build.formulas", lambda: "those of a new version")
    with open_lake(lake) as opened:
        assert is_outdated(opened)
    jobs.renew()
    with open_lake(lake) as opened:
        assert not is_outdated(opened)


def test_a_server_starts_without_a_lake(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(lakes, "POOL", lakes.Pool(tmp_path / "none"))
    jobs.renew()
    assert "not looked" in caplog.text
