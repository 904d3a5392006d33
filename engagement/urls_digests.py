"""My digests, and the page behind the link in their footers."""

from django.urls import path

from engagement.views import digest_wishes, digests

urlpatterns = [
    path("digests/", digest_wishes.digest_list, name="digest_list"),
    path("digests/preferences/", digest_wishes.preferences_save, name="digest_preferences"),
    path("digests/links/", digest_wishes.links_renew, name="digest_links_renew"),
    path("digests/preview/", digests.preview, name="digest_preview"),
    path("digests/preview/mail/", digests.preview_mail, name="digest_preview_mail"),
    path("digests/<int:pk>/", digests.digest_detail, name="digest_detail"),
    path("digests/<int:pk>/mail/", digests.digest_mail, name="digest_mail"),
    path("digests/stop/<slug:key>/", digest_wishes.stop, name="digest_stop"),
]
