"""The description of the API as a page for people."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from json import dumps
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from hearwell.web.api.service import description
from hearwell.web.api.told import EXAMPLE
from hearwell.web.people.person import Role
from hearwell.web.people.signed_in import SignedIn
from hearwell.web.people.token import Scope

Schema = Mapping[str, Any]
JSON, FORM = "application/json", "multipart/form-data"
FORM_EXAMPLE = ("-F file=@calls.csv", "-F record=call", '-F "mapping=<calls.toml"')


@dataclass(frozen=True)
class Part:
    """A parameter, or a field of what is sent or told."""

    name: str
    kind: str
    schema: str | None  # the name of the one that describes it, if one does
    required: bool
    about: SafeString


@dataclass(frozen=True)
class Described:
    """An operation, as the page shows it."""

    name: str
    method: str
    path: str
    summary: str
    about: list[SafeString]
    role: str
    scope: str
    parameters: list[Part]
    body: str | None
    told: str | None
    curl: str


@dataclass(frozen=True)
class Form:
    """What something that is sent or told looks like."""

    name: str
    about: SafeString
    parts: list[Part]


def page(request: SignedIn) -> HttpResponse:
    """Show every operation, with an example that can be run."""
    schema = description()
    root = request.build_absolute_uri("/").rstrip("/")
    groups: dict[str, list[Described]] = {}
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            told = described(path, method, operation, root)
            groups.setdefault(operation["tags"][0], []).append(told)
    referred_to = dumps(schema)
    forms = [
        form(name, each)
        for name, each in sorted(schema["components"]["schemas"].items())
        if f'/schemas/{name}"' in referred_to
    ]
    context = {
        "groups": groups,
        "forms": [each for each in forms if each.parts],
        "openapi": reverse("api:openapi"),
        "mcp": root + reverse("mcp"),
    }
    return render(request, "api/document.html", context)


def described(path: str, method: str, operation: Schema, root: str) -> Described:
    done = next(told for status, told in operation["responses"].items() if int(status) < 400)
    told = done.get("content", {}).get("application/json", {}).get("schema", {})
    return Described(
        name=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        about=[coded(each) for each in operation["description"].split("\n\n")],
        role=str(Role(operation["x-role"]).label),
        scope=str(Scope(operation["x-scope"]).label),
        parameters=[
            *(
                part(each["name"], described_in(each), required=each["required"])
                for each in operation["parameters"]
            ),
            *fields(sent(operation, FORM)),
        ],
        body=referred(sent(operation, JSON)),
        told=referred(told),
        curl=curl(method, root, operation),
    )


def sent(operation: Schema, kind: str) -> Schema:
    """Return what describes the body of an operation, if it is of this kind."""
    content = operation.get("requestBody", {}).get("content", {})
    found: Schema = content.get(kind, {}).get("schema", {})
    return found


def described_in(parameter: Schema) -> Schema:
    about = parameter.get("description")
    return {**parameter["schema"], **({"description": about} if about else {})}


def curl(method: str, root: str, operation: Schema) -> str:
    """Return a command that asks it, with the example of what it takes."""
    lines = ['curl -H "Authorization: Bearer $HEARWELL_TOKEN"']
    body = referred(sent(operation, JSON))
    if body:
        example = description()["components"]["schemas"][body]["example"]
        lines += ['-H "Content-Type: application/json"', f"--data '{dumps(example)}'"]
    if sent(operation, FORM):
        lines += FORM_EXAMPLE
    if method != "get" and not (body and method == "post"):
        lines.insert(1, f"-X {method.upper()}")
    return " \\\n  ".join([*lines, f'"{root}/api/v1{operation[EXAMPLE]}"'])


def form(name: str, schema: Schema) -> Form:
    return Form(name, coded(schema.get("description", "")), fields(schema))


def fields(schema: Schema) -> list[Part]:
    own, required = schema.get("properties", {}), schema.get("required", ())
    says_more = len(required) < len(own)  # else it is so of all
    return [part(name, each, required=says_more and name in required) for name, each in own.items()]


def part(name: str, schema: Schema, *, required: bool) -> Part:
    about = coded(schema.get("description", ""))
    return Part(name, kind(schema), referred(schema), required, about)


def coded(text: str) -> SafeString:
    """Return a text in which what stands between backticks is code."""
    pieces = enumerate(text.split("`"))
    return format_html_join("", "{}", ((format_html(CODE[i % 2], each),) for i, each in pieces))


CODE = ("{}", "<code>{}</code>")


def referred(schema: Schema) -> str | None:
    """Return the name of the schema that a part refers to, in a list or with null too."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    inside = (schema.get("items"), *schema.get("anyOf", ()))
    found = (referred(each) for each in inside if isinstance(each, dict))
    return next((each for each in found if each), None)


def kind(schema: Schema) -> str:
    """Return what values a part has, in the words of JSON Schema."""
    if "anyOf" in schema:
        return " | ".join(kind(each) for each in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if "const" in schema:
        return str(schema["const"])
    if schema.get("type") == "array":
        return f"[{kind(schema.get('items', {}))}]"
    told = referred(schema) or str(schema.get("type", "any"))
    return told + "".join(limits(schema))


def limits(schema: Schema) -> Iterator[str]:
    signs = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
    for name, sign in signs.items():
        if name in schema:
            yield f" {sign} {schema[name]}"
