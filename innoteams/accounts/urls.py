from django.urls import path

from innoteams.views.soon import soon

urlpatterns = [
    path("profile/", soon, name="profile"),
]
