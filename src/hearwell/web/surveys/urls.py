"""Addresses of surveys: where people answer, and the pages of those who ask."""

from django.urls import path

from hearwell.web.surveys import answering

urlpatterns = [
    path("s/<str:token>/", answering.survey, name="survey"),
    path("s/<str:token>/<int:score>/", answering.survey, name="survey-choice"),
]
