from django.urls import path

from innoteams.views.soon import soon
from projects.views import listing

urlpatterns = [
    path("projects/", listing.project_list, name="project_list"),
    path("projects/new/", soon, name="project_create"),
    path("projects/<slug:slug>/", soon, name="project_detail"),
]
