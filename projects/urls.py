from django.urls import path

from innoteams.views.soon import soon

urlpatterns = [
    path("projects/", soon, name="project_list"),
    path("projects/new/", soon, name="project_create"),
    path("projects/<slug:slug>/", soon, name="project_detail"),
]
