"""Addresses about people: who is in a team, who coordinates, invitations."""

from django.urls import path

from cities.views import invitations, people

urlpatterns = [
    path("people/", people.overview, name="people"),
    path("teams/<slug:slug>/people/", people.team_people, name="team_people"),
    path("teams/<slug:slug>/people/invite/", people.invite, name="invitation_create"),
    path("teams/<slug:slug>/people/<int:pk>/", people.change_part, name="membership_change"),
    path("teams/<slug:slug>/people/<int:pk>/end/", people.end, name="membership_end"),
    path("operators/<slug:slug>/people/", people.operator_people, name="operator_people"),
    path("operators/<slug:slug>/people/invite/", people.invite_coordinator, name="coordinator_invite"),
    path("operators/<slug:slug>/people/<int:pk>/end/", people.end_coordination, name="coordination_end"),
    path("invitations/waiting/", invitations.waiting, name="invitation_waiting"),
    path("invitations/accept/", invitations.accept, name="invitation_accept"),
    path("invitations/<int:pk>/send-again/", invitations.send_again, name="invitation_send_again"),
    path("invitations/<int:pk>/withdraw/", invitations.withdraw, name="invitation_withdraw"),
    path("invitations/<str:key>/", invitations.detail, name="invitation_detail"),
    path("invitations/<str:key>/enter/", invitations.enter, name="invitation_enter"),
]
