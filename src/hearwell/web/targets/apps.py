from django.apps import AppConfig


class Targets(AppConfig):
    name = "hearwell.web.targets"
    label = "targets"
