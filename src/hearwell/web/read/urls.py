"""Addresses of the pages that tell how care is doing: they are read, and change nothing."""

from django.urls import path
from django.views.decorators.http import require_safe

from hearwell.web.read import help_centre, metric, rows, scorecard, staffing, turned, why_changed

PAGES = (
    ("", scorecard.scorecard, "scorecard"),
    ("scorecard/pictures/", scorecard.pictures, "scorecard-pictures"),
    ("metric/<str:name>/", metric.metric, "metric"),
    ("metric/<str:name>/rows/", rows.rows, "rows"),
    ("metric/<str:name>/rows.<str:kind>", rows.export, "rows-export"),
    ("metric/<str:name>/why/", why_changed.why_changed, "why-changed"),
    ("metric/<str:name>/turned/", turned.when_turned, "when-turned"),
    ("staffing/", staffing.staffing, "staffing"),
    ("staffing/plan/", staffing.plan, "staffing-plan"),
    ("help-centre/", help_centre.help_centre, "help-centre"),
)
urlpatterns = [path(route, require_safe(view), name=name) for route, view, name in PAGES]
