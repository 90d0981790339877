"""Addresses of the pages that tell how care is doing."""

from django.urls import path

from hearwell.web.read import help_centre, metric, rows, scorecard, staffing, why_changed

urlpatterns = [
    path("", scorecard.scorecard, name="scorecard"),
    path("scorecard/pictures/", scorecard.pictures, name="scorecard-pictures"),
    path("metric/<str:name>/", metric.metric, name="metric"),
    path("metric/<str:name>/rows/", rows.rows, name="rows"),
    path("metric/<str:name>/rows.<str:kind>", rows.export, name="rows-export"),
    path("metric/<str:name>/why/", why_changed.why_changed, name="why-changed"),
    path("staffing/", staffing.staffing, name="staffing"),
    path("staffing/plan/", staffing.plan, name="staffing-plan"),
    path("help-centre/", help_centre.help_centre, name="help-centre"),
]
