"""My digests, and the page behind the link in their footers."""

from django.urls import path

from engagement.views import digest_feedback, digest_previews, digest_wishes, digests

urlpatterns = [
    path("digests/", digest_wishes.digest_list, name="digest_list"),
    path("digests/preferences/", digest_wishes.preferences_save, name="digest_preferences"),
    path("digests/links/", digest_wishes.links_renew, name="digest_links_renew"),
    path("digests/preview/", digest_previews.preview, name="digest_preview"),
    path("digests/preview/mail/", digest_previews.preview_mail, name="digest_preview_mail"),
    path("digests/preview/leave/", digest_previews.leave, name="digest_preview_leave"),
    path("digests/preview/<slug:stream>/", digest_previews.preview, name="digest_preview_of"),
    path("digests/preview/<slug:stream>/mail/", digest_previews.preview_mail, name="digest_preview_mail_of"),
    path("people/digest-previews/", digest_previews.people, name="digest_preview_people"),
    path("people/<int:pk>/digest-preview/", digest_previews.of_person, name="digest_preview_person"),
    path("people/<int:pk>/digest-preview/mail/", digest_previews.mail_of_person, name="digest_preview_person_mail"),
    path("people/<int:pk>/digest-preview/<slug:stream>/", digest_previews.of_person, name="digest_preview_person_of"),
    path(
        "people/<int:pk>/digest-preview/<slug:stream>/mail/",
        digest_previews.mail_of_person,
        name="digest_preview_person_mail_of",
    ),
    path("digests/<int:pk>/", digests.digest_detail, name="digest_detail"),
    path("digests/<int:pk>/mail/", digests.digest_mail, name="digest_mail"),
    path("digests/said/<int:pk>/take-back/", digest_feedback.take_back, name="digest_feedback_take_back"),
    path("digests/<int:pk>/items/<int:rank>/", digest_feedback.say_signed_in, name="digest_item_say"),
    path("digests/say/<slug:key>/<int:pk>/<int:rank>/", digest_feedback.say, name="digest_say"),
    path("digests/stop/<slug:key>/", digest_wishes.stop, name="digest_stop"),
]
