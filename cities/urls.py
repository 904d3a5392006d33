"""Addresses of people in places. The pages of cities themselves read all apps: see innoteams/urls.py."""

from django.urls import include, path

urlpatterns = [path("", include("cities.urls_people"))]
