from django.apps import AppConfig


class Explore(AppConfig):
    name = "hearwell.web.explore"
    label = "explore"
