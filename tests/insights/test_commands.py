"""`hearwell why`: what it prints, for people and for programs."""

import json

PERIOD = ("--from", "2026-04-01", "--to", "2026-06-30")


def test_change(company, hearwell):
    """Sentences and a table; or JSON with the question that opens each finding."""
    told = hearwell("why", "change", "CSAT", *PERIOD, "--lake", company.path)
    assert told.code == 0, told.err
    assert "In product camera customer satisfaction (CSAT) went from" in " ".join(told.out.split())
    found = hearwell(
        *("why", "change", "CSAT", *PERIOD, "--by", "product", "--format", "json"),
        *("--lake", company.path),
    )
    finding = json.loads(found.out)["findings"][1]
    assert finding["opens"]["where"] == ["product=camera"]
    assert finding["says"]["values"]["group"]["value"] == [["product", "camera"]]


def test_wrong_use(company, hearwell):
    """Exit code 2 and what to do."""
    told = hearwell(
        "why", "change", "wait_time", "--variant", "p50", *PERIOD, "--lake", company.path
    )
    assert told.code == 2
    assert "hearwell explain" in told.err


def test_drivers(company, hearwell):
    """The strongest first, with what goes with it, and what was left out."""
    told = hearwell("why", "drivers", "CSAT", "--where", "programme=care", "--lake", company.path)
    assert told.code == 0, told.err
    text = " ".join(told.out.split())
    assert "Most to do with customer satisfaction (CSAT) has agents:" in text
    assert "need not be cause and effect" in text
