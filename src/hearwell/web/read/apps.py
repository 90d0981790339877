from django.apps import AppConfig


class Read(AppConfig):
    name = "hearwell.web.read"
    label = "read"
