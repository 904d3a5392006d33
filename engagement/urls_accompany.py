"""Check-ins, the portfolio, coaching, introductions and questions."""

from django.urls import path, re_path

from engagement.views import (
    check_ins,
    commitments,
    engagements,
    introductions,
    notes,
    portfolio,
    project_questions,
    questions,
    sessions,
)

urlpatterns = [
    path("portfolio/", portfolio.portfolio, name="portfolio"),
    re_path(r"^portfolio/(?P<what>teams|projects)\.csv$", portfolio.portfolio_export, name="portfolio_export"),
    path("check-ins/", check_ins.check_in_list, name="check_in_list"),
    path("check-ins/<int:pk>/", check_ins.check_in_detail, name="check_in_detail"),
    path("check-ins/<int:pk>/save/", check_ins.check_in_save, name="check_in_save"),
    path("check-ins/<int:pk>/answer/", check_ins.check_in_answer, name="check_in_answer"),
    path("coaching/", engagements.engagement_list, name="engagement_list"),
    path("coaching/open/", engagements.engagement_create, name="engagement_create"),
    path("coaching/<int:pk>/", engagements.engagement_detail, name="engagement_detail"),
    path("coaching/<int:pk>/end/", engagements.engagement_end, name="engagement_end"),
    path("coaching/<int:pk>/aims/", engagements.aims_set, name="aims_set"),
    path("coaching/<int:pk>/sessions/new/", sessions.session_create, name="session_create"),
    path("coaching/<int:pk>/commitments/", commitments.commitment_create, name="commitment_create"),
    path("coaching/<int:pk>/notes/", notes.note_create, name="note_create"),
    path("coaching/sessions/<int:pk>/", sessions.session_detail, name="session_detail"),
    path("coaching/commitments/<int:pk>/done/", commitments.commitment_settle, name="commitment_settle"),
    path("coaching/commitments/<int:pk>/reopen/", commitments.commitment_reopen, name="commitment_reopen"),
    path("introductions/", introductions.introduction_list, name="introduction_list"),
    path("introductions/new/", introductions.introduction_create, name="introduction_create"),
    path("introductions/<int:pk>/", introductions.introduction_detail, name="introduction_detail"),
    path("introductions/<int:pk>/answer/", introductions.introduction_answer, name="introduction_answer"),
    path("introductions/<int:pk>/withdraw/", introductions.introduction_withdraw, name="introduction_withdraw"),
    path("introductions/<int:pk>/helped/", introductions.introduction_helped, name="introduction_helped"),
    path("projects/<slug:slug>/questions/", project_questions.project_questions, name="project_questions"),
    path(
        "projects/<slug:slug>/questions/<int:pk>/answer/",
        project_questions.project_question_answer,
        name="project_question_answer",
    ),
    path(
        "projects/<slug:slug>/questions/<int:pk>/close/",
        project_questions.project_question_close,
        name="project_question_close",
    ),
    path("questions/", questions.question_list, name="question_list"),
    path("questions/new/", questions.question_create, name="question_create"),
    path("questions/<int:pk>/", questions.question_detail, name="question_detail"),
    path("questions/<int:pk>/answer/", questions.question_answer, name="question_answer"),
    path("questions/<int:pk>/close/", questions.question_close, name="question_close"),
]
