from django.apps import AppConfig


class Collector(AppConfig):
    name = "hearwell.web.collector"
    label = "collector"
