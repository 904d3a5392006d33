from django.urls import path

from innoteams.accounts.views import profile

urlpatterns = [
    path("profile/", profile, name="profile"),
]
