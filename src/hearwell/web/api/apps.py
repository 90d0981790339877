from django.apps import AppConfig


class Api(AppConfig):
    name = "hearwell.web.api"
    label = "api"
