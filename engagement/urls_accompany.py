"""Check-ins, the portfolio, coaching, introductions and questions."""

from django.urls import path

from innoteams.views.soon import soon

urlpatterns = [
    path("portfolio/", soon, name="portfolio"),
    path("check-ins/", soon, name="check_in_list"),
    path("check-ins/<int:pk>/", soon, name="check_in_detail"),
    path("coaching/", soon, name="engagement_list"),
    path("coaching/<int:pk>/", soon, name="engagement_detail"),
    path("introductions/", soon, name="introduction_list"),
    path("introductions/new/", soon, name="introduction_create"),
    path("introductions/<int:pk>/", soon, name="introduction_detail"),
    path("questions/", soon, name="question_list"),
    path("questions/new/", soon, name="question_create"),
    path("questions/<int:pk>/", soon, name="question_detail"),
]
