from django.urls import path

from projects.views import consultations, detail, history, indicators, journal, listing, moves, pilots, writing

urlpatterns = [
    path("projects/", listing.project_list, name="project_list"),
    path("projects/new/", writing.project_create, name="project_create"),
    path("projects/drafts/", writing.draft_keep, name="draft_keep"),
    path("projects/<slug:slug>/", detail.project_detail, name="project_detail"),
    path("projects/<slug:slug>/edit/", writing.project_edit, name="project_edit"),
    path("projects/<slug:slug>/share/", moves.project_share, name="project_share"),
    path("projects/<slug:slug>/phase/", moves.project_phase, name="project_phase"),
    path("projects/<slug:slug>/outcome/", moves.project_outcome, name="project_outcome"),
    path("projects/<slug:slug>/confirm/", moves.project_confirm, name="project_confirm"),
    path("projects/<slug:slug>/claim/", moves.project_claim, name="project_claim"),
    path("projects/<slug:slug>/adapt/", moves.project_adapt, name="project_adapt"),
    path("projects/<slug:slug>/adapted/<int:pk>/", moves.adaptation_report, name="adaptation_report"),
    path("projects/<slug:slug>/pilots/new/", pilots.pilot_add, name="pilot_add"),
    path("projects/<slug:slug>/pilots/<int:pk>/", pilots.pilot_change, name="pilot_change"),
    path("projects/<slug:slug>/pilots/<int:pk>/decide/", pilots.pilot_decide, name="pilot_decide"),
    path("projects/<slug:slug>/journal/new/", journal.journal_add, name="journal_add"),
    path("projects/<slug:slug>/journal/<int:pk>/", journal.journal_change, name="journal_change"),
    path("projects/<slug:slug>/consultations/new/", consultations.consultation_add, name="consultation_add"),
    path("projects/<slug:slug>/consultations/<int:pk>/", consultations.consultation_change, name="consultation_change"),
    path("projects/<slug:slug>/indicators/new/", indicators.indicator_add, name="indicator_add"),
    path("projects/<slug:slug>/indicators/<int:pk>/", indicators.indicator_change, name="indicator_change"),
    path("projects/<slug:slug>/indicators/<int:pk>/readings/new/", indicators.reading_add, name="reading_add"),
    path("projects/<slug:slug>/readings/<int:pk>/remove/", indicators.reading_remove, name="reading_remove"),
    path("projects/<slug:slug>/history/", history.project_history, name="project_history"),
    path("projects/<slug:slug>/history/<int:pk>/", history.project_revision, name="project_revision"),
    path("projects/<slug:slug>/history/<int:pk>/restore/", history.project_restore, name="project_restore"),
    path("follow/<slug:kind>/<slug:slug>/", moves.follow_toggle, name="follow_toggle"),
]
