"""The portal with the reports of every provider at once, where an installation takes those of one."""

from django.urls import path

from engagement.mail_reports import VIEWS, view_for
from innoteams.urls import urlpatterns as portal

urlpatterns = [*(path(f"mail/{name}/tracking/", view_for(name)) for name in VIEWS), *portal]
