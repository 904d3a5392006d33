"""Sessions in one's own calendar, and reminders."""

from django.urls import path, re_path

from engagement.views import calendar

urlpatterns = [
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/open/", calendar.calendar_open, name="calendar_open"),
    path("calendar/renew/", calendar.calendar_renew, name="calendar_renew"),
    path("calendar/revoke/", calendar.calendar_revoke, name="calendar_revoke"),
    path("calendar/reminders/", calendar.reminders_save, name="reminders_save"),
    re_path(r"^calendar/(?P<key>[A-Za-z0-9_-]{16,64})\.ics$", calendar.calendar_feed, name="calendar_feed"),
    path("coaching/sessions/<int:pk>.ics", calendar.session_file, name="session_file"),
]
