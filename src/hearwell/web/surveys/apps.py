from django.apps import AppConfig


class Surveys(AppConfig):
    name = "hearwell.web.surveys"
    label = "surveys"
