from django.urls import path

from innoteams.views.soon import soon

urlpatterns = [
    path("cities/", soon, name="city_list"),
    path("cities/<slug:slug>/", soon, name="city_detail"),
    path("map/", soon, name="network_map"),
    path("teams/<slug:slug>/people/", soon, name="team_people"),
]
