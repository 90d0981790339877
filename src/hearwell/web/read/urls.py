"""Addresses of the pages that tell how care is doing."""

from django.urls import path

from hearwell.web.read import metric, rows, scorecard

urlpatterns = [
    path("", scorecard.scorecard, name="scorecard"),
    path("scorecard/pictures/", scorecard.pictures, name="scorecard-pictures"),
    path("metric/<str:name>/", metric.metric, name="metric"),
    path("metric/<str:name>/rows/", rows.rows, name="rows"),
]
