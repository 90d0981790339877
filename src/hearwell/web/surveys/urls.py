"""Addresses of surveys: where people answer, and the pages of those who ask."""

from django.urls import path

from hearwell.web.surveys import answering, embed, pages

urlpatterns = [
    path("surveys/", pages.surveys, name="surveys"),
    path("surveys/e-mails/", pages.reach, name="survey-reach"),
    path("surveys/designs/<int:number>/", pages.design, name="survey-design"),
    path("surveys/designs/<int:number>/preview/", pages.preview, name="survey-preview"),
    path("surveys/programmes/new/", pages.programme, name="survey-programme-new"),
    path("surveys/programmes/<int:number>/", pages.programme, name="survey-programme"),
    path("surveys/programmes/<int:number>/qr.svg", pages.qr, name="survey-qr"),
    path("surveys/programmes/<int:number>/again/", pages.again, name="survey-again"),
    path("survey.js", embed.script, name="survey-script"),
    path("s/<str:token>/", answering.survey, name="survey"),
    path("s/<str:token>/<int:score>/", answering.survey, name="survey-choice"),
]
