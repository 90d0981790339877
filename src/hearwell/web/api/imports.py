"""Files that programs bring into the lake: sent with a mapping, checked, imported."""

from typing import Annotated, Any, Literal

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from ninja import File, Form, Router, UploadedFile
from ninja import Query as FromQuery
from pydantic import Field, StringConstraints

from hearwell.engine.explain import needed_by
from hearwell.engine.refusals import refusals, refused
from hearwell.errors import HearwellError
from hearwell.jobs.bring_in import Mapping
from hearwell.jobs.rehearse import BadMapping, tried
from hearwell.lake.lake import Lake
from hearwell.web import lakes
from hearwell.web.api import told
from hearwell.web.api.answered import answered, whole
from hearwell.web.api.caller import at_least
from hearwell.web.api.page import Page
from hearwell.web.api.problem import Wrong, listed, problem
from hearwell.web.api.question import Query, Text
from hearwell.web.api.repeat import DESCRIBED, once
from hearwell.web.api.rows import Place, hashed, read
from hearwell.web.inputs import jobs
from hearwell.web.inputs.bringing import Bringing, State, discard
from hearwell.web.inputs.entries import Entries
from hearwell.web.inputs.mapping_page import Page as Proposal
from hearwell.web.inputs.mapping_page import look, proposed
from hearwell.web.inputs.upload import MAY_BE, too_large
from hearwell.web.people.audit import Action, audit
from hearwell.web.people.person import Role
from hearwell.web.people.signed_in import SignedIn
from hearwell.web.people.token import Scope

LONGEST_MAPPING = 200_000
KEY = ("source", "record", "file", "reason")
MOST_REFUSALS = 1_000

router = Router(tags=["Data"], auth=at_least(Role.ADMINISTRATOR))
writes = at_least(Role.ADMINISTRATOR, Scope.WRITE)
Toml = Annotated[str, StringConstraints(max_length=LONGEST_MAPPING)]


class Refused(Query):
    """One entry of `/refusals`."""

    source: Text
    record: Text
    file: Text
    reason: Annotated[str, Field(max_length=2_000)]
    limit: int = Field(100, ge=1, le=10_000, description="Rows of a page.")
    cursor: str | None = Field(None, max_length=500, description="`next` of the page before.")

    @property
    def key(self) -> dict[str, str]:
        return self.model_dump(include=set(KEY))


@router.get("/imports", summary="Imports", **told.described(told.Imports, "/imports"))
def imports(request: SignedIn, asked: FromQuery[Page]) -> Any:  # noqa: ARG001  as below
    """Tell what was sent, by the pages too, the newest first, and what became of each."""
    shown, more = asked.of(Bringing.objects.select_related("person"))
    return whole({"imports": [as_told(each) for each in shown], "next": more})


@router.post(
    "/imports",
    auth=writes,
    summary="Send a file",
    **told.described(told.ImportTold, "/imports", status=202, parameters=[DESCRIBED]),
)
@once
def send_file(
    request: SignedIn,
    file: File[UploadedFile],
    record: Form[Literal[*MAY_BE]],  # type: ignore[valid-type]  # as many as there are records
    mapping: Form[Toml | None] = None,
) -> Any:
    """Send a file to be checked: what an import would keep and refuse. It imports nothing yet.

    `mapping` is what `hearwell map` writes. Without one the last mapping of these columns is taken,
    else what is proposed. Ask for the import until its state is `checked`, then import it.
    """
    large = too_large(file.size or 0)
    if large:
        return problem(request, 413, large)
    bringing = Bringing.receive(request.user, file, record)
    wrong = mapped(bringing, mapping or "")
    if wrong:
        discard(bringing)
        return problem(request, 422, f"The mapping does not fit: {listed(wrong)}", wrong)
    if bringing.begin(State.CHECKING):
        jobs.check(bringing.pk)
    return whole(as_told(fresh(bringing.pk)), 202)


@router.get(
    "/imports/{number}",
    summary="One import",
    **told.described(told.ImportTold, "/imports/1"),
)
def one_import(request: SignedIn, number: int) -> Any:  # noqa: ARG001  an operation's form
    """Tell how far it is, what would become of it, or what became of it."""
    return whole(as_told(fresh(number)))


@router.post(
    "/imports/{number}/import",
    auth=writes,
    summary="Import what was checked",
    **told.described(told.ImportTold, "/imports/1/import", status=202),
)
def import_file(request: SignedIn, number: int) -> Any:
    """Bring a checked file into the lake. Asked again, it tells how far that is."""
    found = fresh(number)
    if found.state == State.CHECKED and found.begin(State.IMPORTING):
        audit(request, Action.IMPORTED, str(found))
        jobs.bring(found.pk)
    found = fresh(number)
    if found.state not in {State.IMPORTING, State.DONE}:
        return problem(request, 409, f"Only what is checked can be imported; this: {found.state}.")
    return whole(as_told(found), 202)


@router.delete(
    "/imports/{number}",
    auth=writes,
    summary="Discard a file",
    **told.described(None, "/imports/1", status=204),
)
def discard_file(request: SignedIn, number: int) -> Any:
    """Remove a file that is not to be imported after all."""
    found = fresh(number)
    if found.is_under_way:
        return problem(request, 409, "It is under way. Wait until it has ended.")
    discard(found)
    return HttpResponse(status=204)


@router.get("/refusals", summary="Refused rows", **told.described(told.Refusals, "/refusals"))
def refused_for(request: SignedIn) -> HttpResponseBase:
    """Tell for which reasons rows were refused, the latest file first."""

    def made(lake: Lake) -> dict[str, Any]:
        found = refusals(lake, MOST_REFUSALS)
        return {
            "refusals": [
                each.key | {"rows": each.rows, "received": each.received_at.isoformat() + "Z"}
                for each in found
            ],
            "snapshot": lake.snapshot,
        }

    return answered(request, None, made)


@router.get(
    "/refusals/rows",
    summary="Rows refused for one reason",
    **told.described(
        told.RefusedRows, "/refusals/rows?source=file&record=call&file=calls.csv&reason=none"
    ),
)
def refused_rows(request: SignedIn, asked: FromQuery[Refused]) -> HttpResponseBase:
    """Tell rows as they were in their file, which is written into the audit log."""
    about = hashed(asked.key)
    place = read(asked.cursor, about) if asked.cursor else None
    after = place.after if place else 0

    def made(lake: Lake) -> dict[str, Any]:
        found = refused(lake, asked.key, asked.limit + 1, after)
        audit(request, Action.EXPORTED, f"refused rows of {asked.file}: {asked.reason}")
        more = Place(lake.snapshot, after + asked.limit, about).cursor()
        return {
            "rows": [{"row": row, "raw": raw} for row, raw in found[: asked.limit]],
            "next": more if len(found) > asked.limit else None,
            "snapshot": lake.snapshot,
        }

    return answered(request, str(place.snapshot) if place else None, made)


def mapped(bringing: Bringing, mapping: str) -> list[Wrong]:
    """Say how the columns of a file become a record; return what is wrong with that."""
    with lakes.reading() as lake:
        if mapping.strip():
            bringing.mapping = mapping
            wrong = wrongs_of_mapping(lake, bringing)
        else:
            page = proposed(lake, bringing, bringing.record, {})
            if page.draft is not None and not page.problem:
                look(lake, page)
            bringing.entries = page.entries.as_json()
            wrong = wrongs_of_proposal(page)
    bringing.save()
    return wrong


def wrongs_of_mapping(lake: Lake, bringing: Bringing) -> list[Wrong]:
    try:
        how = Mapping.parse(bringing.mapping)
        if how.record != bringing.record:
            asked = f"It makes {how.record}, and {bringing.record} was asked for."
            return [Wrong(at="body.mapping", detail=asked)]
        tried(lake, bringing.path, how, needed_by)
    except HearwellError as error:
        at = "body.mapping" if isinstance(error, BadMapping) else "body.file"
        return [Wrong(at=at, detail=str(error))]
    return []


def wrongs_of_proposal(page: Proposal) -> list[Wrong]:
    if page.problem:
        return [Wrong(at="body.file", detail=page.problem)]
    found = (page.problems or {}).items()
    return [Wrong(at=f"body.mapping.columns.{name}", detail=each) for name, each in found]


def fresh(number: int) -> Bringing:
    """Return an import as it is now.

    Raises:
        Http404: there is none.

    """
    found = Bringing.objects.filter(pk=number).first() if 0 < number < 2**63 else None
    if found is None:
        raise Http404
    return found


def as_told(found: Bringing) -> dict[str, Any]:
    counts = dict(found.counts)
    reasons = counts.pop("reasons", [])
    first = counts.pop("refused", [])
    return {
        "number": found.pk,
        "file": found.name,
        "size_bytes": found.size_bytes,
        "record": found.record,
        "state": found.state,
        "progress": found.progress,
        "message": found.message,
        "mapping": found.mapping
        or (Entries.kept(found.entries).as_toml() if found.entries else ""),
        "sent_by": str(found.person) if found.person else None,
        "sent_at": found.made_at.isoformat(),
        "rows": {name: each for name, each in counts.items() if isinstance(each, int)},
        "notes": list(counts.get("notes", [])),
        "reasons": [{"kind": kind, "rows": n, "first": each} for kind, n, each in reasons],
        "refused": [{"row": row, "reason": why, "raw": raw} for row, why, raw in first],
    }
