"""Addresses of all pages."""

from django.urls import include, path

handler400 = "hearwell.web.project.problems.bad_request"
handler403 = "hearwell.web.project.problems.forbidden"
handler404 = "hearwell.web.project.problems.not_found"
handler500 = "hearwell.web.project.problems.fault"

urlpatterns = [
    path("", include("hearwell.web.read.urls")),
    path("", include("hearwell.web.explore.urls")),
    path("", include("hearwell.web.targets.urls")),
    path("", include("hearwell.web.people.urls")),
    path("", include("hearwell.web.api.urls")),
    path("", include("hearwell.web.inputs.urls")),
    path("", include("hearwell.web.collector.urls")),
    path("", include("hearwell.web.surveys.urls")),
    path("", include("hearwell.web.promises.urls")),
    path("", include("hearwell.web.why.urls")),
]
