from django.apps import AppConfig


class Inputs(AppConfig):
    name = "hearwell.web.inputs"
    label = "inputs"
