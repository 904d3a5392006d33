"""Whether mail reaches people: where a mail provider reports, if there is one, and the button of who is not reached."""

from django.conf import settings
from django.urls import URLPattern, path

from engagement.mail_reports import view_for
from engagement.views import reach

urlpatterns: list[URLPattern] = [path("mail/try-again/", reach.try_again, name="reach_try_again")]

# Only with what proves where a report comes from (settings.py refuses to start without).
if settings.MAIL_REPORTS_FROM:
    urlpatterns.append(
        path(f"mail/{settings.MAIL_REPORTS_FROM}/tracking/", view_for(settings.MAIL_REPORTS_FROM), name="mail_reports")
    )
