"""A mapping file that is wrong is told with the entry and what was perhaps meant."""

from pathlib import Path

import pytest

from hearwell.sources.file.errors import BadMapping, NoSuchFile
from hearwell.sources.file.mapping import Mapping

MAPS = Path(__file__).parents[3] / "examples" / "maps"


@pytest.mark.parametrize("path", sorted(MAPS.glob("*.toml")), ids=lambda path: path.stem)
def test_the_mappings_that_ship_can_be_read(path):
    assert Mapping.read(path).columns


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("record = ", "m.toml: this is not TOML"),
        ("[columns]\na = 'b'", "m.toml: record: Field required"),
        ("record = 'cal'\n[columns]", "no record is called 'cal'. Did you mean 'call'"),
        ("record = 'rejected'\n[columns]", "no record is called 'rejected'"),
        ("record = 'call'\nzon = 'UTC'\n[columns]", "zon: a mapping has no such entry. Did you"),
        ("record = 'call'\ncall_id = 'x'\n[columns]", "call_id: a mapping has no such entry"),
        ("record = 'call'\ntext = 'x'\n[columns]", "text: a mapping has no such entry"),
        ("record = 'call'\nzone = 'Asia/Jeruslem'\n[columns]", "Did you mean Asia/Jerusalem"),
        ("record = 'call'\nencoding = 'klingon'\n[columns]", "No encoding is called 'klingon'"),
        ("record = 'call'\nheader = 0\n[columns]", "header"),
        ("record = 'call'\ndelimiter = 'ab'\n[columns]", "delimiter"),
        ("record = 'call'\n[columns]\na = []", "columns.a"),
        ("record = 'call'", "columns: Field required"),
    ],
)
def test_what_is_wrong_is_told(text, told):
    with pytest.raises(BadMapping) as error:
        Mapping.parse(text, "m.toml")
    assert told in str(error.value)


def test_numbers_and_truth_values_are_sql():
    found = Mapping.parse("record = 'survey'\n[columns]\nscale_low = 1\nhigher_is_better = true")
    assert found.columns == {"scale_low": "1", "higher_is_better": "true"}


def test_places_have_lines():
    found = Mapping.parse("record = 'call'\n\n[columns]\ncall_id = 'x'\n", "m.toml")
    assert found.place("columns", "call_id") == "m.toml, line 4, [columns] call_id"


def test_a_mapping_that_is_not_there(tmp_path):
    with pytest.raises(NoSuchFile):
        Mapping.read(tmp_path / "none.toml")


def test_a_mapping_in_another_encoding(tmp_path):
    (tmp_path / "m.toml").write_bytes(
        "record = 'caf\N{LATIN SMALL LETTER E WITH ACUTE}'".encode("latin-1")
    )
    with pytest.raises(BadMapping, match="save it as UTF-8"):
        Mapping.read(tmp_path / "m.toml")
