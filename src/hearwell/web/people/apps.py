from django.apps import AppConfig


class People(AppConfig):
    name = "hearwell.web.people"
    label = "people"
