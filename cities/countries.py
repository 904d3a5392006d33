"""Names of countries by their ISO 3166-1 code, in the reader's language."""

from django.utils.translation import gettext_lazy as _

# Of member cities and of their neighbours; a code that is missing here is shown as it is.
COUNTRIES = {
    "AD": _("Andorra"),
    "BE": _("Belgium"),
    "CA": _("Canada"),
    "CH": _("Switzerland"),
    "CO": _("Colombia"),
    "DE": _("Germany"),
    "ES": _("Spain"),
    "FR": _("France"),
    "GB": _("United Kingdom"),
    "IL": _("Israel"),
    "IS": _("Iceland"),
    "MX": _("Mexico"),
    "NL": _("Netherlands"),
    "US": _("United States"),
}


def country_name(code: str) -> str:
    return str(COUNTRIES.get(code, code))
