"""Every address of the portal. tests/access holds a row for each."""

from importlib import import_module

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from innoteams import health, search
from innoteams.views import cities, home, language, my_work, network_map, own_account, welcome

# Not admin.autodiscover(): django-leaflet's admin module needs GDAL, which this portal does not use.
for app in ("innoteams.accounts", "cities"):
    import_module(f"{app}.admin")
admin.site.site_header = admin.site.site_title = "innoteams"
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign, no-untyped-call]  # as allauth documents it

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("my-work/", my_work.my_work, name="my_work"),
    path("my-work/invitations/<int:pk>/", my_work.invitation_open, name="invitation_open"),
    path("welcome/", welcome.welcome, name="welcome"),
    path("search/", search.search, name="search"),
    path("healthz", health.healthz, name="healthz"),
    path("i18n/language/", language.set_language, name="set_language"),
    path("accounts/", include("innoteams.accounts.urls")),
    path("accounts/export/", own_account.export, name="own_data"),
    path("accounts/close/", own_account.close_account, name="account_close"),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    # Places are shown with what goes on in them, so their pages stand above the apps they read.
    path("cities/", cities.city_list, name="city_list"),
    path("cities/<slug:slug>/", cities.city_detail, name="city_detail"),
    path("map/", network_map.network_map, name="network_map"),
    path("map/cities.json", network_map.network_map_data, name="network_map_data"),
    path("", include("cities.urls")),
    path("", include("projects.urls")),
    path("", include("engagement.urls")),
]

if settings.DEMO or settings.DEBUG:
    from innoteams.demo import mailbox
    from innoteams.views import design

    urlpatterns += [
        path("mailbox/", include(mailbox.urlpatterns)),
        path("design/", design.specimen, name="design"),
    ]

handler403 = "innoteams.views.errors.permission_denied"
handler429 = "innoteams.lib.rates.too_many"
