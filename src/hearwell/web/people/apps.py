from django.apps import AppConfig


class People(AppConfig):
    name = "hearwell.web.people"
    label = "people"

    def ready(self) -> None:
        from hearwell.web.people.watching import watch  # noqa: PLC0415  it needs all tables

        watch()
