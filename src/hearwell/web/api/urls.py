"""Addresses that programs ask."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.views.decorators.http import require_safe

from hearwell.web.api import document
from hearwell.web.api.mcp.endpoint import endpoint
from hearwell.web.api.service import API


def for_anyone(patterns: list[Any]) -> list[Any]:
    """Let requests through to the operations, each of which says itself who may ask."""
    for each in patterns:
        each.callback = login_not_required(each.callback)
    return patterns


urlpatterns = [
    path("mcp", endpoint, name="mcp"),
    path("api/", require_safe(document.page), name="api-document"),
    path("api/v1/", (for_anyone(API.urls[0]), "ninja", "api")),
]
