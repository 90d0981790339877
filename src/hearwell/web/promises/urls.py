"""Addresses of the page about promises to customers."""

from django.urls import path

from hearwell.web.promises import page

urlpatterns = [path("promises/", page.promises, name="promises")]
