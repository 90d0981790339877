"""Addresses of the pages about sites; events have theirs in `receive.py`."""

from django.urls import path

from hearwell.web.collector import pages

urlpatterns = [
    path("sites/", pages.sites, name="sites"),
    path("sites/<int:number>/", pages.site, name="site"),
]
