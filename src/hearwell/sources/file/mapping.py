"""A mapping: which columns of a file become which columns of a record, as SQL expressions."""

import codecs
import re
import tomllib
from pathlib import Path
from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    ValidationError,
)

from hearwell.clock.zone import check_zone
from hearwell.records import RECORDS
from hearwell.records.record import Record
from hearwell.sources.file.errors import BadMapping, NoSuchFile, UnknownEncoding, nearest


def check_record(name: str) -> str:
    known = [record for record in RECORDS if record != "rejected"]
    if name not in known:
        hint = nearest(name, known) or f"There are {', '.join(known)}."
        message = f"no record is called {name!r}. {hint}"
        raise ValueError(message)
    return name


def check_encoding(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        raise UnknownEncoding(name) from None


def sql(value: object) -> object:
    """Take TOML's numbers and truth values for the SQL that they are."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value


Sql = Annotated[str, BeforeValidator(sql), Field(min_length=1)]


class Mapping(BaseModel):
    """What a mapping file says. Every entry but `record` and `columns` may be left out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    record: Annotated[str, AfterValidator(check_record)]
    source: Annotated[str, Field(min_length=1)] = "file"  # a key's first part: where rows are from
    encoding: Annotated[str, AfterValidator(check_encoding)] | None = None
    header: StrictBool | Annotated[int, Field(ge=1)] | None = None  # false, or the line it is in
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    quote: Annotated[str, Field(max_length=1)] = '"'  # "" where quotes have no meaning
    escape: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    sheet: str | None = None  # of a workbook; else its first
    zone: Annotated[str, AfterValidator(check_zone)] | None = None  # of times without an offset
    where: Sql | None = None  # rows for which this is not true are no records at all
    rows: str | None = None  # a SELECT from `file`, where a record is spread over several rows
    columns: dict[str, Sql | dict[str, Sql]]

    origin: str = "the mapping"  # where it stands, and its text, for messages; not entries
    text: str = ""

    @classmethod
    def parse(cls, text: str, origin: str = "the mapping") -> Self:
        """Read a mapping from TOML.

        Raises:
            BadMapping: it is not TOML, or an entry is not one of the above.

        """
        try:
            entries = tomllib.loads(text)
            if own := {"origin", "text"} & entries.keys():
                raise BadMapping(origin, f"{own.pop()}: a mapping has no such entry")
            return cls.model_validate({**entries, "origin": origin, "text": text})
        except tomllib.TOMLDecodeError as error:
            raise BadMapping(origin, f"this is not TOML: {error}") from error
        except ValidationError as error:
            raise BadMapping(origin, problems(error)) from error
        except UnknownEncoding as error:
            raise BadMapping(origin, str(error)) from error

    @classmethod
    def read(cls, path: Path) -> Self:
        if not path.is_file():
            raise NoSuchFile(path)
        try:
            return cls.parse(path.read_text("utf-8-sig"), str(path))
        except UnicodeDecodeError as error:
            raise BadMapping(str(path), f"this is not UTF-8 ({error}); save it as UTF-8") from error

    @property
    def target(self) -> type[Record]:
        return RECORDS[self.record]

    def place(self, *entry: str) -> str:
        """Say where an entry stands, for messages: file, line and name."""
        found = re.search(rf'(?m)^[ \t]*"?{re.escape(entry[-1])}"?[ \t]*=', self.text)
        line = f", line {self.text.count(chr(10), 0, found.end()) + 1}" if found else ""
        inside = f"[{'.'.join(entry[:-1])}] " if len(entry) > 1 else ""
        return f"{self.origin}{line}, {inside}{entry[-1]}"


def problems(error: ValidationError) -> str:
    """Return what pydantic found, one line for each entry, without its own manner of speaking."""
    lines = []
    for each in error.errors():
        name = ".".join(str(part) for part in each["loc"] if not str(part).startswith("function-"))
        told = each["msg"].removeprefix("Value error, ")
        if each["type"] == "extra_forbidden":
            hint = nearest(name, Mapping.model_fields)
            told = f"a mapping has no such entry. {hint or 'Columns belong under [columns].'}"
        lines.append(f"{name}: {told}")
    return "; ".join(dict.fromkeys(lines))
