"""Addresses of questions put freely, and of what is made of them."""

from django.urls import path

from hearwell.web.explore import boards, deliveries, page

urlpatterns = [
    path("explore/", page.explore, name="explore"),
    path("explore/file/<str:kind>/", page.file, name="explore-file"),
    path("boards/", boards.boards, name="boards"),
    path("boards/save/", boards.save, name="board-save"),
    path("boards/<int:number>/", boards.board, name="board"),
    path("boards/<int:number>/kiosk/", boards.kiosk, name="kiosk"),
    path("boards/<int:number>/edit/", boards.edit, name="board-edit"),
    path("boards/<int:number>/remove/", boards.remove, name="board-remove"),
    path("boards/<int:number>/panels/<int:place>/", boards.panel, name="board-panel"),
    path("boards/<int:number>/links/", boards.link, name="board-link"),
    path("boards/<int:number>/links/<int:key>/end/", boards.end_link, name="board-link-end"),
    path("deliveries/", deliveries.deliveries, name="deliveries"),
    path("deliveries/new/", deliveries.delivery, name="delivery-new"),
    path("deliveries/<int:number>/", deliveries.delivery, name="delivery"),
    path("deliveries/<int:number>/act/", deliveries.act, name="delivery-act"),
    path("deliveries/channels/new/", deliveries.channel, name="channel-new"),
    path("deliveries/channels/<int:number>/act/", deliveries.channel_act, name="channel-act"),
    path("deliveries/log/", deliveries.log, name="deliveries-log"),
    path("kiosk/<str:secret>/", boards.linked, name="kiosk-linked"),
]
