from django.urls import path

from innoteams.views.soon import soon

urlpatterns = [
    path("digests/", soon, name="digest_list"),
]
