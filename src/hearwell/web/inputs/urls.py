"""Addresses of inputs and settings."""

from django.urls import path

from hearwell.web.inputs import (
    bringing_page,
    by_hand,
    data_page,
    mapping_page,
    numbers_page,
    refused_page,
    schedules_page,
    settings_page,
    upload,
)

urlpatterns = [
    path("data/", data_page.data, name="data"),
    path("data/metrics/", data_page.fed_metrics, name="fed-metrics"),
    path("data/refused/", refused_page.refused_rows, name="refused"),
    path("data/refused/rows.csv", refused_page.refused_file, name="refused-file"),
    path("data/events/", by_hand.events, name="events"),
    path("data/benchmarks/", by_hand.benchmarks, name="benchmarks"),
    path("data/upload/", upload.upload, name="upload"),
    path("data/imports/<int:number>/", bringing_page.bringing, name="bringing"),
    path("data/imports/<int:number>/mapping/", mapping_page.mapping, name="mapping"),
    path("data/imports/<int:number>/import/", bringing_page.bring, name="bring"),
    path("data/imports/<int:number>/discard/", bringing_page.discard, name="discard"),
    path("settings/", settings_page.settings, name="settings"),
    path("settings/numbers/", numbers_page.numbers, name="numbers"),
    path("settings/schedules/", schedules_page.schedules, name="schedules"),
    path("settings/schedules/new/", schedules_page.schedule, name="new-schedule"),
    path("settings/schedules/<int:place>/", schedules_page.schedule, name="schedule"),
    path("settings/promises/new/", schedules_page.promise, name="new-promise"),
    path("settings/promises/<int:place>/", schedules_page.promise, name="promise"),
]
