"""My digests, and the page behind the link in their footers."""

from django.urls import path

from engagement.views import digests

urlpatterns = [
    path("digests/", digests.digest_list, name="digest_list"),
    path("digests/preferences/", digests.preferences_save, name="digest_preferences"),
    path("digests/links/", digests.links_renew, name="digest_links_renew"),
    path("digests/preview/", digests.preview, name="digest_preview"),
    path("digests/preview/mail/", digests.preview_mail, name="digest_preview_mail"),
    path("digests/<int:pk>/", digests.digest_detail, name="digest_detail"),
    path("digests/<int:pk>/mail/", digests.digest_mail, name="digest_mail"),
    path("digests/stop/<slug:key>/", digests.stop, name="digest_stop"),
]
