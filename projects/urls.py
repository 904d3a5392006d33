from django.urls import path

from projects.views import adaptations, consultations, detail, indicators, journal, listing, moves, pilots, writing

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
    path("projects/<slug:slug>/adapt/", adaptations.project_adapt, name="project_adapt"),
    path("projects/<slug:slug>/origin/", adaptations.project_origin, name="project_origin"),
    path("projects/<slug:slug>/adapted/<int:pk>/", adaptations.adaptation_report, name="adaptation_report"),
    path("projects/<slug:slug>/adapted/<int:pk>/forget/", adaptations.adaptation_forget, name="adaptation_forget"),
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
    path("follow/<slug:kind>/<slug:slug>/", moves.follow_toggle, name="follow_toggle"),
]
