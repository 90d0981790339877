"""Addresses of inputs and settings."""

from django.urls import path
from django.views.decorators.http import require_safe

from hearwell.web.inputs import bringing_page, data_page, mapping_page, refused_page, upload

urlpatterns = [
    path("data/", require_safe(data_page.data), name="data"),
    path("data/metrics/", require_safe(data_page.fed_metrics), name="fed-metrics"),
    path("data/refused/", require_safe(refused_page.refused_rows), name="refused"),
    path("data/refused/rows.csv", require_safe(refused_page.refused_file), name="refused-file"),
    path("data/upload/", upload.upload, name="upload"),
    path("data/imports/<int:number>/", bringing_page.bringing, name="bringing"),
    path("data/imports/<int:number>/mapping/", mapping_page.mapping, name="mapping"),
    path("data/imports/<int:number>/import/", bringing_page.bring, name="bring"),
    path("data/imports/<int:number>/discard/", bringing_page.discard, name="discard"),
]
