"""What was sent with a form."""

from django.http import HttpRequest, QueryDict
from django.utils.http import url_has_allowed_host_and_scheme


def typed(request: HttpRequest) -> QueryDict | None:
    """For a form's `data`: what was posted, also when nothing was filled in; None when the form is only shown."""
    return request.POST if request.method == "POST" else None


def way_back(request: HttpRequest, otherwise: str) -> str:
    """The page of this portal that a form names as the one to return to (`next`)."""
    wanted = request.POST.get("next", "")
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else otherwise
