"""Addresses of accounts."""

from django.urls import path

from hearwell.web.people import views

urlpatterns = [
    path("welcome/<str:token>/", views.welcome, name="welcome"),
    path("language/", views.language, name="language"),
]
