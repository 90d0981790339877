"""Addresses of targets."""

from django.urls import path

from hearwell.web.targets import pages

urlpatterns = [
    path("targets/", pages.targets, name="targets"),
    path("targets/new/", pages.edit, name="target-new"),
    path("targets/<int:number>/", pages.edit, name="target"),
    path("targets/<int:number>/remove/", pages.remove, name="target-remove"),
    path("targets/alerts/<int:number>/seen/", pages.alert_seen, name="alert-seen"),
]
