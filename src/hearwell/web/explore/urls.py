"""Addresses of questions put freely, and of what is made of them."""

from django.urls import path

from hearwell.web.explore import page

urlpatterns = [
    path("explore/", page.explore, name="explore"),
    path("explore/file/<str:kind>/", page.file, name="explore-file"),
]
