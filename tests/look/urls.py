"""The portal with the specimen page, which otherwise stands in a demo or with DEBUG only."""

from django.urls import path

from innoteams.urls import *  # noqa: F403 - the portal's own addresses and handlers
from innoteams.urls import urlpatterns as portal
from innoteams.views import design

urlpatterns = [path("design/", design.specimen, name="design"), *portal]
